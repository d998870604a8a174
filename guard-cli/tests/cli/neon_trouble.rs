//! `neon sync` against an API that does not answer as it should: undecided, and
//! nothing is written.

use std::net::TcpListener;

use serde_json::{Value, json};

use crate::guard::Room;
use crate::neon::{POLICY, account, is_clean, key, sync};
use crate::neon_api::{Reply, Server, branch, endpoint};

/// Undecided in every way in which it is asked, with these words.
#[track_caller]
fn leaves_undecided(server: &Server, args: &[&str], words: &str) {
    let room = Room::new().file("policy.toml", POLICY);
    for more in [&[][..], &["--check"], &["--format", "json"]] {
        let ran = sync(&room, server, &[args, more].concat()).run().ends(3);
        assert!(ran.stdout.contains(words), "{words}: {ran:?}");
        is_clean(&room, &ran);
        if more.contains(&"json") {
            let document = ran.json();
            assert_eq!(document["outcome"], "undecided");
            assert_eq!(document["written"], false);
            let finding = &document["findings"][0];
            assert_eq!(finding["rule"], "database-identity-matches");
            assert_eq!(finding["outcome"], "undecided");
            assert_eq!(finding["places"][0]["line"], 12, "{document}");
            assert!(finding["help"].is_string(), "{document}");
        } else {
            let head = "undecided[database-identity-matches]: ";
            assert!(ran.stdout.starts_with(head) && ran.stdout.contains(" = help: "), "{ran:?}");
        }
    }
    assert_eq!(room.text("policy.toml"), POLICY);
}

#[test]
fn a_status_that_is_no_answer() {
    let table = [
        (401, "does not know the key"),
        (403, "may not read project `quiet-river-1`"),
        (404, "sees no project `quiet-river-1`"),
        (400, "answered 400"),
        (406, "answered 406"),
        (500, "answered 500"),
        (502, "answered 502"),
        (204, "answered 204"),
        (304, "a redirect"),
    ];
    for (status, words) in table {
        let server = Server::new(move |_, _| Reply::status(status));
        leaves_undecided(&server, &[], words);
        assert_eq!(server.asked().len(), 3, "{status} is asked once in each run");
    }
}

#[test]
fn one_project_that_fails_leaves_the_other_unwritten() {
    let account = account();
    let server = Server::new(move |request, _| match request.path.contains("loud-lake") {
        true => Reply::status(403),
        false => account.reply(request),
    });
    leaves_undecided(&server, &[], "may not read project `loud-lake-2`");
}

#[test]
fn a_redirect_takes_the_key_nowhere() {
    let other = Server::of(account());
    for status in [301, 302, 303, 307, 308] {
        for to in [other.api(), "/api/v2/elsewhere".to_owned()] {
            let header = format!("Location: {to}/projects");
            let server = Server::new(move |_, _| Reply::status(status).with(&header));
            leaves_undecided(&server, &[], "a redirect, which is not followed");
            assert_eq!(server.asked().len(), 3);
        }
    }
    assert_eq!(other.asked(), []);
}

#[test]
fn a_busy_api_is_waited_for_as_long_as_it_asks() {
    for status in [423, 429, 503] {
        let account = account();
        let server = Server::new(move |request, before| match before {
            0 => Reply::status(status).with("Retry-After: 1"),
            1 | 3 => Reply::status(status).with("Retry-After: 0"),
            _ => account.reply(request),
        });
        let room = Room::new().file("policy.toml", POLICY);
        let ran = sync(&room, &server, &[]).run().ends(0);
        let waits = [
            format!("answered {status}; asking again in 1 s (1 of 3)"),
            format!("answered {status}; asking again in 0 s (2 of 3)"),
            format!("answered {status}; asking again in 0 s (1 of 3)"),
        ];
        let said: Vec<_> = ran.stderr.lines().collect();
        assert_eq!(said.len(), waits.len(), "{said:?}");
        assert!(said.iter().zip(&waits).all(|(line, wait)| line.ends_with(wait)), "{said:?}");
        is_clean(&room, &ran);
    }
}

