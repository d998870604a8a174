//! `probe`, asking servers that are as they should be and servers that are not.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};

use crate::guard::{Ran, Room, password};

const POLICY: &str = r#"
version = 1
name = "shop"
[environments.production]
data = "real"
databases = []
domains = ["shop.example", "api.shop.example"]
[environments.sandbox]
data = "synthetic"
databases = []
domains = ["sandbox.shop.example"]
debug = { paths = ["/api/_debug"], header = "X-Debug-Secret", secret = "DEBUG_SECRET" }
[variables.APP_ENV]
is = "environment"
[variables.DEBUG_SECRET]
is = "secret"
"#;

/// What a server is asked.
struct Asked {
    method: String,
    path: String,
    host: String,
    has_secret: bool,
}

type Service = fn(&Asked) -> String;

/// Serves until the test's process ends.
fn serve(service: Service, tls: Option<Arc<ServerConfig>>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            match &tls {
                None => answer(stream, service),
                Some(config) => {
                    let connection = ServerConnection::new(Arc::clone(config)).unwrap();
                    answer(StreamOwned::new(connection, stream), service);
                }
            }
        }
    });
    address
}

fn answer(mut stream: impl Read + Write, service: Service) {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return,
        }
    }
    let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
    let mut words = head.split(' ');
    let (method, path) = (words.next().unwrap().to_owned(), words.next().unwrap().to_owned());
    let host = head.lines().find_map(|line| line.strip_prefix("host: ")).unwrap().to_owned();
    let asked = Asked { method, path, host, has_secret: head.contains("x-debug-secret: ") };
    let _ = stream.write_all(service(&asked).as_bytes());
}

fn http(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
}

fn absent(asked: &Asked) -> String {
    let body = if asked.method == "head" { String::new() } else { format!("no {}", asked.path) };
    http("404 Not Found", "x-id: 7\r\n", &body)
}

/// As it should be.
fn good(asked: &Asked) -> String {
    if asked.host != "shop.example" {
        return http("421 Misdirected Request", "", "");
    }
    match asked.path.as_str() {
        "/" => http("200 OK", "", "welcome"),
        _ => absent(asked),
    }
}

fn room() -> Room {
    Room::new().file("policy.toml", POLICY)
}

fn probe(url: &str, more: &[&str]) -> Ran {
    let args = ["probe", url, "--environment", "production", "--format", "json"];
    room().guard(args.iter().chain(more)).run()
}

fn probe_http(service: Service) -> Ran {
    probe(&format!("http://{}", serve(service, None)), &[])
}

/// Kind, subject and message of each finding.
fn findings(document: &Value) -> Vec<(String, String, String)> {
    let findings = document["findings"].as_array().unwrap().iter();
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
    findings.map(|it| (text(it, "kind"), text(it, "subject"), text(it, "message"))).collect()
}

#[test]
fn a_service_as_the_policy_says_is_permitted() {
    let document = probe_http(good).ends(0).json();
    assert_eq!(document["outcome"], "permitted");
    assert_eq!(document["gate"], "probe");
    assert_eq!(document["findings"], json!([]));
    assert_eq!(document["timings"][0]["path"], "/api/_debug");
    assert!(document["requests"].as_u64().unwrap() <= 200, "{document}");
}

fn is_debug(asked: &Asked) -> bool {
    asked.path == "/api/_debug"
}

