//! A hidden debug path answers like a path that does not exist, to the byte.

use axum::http::Request;
use axum::http::uri::{Authority, Scheme, Uri};
use koomy_guard::tower::testing::assert_hidden;

use crate::apps::{ENVIRONMENTS, FORMS, Reached};
use crate::policy::{boot, secret};
use crate::wire::{Server, Two, raw, serve};

/// Two segments of the same length and form; something exists under one of them.
const HIDDEN: &str = "_debug";
const ABSENT: &str = "_trash";

const SPELLINGS: [&str; 22] = [
    "/api/@",
    "/api/@/",
    "/api/@/db-identity",
    "/api/@/db-identity/",
    "/api/@//db-identity",
    "//api/@/db-identity",
    "/api//@/db-identity",
    "/./api/@/db-identity",
    "/api/./@/db-identity",
    "/api/x/../@/db-identity",
    "/api/@/../@/db-identity",
    "/api/@/db-identity/.",
    "/api/@/db-identit%79",
    "/%61pi/@/db-identity",
    "/api%2f@%2fdb-identity",
    "/API/@/DB-IDENTITY",
    "/api/@/db-identity;a=b",
    "/api;a=b/@/db-identity",
    "/api/@/db-identity?x=1",
    "/api/@/db-identity%00",
    "http://{host}/api/@/db-identity",
    "//{host}/api/@/db-identity",
];

const METHODS: [&str; 10] =
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND"];

/// The variants of the header, and whether each opens the gate where debug is allowed.
fn headers() -> Vec<(&'static str, String, bool)> {
    let secret = secret();
    let mut other = secret.clone();
    other.replace_range(..1, "x");
    vec![
        ("none", String::new(), false),
        ("right", format!("X-Debug-Secret: {secret}\r\n"), true),
        ("wrong", format!("X-Debug-Secret: {other}\r\n"), false),
        ("empty", "X-Debug-Secret:\r\n".to_owned(), false),
        ("shorter", format!("X-Debug-Secret: {}\r\n", &secret[1..]), false),
        ("longer", format!("X-Debug-Secret: {secret}x\r\n"), false),
        ("twice", format!("X-Debug-Secret: {secret}\r\n").repeat(2), false),
        ("listed", format!("X-Debug-Secret: {secret}, {secret}\r\n"), false),
        ("quoted", format!("X-Debug-Secret: \"{secret}\"\r\n"), false),
        ("not ASCII", format!("X-Debug-Secret: {secret}\u{e9}\r\n"), false),
        ("in another", format!("X-Debug: {secret}\r\n"), false),
    ]
}

fn spelled(spelling: &str, segment: &str, host: &str) -> String {
    let segment =
        if spelling.contains("API") { segment.to_uppercase() } else { segment.to_owned() };
    spelling.replace('@', &segment).replace("{host}", host)
}

/// A request, without its version and segment.
struct Ask {
    spelling: &'static str,
    method: &'static str,
    given: &'static str,
    header: String,
}

/// All combinations for the path as it is, a selection for other spellings, and nothing
/// that would be admitted.
fn asks(is_open: bool) -> Vec<Ask> {
    let mut asks = Vec::new();
    for (index, spelling) in SPELLINGS.into_iter().enumerate() {
        for (turn, method) in METHODS.into_iter().enumerate() {
            for (case, (given, header, lets_through)) in headers().into_iter().enumerate() {
                let every = spelling == "/api/@/db-identity";
                let is_below = spelling.starts_with("/api/@") || spelling.starts_with("http");
                if (every || (index + turn + case) % 7 == 0)
                    && !(is_open && lets_through && is_below)
                {
                    asks.push(Ask { spelling, method, given, header });
                }
            }
        }
    }
    asks
}

/// The answer for one segment, with the segment removed.
async fn asked(server: &Server, ask: &Ask, version: &str, host: &str, segment: &str) -> String {
    let path = spelled(ask.spelling, segment, host);
    let Ask { method, header, .. } = ask;
    let bytes = format!(
        "{method} {path} HTTP/{version}\r\nHost: {host}\r\n{header}Connection: close\r\n\r\n"
    );
    let answer = String::from_utf8(raw(server, bytes.as_bytes()).await).unwrap();
    assert!(answer.starts_with("HTTP/1."), "{bytes}\n{answer}");
    answer.replace(segment, "@").replace(&segment.to_uppercase(), "@")
}

#[tokio::test(flavor = "multi_thread")]
async fn over_http_1_a_hidden_path_looks_absent() {
    let mut compared = 0;
    for (environment, host) in ENVIRONMENTS {
        for (form, make) in FORMS {
            let reached = Reached::default();
            let is_open = environment == "sandbox";
            for ask in asks(is_open) {
                // Each has its own permit, or failed tries would be slowed.
                let server = serve(make(&boot(environment), &reached)).await;
                for version in ["1.1", "1.0"] {
                    let hidden = asked(&server, &ask, version, host, HIDDEN).await;
                    let absent = asked(&server, &ask, version, host, ABSENT).await;
                    let Ask { spelling, method, given, .. } = ask;
                    let told =
                        format!("{environment}, {form}: {method} {spelling} {version} {given}");
                    assert_eq!(hidden, absent, "{told}");
                    compared += 1;
                }
            }
            assert_eq!(reached.count(), 0, "{environment}, {form}");
        }
    }
    assert!(compared > 10_000, "{compared}");
}

