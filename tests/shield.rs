//! The shield around a real server, over a real connection.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

use std::collections::VecDeque;
use std::convert::Infallible;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::routing::get;
use http_body::{Frame, SizeHint};
use koomy_guard::facts::Facts;
use koomy_guard::policy::builder::Is;
use koomy_guard::policy::{Data, EncodedResponses};
use koomy_guard::{Boot, Permit, Policy};
use tokio::sync::mpsc;

const TOKEN: &str = "q7Rk2vXw9LmT4bNz8HsD";
const PASSWORD: &str = "Wd3nC6yJ5pGfZ8sX";

fn url() -> String {
    format!("postgresql://app:{PASSWORD}@db.shop.example/shop?sslmode=verify-full")
}

fn boot(encoded: EncodedResponses) -> Permit<Boot> {
    let policy = Policy::builder("shop")
        .environment("production", |e| {
            let domains = ["www.shop.example"];
            e.data(Data::Real).databases(["main"]).domains(domains).encoded_responses(encoded)
        })
        .database("main", |d| d.endpoints(["db.shop.example"]).database("shop"))
        .connection_url("primary", "DATABASE_URL")
        .variable("APP_ENV", |v| v.is(Is::Environment))
        .variable("API_TOKEN", |v| v.is(Is::Secret))
        .variable("API_URL", |v| v.is(Is::Url))
        .build()
        .unwrap();
    let facts = Facts::assume().variables([
        ("APP_ENV", "production"),
        ("API_TOKEN", TOKEN),
        ("API_URL", "https://www.shop.example/orders"),
        ("DATABASE_URL", &url()),
    ]);
    Permit::<Boot>::ask(&policy, &facts.facts()).unwrap()
}

/// A body that arrives as it is sent.
struct Sent(mpsc::Receiver<&'static str>);

impl http_body::Body for Sent {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let data = |text: &'static str| Ok(Frame::data(Bytes::from_static(text.as_bytes())));
        self.0.poll_recv(cx).map(|text| text.map(data))
    }
}

/// A body of known size that arrives in parts.
struct Parts(VecDeque<Bytes>);

impl http_body::Body for Parts {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.pop_front().map(|part| Ok(Frame::data(part))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.iter().map(|part| part.len() as u64).sum())
    }
}

/// A secret after 200 KB.
fn large() -> Body {
    let part = Bytes::from_static(&[b' '; 10_000]);
    let parts = std::iter::repeat_n(part, 20).chain([Bytes::from_static(TOKEN.as_bytes())]);
    Body::new(Parts(parts.collect()))
}

type Sender = Arc<Mutex<Option<mpsc::Sender<&'static str>>>>;

/// A service that leaks secrets.
fn service(boot: &Permit<Boot>, sender: Sender) -> Router {
    let stream = move || {
        let (send, receive) = mpsc::channel(10);
        *sender.lock().unwrap() = Some(send);
        std::future::ready(Body::new(Sent(receive)))
    };
    Router::new()
        .route("/fine", get(|| async { r#"{"url": "https://www.shop.example/orders"}"# }))
        .route("/config", get(|| async { format!("url = {}", url()) }))
        .route("/json", get(|| async { url().replace('/', "\\/") }))
        .route("/password", get(|| async { PASSWORD }))
        .route("/large", get(|| async { large() }))
        .route("/large-and-fine", get(|| async { "q7Rk2vXw".repeat(20_000) }))
        .route("/stream", get(stream))
        .route("/header", get(|| async { ([("x-token", TOKEN)], "fine") }))
        .route("/gzip", get(|| async { ([("content-encoding", "gzip")], "not looked into") }))
        .layer(boot.shield_layer())
}

/// Serves until the test ends.
fn serve(encoded: EncodedResponses) -> (SocketAddr, Sender, tokio::runtime::Runtime) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let sender = Sender::default();
    let app = service(&boot(encoded), Arc::clone(&sender));
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    runtime.spawn(async { axum::serve(listener, app).await });
    (address, sender, runtime)
}

fn asked(address: SocketAddr, request: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    write!(stream, "{request} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    stream
}

/// Everything that arrives until the connection ends.
fn answer(address: SocketAddr, request: &str) -> String {
    let mut answer = Vec::new();
    // A connection that is cut off may end in an error.
    let _ = asked(address, request).read_to_end(&mut answer);
    String::from_utf8(answer).unwrap()
}

fn is_clean(answer: &str) -> bool {
    !answer.contains(TOKEN) && !answer.contains(PASSWORD) && !answer.contains("app:")
}

#[test]
fn an_answer_with_a_secret_is_an_error_without_content() {
    let (address, _, _runtime) = serve(EncodedResponses::Refuse);
    for path in ["/config", "/json", "/password", "/header", "/gzip"] {
        let answer = answer(address, &format!("GET {path}"));
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 500 Internal Server Error"), "{path}: {head}");
        assert!(head.contains("content-length: 0"), "{path}: {head}");
        let names = head.lines().skip(1).filter_map(|line| line.split_once(':')).map(|pair| pair.0);
        let own = |name: &&str| ["content-length", "connection", "date"].contains(name);
        assert_eq!(names.filter(|name| !own(name)).count(), 0, "{path}: {head}");
        assert_eq!(body, "", "{path}");
        assert!(is_clean(&answer), "{path}");
    }
}

#[test]
fn an_answer_without_a_secret_is_unaltered() {
    let (address, _, _runtime) = serve(EncodedResponses::Pass);
    let large = "q7Rk2vXw".repeat(20_000);
    let table = [
        ("GET /fine", r#"{"url": "https://www.shop.example/orders"}"#),
        ("HEAD /fine", ""),
        ("HEAD /gzip", ""),
        ("GET /gzip", "not looked into"),
        ("GET /large-and-fine", &large),
    ];
    for (request, body) in table {
        let answer = answer(address, request);
        let (head, found) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200 OK"), "{request}: {head}");
        assert!(found == body, "{request}");
    }
}

#[test]
fn an_answer_that_has_begun_is_cut_off() {
    let (address, _, _runtime) = serve(EncodedResponses::Refuse);
    let answer = answer(address, "GET /large");
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("content-length: 200020"), "{head}");
    assert!((1..=200_000).contains(&body.len()), "{}", body.len());
    assert!(is_clean(&answer));
}

#[test]
fn a_stream_leaves_as_it_comes_until_a_secret_does() {
    let (address, sender, _runtime) = serve(EncodedResponses::Refuse);
    let mut client = asked(address, "GET /stream");
    let mut read = VecDeque::new();
    let mut until = |end: &str| {
        let mut some = [0; 1_000];
        while !String::from_utf8_lossy(read.make_contiguous()).ends_with(end) {
            match client.read(&mut some) {
                Ok(0) | Err(_) => break,
                Ok(length) => read.extend(&some[..length]),
            }
        }
        String::from_utf8_lossy(read.make_contiguous()).into_owned()
    };
    until("\r\n\r\n");
    let send = |text| sender.lock().unwrap().as_ref().unwrap().blocking_send(text).unwrap();
    // Each event arrives before the next is sent.
    send("data: one\n\n");
    let first = until("data: one\n\n\r\n");
    assert!(first.ends_with("\r\nB\r\ndata: one\n\n\r\n"), "{first}");
    send("data: q7R");
    assert!(until("q7R\r\n").ends_with("data: q7R\r\n"));
    send("k2vXw9LmT4bN");
    send("z8HsD\n\n");
    let all = until("never");
    assert!(all.ends_with("data: q7R\r\n"), "neither more nor an end: {all}");
}