#[test]
fn a_debug_path_that_is_told_from_another_is_refused() {
    let table: [(Service, &str); 8] = [
        (
            |it| if is_debug(it) { http("403 Forbidden", "x-id: 7\r\n", "no") } else { good(it) },
            "GET without a secret: status 403 instead of 404",
        ),
        (
            |it| {
                if is_debug(it) {
                    http("404 Not Found", "x-id: 7\r\n", "debug is off")
                } else {
                    good(it)
                }
            },
            "GET without a secret: another body",
        ),
        (
            |it| {
                if is_debug(it) {
                    http("404 Not Found", "x-id: 8\r\n", "no /api/_debug")
                } else {
                    good(it)
                }
            },
            "GET without a secret: another header `x-id`",
        ),
        (
            |it| {
                if is_debug(it) {
                    http("404 Not Found", "x-id: 7\r\nvary: a\r\n", "no /api/_debug")
                } else {
                    good(it)
                }
            },
            "GET without a secret: it has a header `vary`, which the other has not",
        ),
        (
            |it| {
                if is_debug(it) && it.method == "options" {
                    http("204 No Content", "", "")
                } else {
                    good(it)
                }
            },
            "OPTIONS without a secret: status 204 instead of 404",
        ),
        (
            |it| {
                if is_debug(it) && it.method == "post" {
                    http("405 Method Not Allowed", "", "")
                } else {
                    good(it)
                }
            },
            "POST without a secret: status 405 instead of 404",
        ),
        (
            |it| {
                if is_debug(it) && it.has_secret {
                    http("401 Unauthorized", "", "")
                } else {
                    good(it)
                }
            },
            "GET with a wrong secret: status 401 instead of 404",
        ),
        (
            |it| {
                if it.path == "/api/_debug/" {
                    http("301 Moved", "location: /api/_debug\r\n", "")
                } else {
                    good(it)
                }
            },
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
        if asked.path == "/api/_debug" {
            thread::sleep(Duration::from_millis(30));
        }
        good(asked)
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
        use std::sync::atomic::{AtomicU32, Ordering};
        static ASKED: AtomicU32 = AtomicU32::new(0);
        // Five of these compare answers, then it is timed.
        if asked.path == "/api/_debug" && ASKED.fetch_add(1, Ordering::Relaxed) < 20 {
            thread::sleep(Duration::from_millis(30));
        }
        good(asked)
    })
    .ends(0)
    .json();
    assert_eq!(document["timings"].as_array().unwrap().len(), 1, "{document}");
    assert!(document["requests"].as_u64().unwrap() > 80, "asked again: {document}");
}

#[test]
fn answers_that_change_anyway_are_no_difference() {
    let document = probe_http(|asked| {
        use std::sync::atomic::{AtomicU32, Ordering};
        static ID: AtomicU32 = AtomicU32::new(10_000);
        let id = ID.fetch_add(1, Ordering::Relaxed);
        let head = format!("x-request-id: {id}\r\n");
        match good(asked) {
            absent if absent.starts_with("HTTP/1.1 404") && asked.method != "head" => {
                http("404 Not Found", &head, &format!("no {} {id}", asked.path))
            }
            other => other,
        }
    })
    .ends(0)
    .json();
    let notes = document["notes"].to_string();
    assert!(notes.contains("change with every request"), "{notes}");
}

#[test]
fn a_service_that_answers_for_another_environment_is_refused() {
    let table: [(Service, &str); 4] = [
        (
            |it| {
                good(&Asked {
                    host: "shop.example".to_owned(),
                    method: it.method.clone(),
                    path: it.path.clone(),
                    has_secret: false,
                })
            },
            "a domain of `sandbox`: status 200 instead of 421",
        ),
        (
            |it| {
                if it.host == "shop.example" {
                    good(it)
                } else {
                    http("301 Moved", "location: /\r\n", "")
                }
            },
            "a domain of `sandbox`: status 301 instead of 421",
        ),
        (
            |it| if it.host == "shop.example" { good(it) } else { http("500 Oh", "", "") },
            "a domain of `sandbox`: status 500 instead of 421",
        ),
        (absent, "a domain of `sandbox`: status 404, which its own domain gets as well"),
    ];
    for (service, message) in table {
        let document = probe_http(service).ends(1).json();
        let expected = ("host".to_owned(), "sandbox.shop.example".to_owned(), message.to_owned());
        assert_eq!(findings(&document), [expected]);
        assert_eq!(document["findings"][0]["rule"], "domain-belongs-to-environment");
    }
    // Whoever closes the connection does not answer for it.
    probe_http(|it| if it.host == "shop.example" { good(it) } else { String::new() }).ends(0);
}

#[test]
fn an_answer_with_the_url_of_a_database_is_refused_and_not_repeated() {
    let ran = probe_http(|asked| {
        let url = format!("postgresql://app:{}@db.shop.example/shop", password());
        if asked.path == "/" && asked.host == "shop.example" {
            return http("500 Internal Server Error", "", &format!("cannot connect to {url}"));
        }
        good(asked)
    })
    .ends(1);
    assert!(!ran.stdout.contains(&password()) && !ran.stderr.contains(&password()), "{ran:?}");
    let document = ran.json();
    let message =
        "an answer holds what looks like the URL of a PostgreSQL database, with a password";
    assert_eq!(findings(&document), [("leak".to_owned(), "/".to_owned(), message.to_owned())]);
}