#[tokio::test(flavor = "multi_thread")]
async fn over_http_2_a_hidden_path_looks_absent() {
    let mut compared = 0;
    for (environment, host) in ENVIRONMENTS {
        for (form, make) in FORMS {
            let (boot, reached) = (boot(environment), Reached::default());
            let server = serve(make(&boot, &reached)).await;
            let mut client = Two::connect(&server).await;
            for spelling in SPELLINGS.iter().filter(|it| !it.starts_with("http")) {
                for method in METHODS.iter().filter(|method| **method != "CONNECT") {
                    let mut asked = Vec::new();
                    for segment in [HIDDEN, ABSENT] {
                        let path = spelled(spelling, segment, host);
                        let uri = Uri::builder()
                            .scheme(Scheme::HTTP)
                            .authority(Authority::from_static(host))
                            .path_and_query(path)
                            .build()
                            .unwrap();
                        let request = Request::builder().method(*method).uri(uri).body(()).unwrap();
                        asked.push(client.ask(request).await.map(|mut answer| {
                            let body = String::from_utf8(answer.body.to_vec()).unwrap();
                            let upper = segment.to_uppercase();
                            answer.body = body.replace(segment, "@").replace(&upper, "@").into();
                            answer
                        }));
                    }
                    assert_eq!(asked[0], asked[1], "{environment}, {form}: {method} {spelling}");
                    compared += u32::from(asked[0].is_some());
                    if asked[0].is_none() {
                        // An answer to `HEAD` with a body closes the connection.
                        assert_eq!(*method, "HEAD", "{environment}, {form}: {spelling}");
                        client = Two::connect(&server).await;
                    }
                }
            }
            assert_eq!(reached.count(), 0, "{environment}, {form}");
        }
    }
    assert!(compared > 2_000, "{compared}");
}

#[tokio::test]
async fn assert_hidden_passes_for_every_form() {
    for (environment, _) in ENVIRONMENTS {
        for (form, make) in FORMS {
            // A form that only merges has no layer that would know the paths.
            if !form.starts_with("merged") || form.contains("below") {
                let (boot, reached) = (boot(environment), Reached::default());
                assert_hidden(make(&boot, &reached)).await;
                assert_eq!(reached.count(), 0, "{environment}, {form}");
            }
        }
    }
}

mod wrong {
    use axum::Router;
    use axum::http::StatusCode;
    use axum::routing::{any, get};
    use koomy_guard::tower::testing::assert_hidden;
    use tower::Layer as _;

    use crate::apps::{boxed, service};
    use crate::policy::boot;

    async fn assert_production(app: Router) {
        let boot = boot("production");
        let gate = boot.debug_gate().naming(["/internal/heap"]).with(Router::new());
        assert_hidden(boxed(boot.host_layer().layer(gate.layer(app)))).await;
    }

    #[tokio::test]
    #[should_panic(expected = "GET /api/_debug/db-identity: status 200, not 404")]
    async fn a_route_that_was_left_in_the_service() {
        assert_production(service().route("/api/_debug/db-identity", get(|| async {}))).await;
    }

    #[tokio::test]
    #[should_panic(expected = "POST /api/_debug: status 405, not 404")]
    async fn a_route_that_answers_in_another_method() {
        assert_production(service().route("/api/_debug", get(|| async { StatusCode::NOT_FOUND })))
            .await;
    }

    #[tokio::test]
    #[should_panic(expected = "GET /api/_debug: status 403, not 404")]
    async fn a_gate_that_answers_forbidden() {
        let refuse = || async { StatusCode::FORBIDDEN };
        let app = service().route("/api/_debug", any(refuse));
        assert_production(app.route("/api/_debug/{*rest}", any(refuse))).await;
    }

    #[tokio::test]
    #[should_panic(expected = "GET /api/_debug/: status 200, not 404")]
    async fn a_route_with_a_slash() {
        assert_production(service().route("/api/_debug/", get(|| async {}))).await;
    }

    #[tokio::test]
    #[should_panic(expected = "GET /internal/heap: status 200, not 404")]
    async fn a_route_that_was_named() {
        assert_production(service().route("/internal/heap", get(|| async {}))).await;
    }

    #[tokio::test]
    #[should_panic(expected = "GET /api/_debug: another `content-length`")]
    async fn a_fallback_that_knows_more() {
        let app = service().fallback(|request: axum::extract::Request| async move {
            if request.uri().path().contains("_debug") { "nothing here!" } else { "nothing here" }
        });
        assert_production(app).await;
    }

    #[tokio::test]
    #[should_panic(expected = "no layer of the guard")]
    async fn a_service_without_layers() {
        assert_hidden(boxed(service())).await;
    }
}
