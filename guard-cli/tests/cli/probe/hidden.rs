//! Debug paths, beside paths that do not exist.

use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use super::{ABSENT, Asked, Service, findings, good, http, probe_http};

fn is_debug(asked: &Asked) -> bool {
    asked.path == "/api/_debug"
}

#[test]
fn a_debug_path_that_is_told_from_another_is_refused() {
    let table: [(Service, &str); 8] = [
        (
            |it| is_debug(it).then(|| http("403 Forbidden", "x-id: 7\r\n", "no")),
            "GET without a secret: status 403 instead of 404",
        ),
        (
            |it| is_debug(it).then(|| http(ABSENT, "x-id: 7\r\n", "debug is off")),
            "GET without a secret: another body",
        ),
        (
            |it| is_debug(it).then(|| http(ABSENT, "x-id: 8\r\n", "no /api/_debug")),
            "GET without a secret: another header `x-id`",
        ),
        (
            |it| is_debug(it).then(|| http(ABSENT, "x-id: 7\r\nvary: a\r\n", "no /api/_debug")),
            "GET without a secret: it has a header `vary`, which the other does not have",
        ),
        (
            |it| (is_debug(it) && it.method == "options").then(|| http("204 No Content", "", "")),
            "OPTIONS without a secret: status 204 instead of 404",
        ),
        (
            |it| (is_debug(it) && it.method == "post").then(|| http("405 Not Allowed", "", "")),
            "POST without a secret: status 405 instead of 404",
        ),
        (
            |it| (is_debug(it) && it.has_secret).then(|| http("401 Unauthorized", "", "")),
            "GET with a wrong secret: status 401 instead of 404",
        ),
        (
            |it| (it.path == "/api/_debug/").then(|| http("301 Moved", MOVED, "")),
            "GET with a slash at its end: status 301 instead of 404",
        ),
    ];
    for (service, message) in table {
        let document = probe_http(service).ends(1).json();
        let expected = ("debug".to_owned(), "/api/_debug".to_owned(), message.to_owned());
        assert_eq!(findings(&document), [expected]);
        assert_eq!(document["findings"][0]["rule"], "debug-is-allowed-here");
    }
}

#[test]
fn a_debug_path_that_takes_longer_is_refused() {
    let document = probe_http(|asked| {
        if is_debug(asked) {
            thread::sleep(Duration::from_millis(30));
        }
        None
    })
    .ends(1)
    .json();
    assert!(document["timings"][0]["effect"].as_f64().unwrap() > 0.9, "{document}");
    let found = findings(&document);
    assert!(found[0].2.starts_with("the time that it takes tells it"), "{found:?}");
}

#[test]
fn a_debug_path_that_was_slow_for_a_while_is_not_refused() {
    let document = probe_http(|asked| {
        static ASKED: AtomicU32 = AtomicU32::new(0);
        // Five of these compare answers, then it is timed.
        if is_debug(asked) && ASKED.fetch_add(1, Ordering::Relaxed) < 20 {
            thread::sleep(Duration::from_millis(30));
        }
        None
    })
    .ends(0)
    .json();
    assert_eq!(document["timings"].as_array().unwrap().len(), 1, "{document}");
    assert!(document["requests"].as_u64().unwrap() > 80, "asked again: {document}");
}

#[test]
fn answers_that_change_anyway_are_no_difference() {
    let document = probe_http(|asked| {
        static ID: AtomicU32 = AtomicU32::new(10_000);
        let id = ID.fetch_add(1, Ordering::Relaxed);
        let head = format!("x-request-id: {id}\r\n");
        let is_absent = good(asked).starts_with("HTTP/1.1 404") && asked.method != "head";
        is_absent.then(|| http(ABSENT, &head, &format!("no {} {id}", asked.path)))
    })
    .ends(0)
    .json();
    let notes = document["notes"].to_string();
    assert!(notes.contains("change with every request"), "{notes}");
}

const MOVED: &str = "location: /api/_debug\r\n";