#[test]
fn a_service_that_cannot_be_asked_is_undecided() {
    // A port at which nobody listens, and servers that speak something else.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    probe(&format!("http://{free}"), &[]).ends(3);
    for service in [|_: &Asked| "SSH-2.0-x\r\n\r\n".to_owned(), |_: &Asked| String::new()] {
        let document = probe_http(service).ends(3).json();
        assert_eq!(document["outcome"], "undecided");
    }
}

#[test]
fn a_command_line_that_is_wrong_asks_nothing() {
    let table: [&[&str]; 7] = [
        &["probe", "http://localhost"],
        &["probe", "localhost", "--environment", "production"],
        &["probe", "http://user:pw@localhost", "--environment", "production"],
        &["probe", "http://localhost/path", "--environment", "production"],
        &["probe", "http://localhost", "--environment", "staging"],
        &["probe", "http://localhost", "--environment", "production", "--domain", "other.example"],
        &["probe", "http://localhost", "--environment", "production", "--format", "sarif"],
    ];
    for args in table {
        room().guard(args).run().ends(2);
    }
}

/// A certificate for these names that ends in so many days, and its authority.
fn certificate(names: &[&str], days: i64) -> (Arc<ServerConfig>, String) {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    let now = std::time::SystemTime::now();
    let ends = now + Duration::from_secs((days * 86_400 + 3_600).unsigned_abs());
    params.not_before = (now - Duration::from_secs(86_400)).into();
    params.not_after = ends.into();
    let key = KeyPair::generate().unwrap();
    let chain = vec![params.signed_by(&key, &authority).unwrap().der().clone()];
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, PrivateKeyDer::try_from(key.serialize_der()).unwrap())
        .unwrap();
    (Arc::new(config), authority.pem())
}

#[test]
fn a_certificate_is_for_every_domain_and_not_about_to_end() {
    type Words = &'static [&'static str];
    const BOTH: Words = &["shop.example", "api.shop.example"];
    // (its names, its days, more arguments, exit code, the domains that are refused)
    let table: [(Words, i64, Words, i32, Words); 5] = [
        (BOTH, 30, &[], 0, &[]),
        (BOTH, 14, &[], 0, &[]),
        (BOTH, 13, &[], 1, BOTH),
        (&["shop.example"], 30, &[], 1, &["api.shop.example"]),
        (&["shop.example"], 30, &["--domain", "shop.example"], 0, &[]),
    ];
    for (names, days, more, code, refused) in table {
        let (config, authority) = certificate(names, days);
        let address = serve(good, Some(config));
        let room = room().file("ca.pem", authority);
        let url = format!("https://{address}");
        let args = ["probe", &url, "--environment", "production", "--format", "json"];
        let guard = room.guard(args.iter().chain(more)).env("SSL_CERT_FILE", room.at("ca.pem"));
        let document = guard.run().ends(code).json();
        let found = findings(&document);
        let subjects: Vec<_> = found.iter().map(|(_, subject, _)| subject.as_str()).collect();
        assert_eq!(subjects, refused, "{names:?} {days}");
        assert!(found.iter().all(|(kind, ..)| kind == "certificate"), "{found:?}");
    }
}

#[test]
fn an_authority_that_nobody_knows_is_refused() {
    let (config, _) = certificate(&["shop.example", "api.shop.example"], 30);
    let address = serve(good, Some(config));
    let document = probe(&format!("https://{address}"), &[]).json();
    assert!(document["outcome"] != "permitted", "{document}");
    assert!(document["requests"].as_u64() <= Some(1), "nothing is asked of it");
}

/// A server that accepts and never says anything costs a bounded time.
#[test]
fn a_server_that_is_silent_is_not_waited_for_long() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || listener.incoming().flatten().collect::<Vec<TcpStream>>());
    let ran = probe(&format!("http://{address}"), &[]).ends(3);
    assert!(ran.took < Duration::from_secs(60), "{ran:?}");
}

#[test]
fn nothing_is_known_where_nobody_listens() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{address}");
    let asked = ["probe", &url, "--environment", "production"];
    let ran = Room::new().guard(asked).run().ends(3);
    assert!(ran.stdout.ends_with("of policy koomy; 1 request\n"), "{ran:?}");
    let json = asked.into_iter().chain(["--format", "json"]);
    let document = Room::new().guard(json).run().ends(3).json();
    assert_eq!(document["policy"]["source"], "built-in");
}
