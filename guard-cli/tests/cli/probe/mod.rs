//! `probe`, asking servers that are as they should be and servers that are not.

mod hidden;
mod tls;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

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

/// What a server answers otherwise than it should.
type Service = fn(&Asked) -> Option<String>;

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
    let answer = service(&asked).unwrap_or_else(|| good(&asked));
    let _ = stream.write_all(answer.as_bytes());
}

fn http(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
}

fn absent(asked: &Asked) -> String {
    let body = if asked.method == "head" { String::new() } else { format!("no {}", asked.path) };
    http(ABSENT, "x-id: 7\r\n", &body)
}

const ABSENT: &str = "404 Not Found";

/// As it should be.
fn good(asked: &Asked) -> String {
    if is_foreign(asked) {
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
    let document = probe_http(|_| None).ends(0).json();
    assert_eq!(document["outcome"], "permitted");
    assert_eq!(document["gate"], "probe");
    assert_eq!(document["findings"], json!([]));
    assert_eq!(document["timings"][0]["path"], "/api/_debug");
    assert!(document["requests"].as_u64().unwrap() <= 200, "{document}");
}

fn is_foreign(asked: &Asked) -> bool {
    asked.host != "shop.example"
}

#[test]
fn a_service_that_answers_for_another_environment_is_refused() {
    let table: [(Service, &str); 4] = [
        (
            |it| is_foreign(it).then(|| http("200 OK", "", "welcome")),
            "a domain of `sandbox`: status 200 instead of 421",
        ),
        (
            |it| is_foreign(it).then(|| http("301 Moved", "location: /\r\n", "")),
            "a domain of `sandbox`: status 301 instead of 421",
        ),
        (
            |it| is_foreign(it).then(|| http("500 Oh", "", "")),
            "a domain of `sandbox`: status 500 instead of 421",
        ),
        (
            |it| Some(absent(it)),
            "a domain of `sandbox`: status 404, which its own domain also gets",
        ),
    ];
    for (service, message) in table {
        let document = probe_http(service).ends(1).json();
        let expected = ("host".to_owned(), "sandbox.shop.example".to_owned(), message.to_owned());
        assert_eq!(findings(&document), [expected]);
        assert_eq!(document["findings"][0]["rule"], "domain-belongs-to-environment");
    }
    // Whoever closes the connection does not answer for it.
    probe_http(|it| is_foreign(it).then(String::new)).ends(0);
}

#[test]
fn an_answer_with_the_url_of_a_database_is_refused_and_not_repeated() {
    let ran = probe_http(|asked| {
        let url = format!("postgresql://app:{}@db.shop.example/shop", password());
        let is_it = asked.path == "/" && !is_foreign(asked);
        is_it.then(|| http("500 Internal Server Error", "", &format!("cannot connect to {url}")))
    })
    .ends(1);
    assert!(!ran.stdout.contains(&password()) && !ran.stderr.contains(&password()), "{ran:?}");
    let document = ran.json();
    let message =
        "an answer holds what looks like the URL of a PostgreSQL database, with a password";
    assert_eq!(findings(&document), [("leak".to_owned(), "/".to_owned(), message.to_owned())]);
    assert_eq!(document["findings"][0]["rule"], "response-has-no-secret");
}

#[test]
fn a_service_that_cannot_be_asked_is_undecided() {
    // A port at which nobody listens, and servers that speak something else.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    probe(&format!("http://{free}"), &[]).ends(3);
    let services: [Service; 2] =
        [|_| Some("SSH-2.0-x\r\n\r\n".to_owned()), |_| Some(String::new())];
    for service in services {
        let document = probe_http(service).ends(3).json();
        assert_eq!(document["outcome"], "undecided");
    }
}

#[test]
fn a_command_line_that_is_wrong_asks_nothing() {
    let table: [&[&str]; 6] = [
        &["probe", "http://localhost"],
        &["probe", "localhost", "--environment", "production"],
        &["probe", "http://user:pw@localhost", "--environment", "production"],
        &["probe", "http://localhost/path", "--environment", "production"],
        &["probe", "http://localhost", "--environment", "staging"],
        &["probe", "http://localhost", "--environment", "production", "--domain", "other.example"],
    ];
    for args in table {
        room().guard(args).run().ends(2);
    }
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

/// Every finding has a rule that `rules` lists, and every form says the same.
#[test]
fn every_format_ends_alike() {
    let services: [(Service, i32, &str); 3] = [
        (|_| None, 0, ""),
        (
            |it| is_foreign(it).then(|| http("200 OK", "", "welcome")),
            1,
            "domain-belongs-to-environment",
        ),
        (|_| Some(String::new()), 3, "domain-belongs-to-environment"),
    ];
    for (service, code, rule) in services {
        let url = format!("http://{}", serve(service, None));
        let ran = |format| {
            let args = ["probe", &url, "--environment", "production", "--format", format];
            room().guard(args).run().ends(code)
        };
        let results = ran("sarif").json()["runs"][0]["results"].clone();
        let (github, human) = (ran("github").stdout, ran("human").stdout);
        if code == 0 {
            assert_eq!(results, json!([]));
            assert!(github.starts_with("::notice::permitted: production"), "{github}");
        } else {
            assert_eq!(results[0]["ruleId"], rule);
            assert!(github.contains(&format!("[{rule}],file=policy.toml,line=4")), "{github}");
            assert!(human.contains(&format!("[{rule}]: ")), "{human}");
        }
    }
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