#[test]
fn a_busy_api_is_not_waited_for_for_ever() {
    for (wait, words, times) in [
        ("Retry-After: 0", "it answered 429, 4 times", 4),
        ("Retry-After: 61", "asks to wait 61 seconds", 1),
        ("Retry-After: 18446744073709551615", "asks to wait", 1),
    ] {
        let server = Server::new(move |_, _| Reply::status(429).with(wait));
        leaves_undecided(&server, &[], words);
        assert_eq!(server.asked().len(), 3 * times);
    }
}

#[test]
fn an_answer_that_is_not_as_documented() {
    let raw = |text: &str| text.as_bytes().to_vec();
    let deep = "[".repeat(100_000);
    let page = |branch: Value| json!({"branches": [branch]}).to_string();
    let without = |key: &str| {
        let mut branch = branch("quiet-river-1", "br-main-1", "main");
        branch.as_object_mut().unwrap().remove(key);
        page(branch)
    };
    let with = |key: &str, value: Value| {
        let mut branch = branch("quiet-river-1", "br-main-1", "main");
        branch[key] = value;
        page(branch)
    };
    let undocumented = "the branches in the answer of Neon's API are not as documented";
    let table: Vec<(Vec<u8>, &str)> = vec![
        (raw(""), undocumented),
        (raw("<html>kAnArY</html>"), undocumented),
        (raw("{\"branches\": [{\"id\": \"kAnArY"), undocumented),
        (raw("[]"), undocumented),
        (raw("{}"), undocumented),
        (raw("null"), undocumented),
        (raw(&deep), undocumented),
        (vec![0xff, 0xfe], undocumented),
        (raw("{\"branches\": [], \"branches\": []}"), undocumented),
        (raw(&without("default")), undocumented),
        (raw(&without("protected")), undocumented),
        (raw(&without("name")), undocumented),
        (raw(&with("protected", json!("kAnArY"))), undocumented),
        (raw(&with("id", json!("br/../kAnArY"))), undocumented),
        (raw(&with("project_id", json!("another-1"))), "answered about `another-1`"),
        (vec![b' '; 17 << 20], "more than 16777216 bytes"),
    ];
    for (body, words) in table {
        let server = Server::new(move |_, _| Reply::Answer {
            status: 200,
            headers: String::new(),
            body: body.clone(),
        });
        leaves_undecided(&server, &[], words);
    }
}

#[test]
fn an_endpoint_that_is_not_as_documented() {
    let endpoint = || endpoint("quiet-river-1", "ep-main", "br-main-1");
    let undocumented = "the endpoints in the answer of Neon's API are not as documented";
    let table: [(&str, Value, &str); 6] = [
        ("host", json!("ep-dev.eu-central-1.aws.neon.tech"), "does not start with the id"),
        ("host", json!("EP-MAIN.neon.tech"), undocumented),
        ("host", json!("ep-main.neon.tech\"]\nx = [\""), undocumented),
        ("project_id", json!("another-1"), "answered about `another-1`"),
        ("type", json!("read_kAnArY"), undocumented),
        ("branch_id", json!(null), undocumented),
    ];
    for (key, value, words) in table {
        let (account, mut wrong) = (account(), endpoint());
        wrong[key] = value;
        let server = Server::new(move |request, _| match request.path.ends_with("/endpoints") {
            true => Reply::json(&json!({"endpoints": [wrong]})),
            false => account.reply(request),
        });
        leaves_undecided(&server, &[], words);
    }
}

#[test]
fn a_pooled_host_is_written_without_the_pooler() {
    let mut account = account();
    for endpoint in &mut account.endpoints {
        let host = endpoint["host"].as_str().unwrap().replacen('.', "-pooler.", 1);
        endpoint["host"] = json!(host);
    }
    let room = Room::new().file("policy.toml", POLICY);
    sync(&room, &Server::of(account), &[]).run().ends(0);
    assert!(!room.text("policy.toml").contains("-pooler"));
}

