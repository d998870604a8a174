//! A debug endpoint where it is allowed.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use tower::ServiceExt as _;

use crate::apps::{ENVIRONMENTS, FORMS, Reached};
use crate::policy::{boot, secret};
use crate::wire::{raw, serve};

#[tokio::test]
async fn the_secret_opens_the_gate_only_where_debug_is_allowed() {
    for (environment, host) in ENVIRONMENTS {
        for (form, make) in FORMS {
            let (boot, reached) = (boot(environment), Reached::default());
            let request = Request::get("/api/_debug/db-identity")
                .header("host", host)
                .header("x-debug-secret", secret())
                .body(Body::empty())
                .unwrap();
            let status = make(&boot, &reached).oneshot(request).await.unwrap().status();
            let is_open = environment == "sandbox";
            let expected = if is_open { StatusCode::OK } else { StatusCode::NOT_FOUND };
            assert_eq!((status, reached.count()), (expected, usize::from(is_open)), "{form}");
            assert_eq!(boot.debug_gate().is_open(), is_open);
        }
    }
}

/// Requests on which parsers disagree, with the secret in one of the readings.
fn smuggled() -> Vec<String> {
    let secret = format!("X-Debug-Secret: {}\r\n", secret());
    let path = "/api/_debug/db-identity";
    // Part of a body may contain the secret. A text behind a body must not: it is a
    // request of its own, and with the secret it would be a valid one.
    let inner = format!("GET {path} HTTP/1.1\r\nHost: play.koomy.app\r\n\r\n");
    let whole = format!("GET {path} HTTP/1.1\r\nHost: play.koomy.app\r\n{secret}\r\n");
    let (all, hexadecimal) = (whole.len(), format!("{:x}", whole.len()));
    let length = inner.len();
    let post = "POST / HTTP/1.1\r\nHost: play.koomy.app\r\n";
    vec![
        format!("{post}Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{inner}"),
        format!("{post}Content-Length: {length}\r\nContent-Length: 0\r\n\r\n{inner}"),
        format!("{post}Content-Length: {all}\r\n\r\n{whole}"),
        format!("{post}Content-Length: +0\r\n\r\n{whole}"),
        format!("{post}Content-Length: 0x0\r\n\r\n{whole}"),
        format!("{post}Content-Length: 0, 0\r\nContent-Length: {all}\r\n\r\n{whole}"),
        format!("{post}Content-Length: -1\r\n\r\n{whole}"),
        format!("{post}Transfer-Encoding: chunked\r\n\r\n{hexadecimal}\r\n{whole}\r\n0\r\n\r\n"),
        format!(
            "{post}Transfer-Encoding: chunked\r\n\r\n{hexadecimal};x=\n\r\n{whole}\r\n0\r\n\r\n"
        ),
        format!("{post}Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n{whole}"),
        format!("{post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{whole}"),
        format!("{post}Transfer-Encoding\u{b}: chunked\r\n\r\n0\r\n\r\n{whole}"),
        format!(
            "POST {path} HTTP/1.1\r\nHost: play.koomy.app\r\nTransfer-Encoding: chunked\r\n\
             Trailer: X-Debug-Secret\r\n\r\n0\r\n{secret}\r\n"
        ),
        format!("GET {path} HTTP/1.1\r\nHost: play.koomy.app\r\nX: y\r{secret}\r\n"),
        format!("GET {path} HTTP/1.1\r\nHost: play.koomy.app\r\n\0{secret}\r\n"),
        format!("GET {path} HTTP/1.1\r\nHost: play.koomy.app\r\n {secret}\r\n"),
        format!("GET {path}\r\n{secret}\r\n"),
        format!("GET {path} HTTP/2.0\r\nHost: play.koomy.app\r\n{secret}\r\n"),
        format!(
            "GET / HTTP/1.1\r\nHost: play.koomy.app\r\nConnection: Upgrade, HTTP2-Settings\r\n\
             Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\nContent-Length: {all}\r\n\r\n{whole}"
        ),
        format!("{post}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n{inner}"),
        format!("{post}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n{inner}"),
        format!("GET /x\r\n{secret}\r\n\r\n{inner}"),
        format!("GET {path} HTTP/1.1\r\nHost: play.koomy.app\r\nX:\r\n {secret}\r\n"),
        format!("GET {path} HTTP/1.1\nHost: play.koomy.app\nX-Debug-Secret : y\n\n"),
        format!("GET / HTTP/1.1 {path} HTTP/1.1\r\nHost: play.koomy.app\r\n{secret}\r\n"),
        format!("GET {path}\\..\\ HTTP/1.1\r\nHost: play.koomy.app\r\n\r\n"),
        format!("GET \\api\\_debug\\db-identity HTTP/1.1\r\nHost: play.koomy.app\r\n{secret}\r\n"),
        format!("GET /x#{path} HTTP/1.1\r\nHost: play.koomy.app\r\n{secret}\r\n"),
        format!("GET /?{path} HTTP/1.1\r\nHost: play.koomy.app\r\n{secret}\r\n"),
        format!(
            "GET /x HTTP/1.1\r\nHost: play.koomy.app\r\nX-Original-URL: {path}\r\n{secret}\r\n"
        ),
        format!("GET /x HTTP/1.1\r\nHost: play.koomy.app\r\nX-Rewrite-URL: {path}\r\n{secret}\r\n"),
        format!(
            "GET http://play.koomy.app/x/../{path} HTTP/1.1\r\nHost: play.koomy.app\r\n{secret}\r\n"
        ),
        format!("GET /api/_debugger HTTP/1.1\r\nHost: play.koomy.app\r\n{secret}\r\n"),
        format!("GET /x/api/_debug HTTP/1.1\r\nHost: play.koomy.app\r\n{secret}\r\n"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn ambiguous_requests_never_reach_a_debug_endpoint() {
    for (form, make) in FORMS {
        let (boot, reached) = (boot("sandbox"), Reached::default());
        let server = serve(make(&boot, &reached)).await;
        for shape in smuggled() {
            raw(&server, shape.as_bytes()).await;
            assert_eq!(reached.count(), 0, "{form}: {shape}");
        }
    }
}

#[tokio::test]
async fn failed_tries_are_counted_and_slowed_and_the_right_secret_is_not() {
    let (boot, reached) = (boot("sandbox"), Reached::default());
    let app = FORMS[0].1(&boot, &reached);
    let ask = |path: &str, secret: &str| {
        let request = Request::get(path).header("x-debug-secret", secret);
        app.clone().oneshot(request.body(Body::empty()).unwrap())
    };
    let start = std::time::Instant::now();
    for path in ["/api/_debug", "/nothing", "/"].into_iter().cycle().take(10) {
        ask(path, "guess").await.unwrap();
    }
    assert!(start.elapsed().as_millis() < 400, "the first few are at once");
    assert_eq!(boot.debug_gate().failed_tries(), 10);

    for path in ["/api/_debug", "/nothing"] {
        let start = std::time::Instant::now();
        ask(path, "guess").await.unwrap();
        assert!(start.elapsed().as_millis() >= 300, "{path}: {:?}", start.elapsed());
    }
    assert_eq!(boot.debug_gate().failed_tries(), 12);

    let guesses: Vec<_> = (0..1000).map(|_| tokio::spawn(ask("/api/_debug", "guess"))).collect();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let start = std::time::Instant::now();
    let answer = ask("/api/_debug", &secret()).await.unwrap();
    assert_eq!((answer.status(), reached.count()), (StatusCode::OK, 1));
    assert!(start.elapsed().as_millis() < 300, "the right secret does not wait");
    let waiting = guesses.iter().filter(|guess| !guess.is_finished()).count();
    assert!((1..=64).contains(&waiting), "{waiting}");
}

#[tokio::test]
async fn a_request_without_the_header_is_not_a_failed_try() {
    let (boot, reached) = (boot("sandbox"), Reached::default());
    for (_, make) in FORMS {
        let request = Request::get("/api/_debug").body(Body::empty()).unwrap();
        make(&boot, &reached).oneshot(request).await.unwrap();
    }
    assert_eq!(boot.debug_gate().failed_tries(), 0);
}

#[test]
fn nothing_shows_the_secret() {
    let boot = boot("sandbox");
    assert_eq!(format!("{:?}", boot.debug_gate()), "DebugGate(open)");
    assert_eq!(format!("{:?}", self::boot("local").debug_gate()), "DebugGate(closed)");
}