#[test]
fn pages_end() {
    let page = |next: String| {
        json!({
            "branches": [branch("quiet-river-1", "br-main-1", "main")],
            "pagination": {"next": next},
        })
    };
    let same = Server::new(move |_, _| Reply::json(&page("c".to_owned())));
    leaves_undecided(&same, &[], "does not end");
    assert_eq!(same.asked().len(), 3 * 2);
    let other = Server::new(move |_, before| Reply::json(&page(before.to_string())));
    leaves_undecided(&other, &[], "does not end");
    assert_eq!(other.asked().len(), 3 * 50);
}

#[test]
fn a_page_without_branches_is_the_last() {
    let account = account();
    let server = Server::new(move |request, _| {
        let whole = crate::neon_api::Account { page: 100, ..account.clone() };
        if request.path.contains("cursor=") {
            return Reply::json(&json!({"branches": [], "pagination": {"next": "more"}}));
        }
        match whole.reply(request) {
            Reply::Answer { status, headers, body } => {
                let mut page: Value = serde_json::from_slice(&body).unwrap();
                page["pagination"] = json!({"next": "x"});
                Reply::Answer { status, headers, body: page.to_string().into_bytes() }
            }
            other => other,
        }
    });
    let room = Room::new().file("policy.toml", POLICY);
    sync(&room, &server, &[]).run().ends(0);
}

#[test]
fn nobody_is_waited_for_longer_than_the_time_out() {
    let silent = Server::new(|_, _| Reply::Silence);
    leaves_undecided(&silent, &["--timeout", "1"], "did not answer within 1 seconds");
    let slow = Server::new(|_, _| Reply::Drip);
    leaves_undecided(&slow, &["--timeout", "1"], "did not answer within 1 seconds");
}

#[test]
fn what_answers_no_http() {
    for bytes in [&b"SSH-2.0-kAnArY\r\n"[..], b"\x15\x03\x01\x00\x02\x02\x0a", b"", b"HTTP/1.1 200"]
    {
        let server = Server::new(move |_, _| Reply::Raw(bytes.to_vec()));
        leaves_undecided(&server, &["--timeout", "5"], "");
    }
    let cut = Server::new(|_, _| {
        Reply::Raw(b"HTTP/1.1 200 x\r\nContent-Length: 100\r\n\r\n{\"branches\": []}".to_vec())
    });
    leaves_undecided(&cut, &[], "");
}

#[test]
fn nobody_listens() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let room = Room::new().file("policy.toml", POLICY);
    let api = format!("http://{address}");
    let ran = room.guard(["neon", "sync", "--api", &api]).env("NEON_API_KEY", key()).run().ends(3);
    assert!(ran.stdout.contains("connection refused"), "{ran:?}");
}

#[test]
fn a_server_without_tls_gets_no_key() {
    let server = Server::of(account());
    let room = Room::new().file("policy.toml", POLICY);
    let api = format!("https://{}", server.address());
    let ran = room.guard(["neon", "sync", "--api", &api]).env("NEON_API_KEY", key()).run().ends(3);
    assert!(ran.stdout.contains("no secure connection"), "{ran:?}");
    assert_eq!(server.asked(), []);
    is_clean(&room, &ran);
}

#[test]
fn a_proxy_never_sees_the_key_of_a_plain_request() {
    let (proxy, server) = (Server::of(account()), Server::of(account()));
    let room = Room::new().file("policy.toml", POLICY);
    let address = format!("http://{}", proxy.address());
    let ran = sync(&room, &server, &["--check"]).env("http_proxy", &address);
    ran.env("ALL_PROXY", &address).run().ends(1);
    assert_eq!(proxy.asked(), []);
}
