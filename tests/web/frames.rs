//! HTTP/2 that no client would send, frame by frame.

use crate::apps::{FORMS, Reached};
use crate::policy::{boot, secret};
use crate::wire::{raw, serve};

const PATH: &str = "/api/_debug/db-identity";
const HOST: &str = "play.koomy.app";

/// The names and values of a request's head, in the order of sending.
type Fields = Vec<(&'static str, String)>;

/// One request, as frames.
struct Shape {
    head: Fields,
    body: Option<Vec<u8>>,
    trailers: Option<Fields>,
}

fn fields(list: &[(&'static str, &str)]) -> Fields {
    list.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
}

/// A request for a debug endpoint, with the secret.
fn good() -> Fields {
    let head = [(":method", "GET"), (":scheme", "http"), (":authority", HOST), (":path", PATH)];
    let mut head = fields(&head);
    head.push(("x-debug-secret", secret()));
    head
}

/// The same with another value in one field.
fn with(name: &str, value: &str) -> Fields {
    let other =
        |(known, kept)| if known == name { (known, value.to_owned()) } else { (known, kept) };
    good().into_iter().map(other).collect()
}

fn without(name: &str) -> Fields {
    good().into_iter().filter(|(known, _)| *known != name).collect()
}

/// The same with one more field, at this place.
fn and(mut fields: Fields, place: usize, name: &'static str, value: &str) -> Fields {
    fields.insert(place, (name, value.to_owned()));
    fields
}

/// Requests that are not valid requests for a debug endpoint of this environment.
fn smuggled() -> Vec<(&'static str, Shape)> {
    let alone = |head| Shape { head, body: None, trailers: None };
    let inner =
        format!("GET {PATH} HTTP/1.1\r\nHost: {HOST}\r\nX-Debug-Secret: {}\r\n\r\n", secret());
    let line = format!("GET {PATH} HTTP/1.1\r\nx:");
    let post = |more: &[(&'static str, &str)]| {
        let mut head = with(":path", "/");
        head.retain(|(name, _)| *name != "x-debug-secret");
        head.extend(fields(more));
        Shape { head, body: Some(inner.clone().into_bytes()), trailers: None }
    };
    vec![
        ("a line in the path", alone(with(":path", &format!("/ HTTP/1.1\r\nx: {PATH}")))),
        ("a line in the method", alone(and(with(":path", "/"), 0, ":method", &line))),
        ("a line as the method", alone(with(":method", &line))),
        ("a line in the secret", alone(with("x-debug-secret", &format!("x\r\n{}", secret())))),
        ("two paths", alone(and(good(), 3, ":path", "/"))),
        ("two paths, the other way round", alone(and(good(), 4, ":path", "/"))),
        ("a path behind the headers", alone(and(without(":path"), 4, ":path", PATH))),
        ("a path in the scheme", alone(with_two(":scheme", &format!("http://{HOST}{PATH}?"), "/"))),
        ("a path in the authority", alone(with_two(":authority", &format!("{HOST}{PATH}"), "/"))),
        ("a path without its slash", alone(with(":path", &PATH[1..]))),
        ("a path with a space", alone(with(":path", &format!("{PATH} ")))),
        ("no path", alone(without(":path"))),
        (
            "a name in upper case",
            alone(and(without("x-debug-secret"), 4, "X-Debug-Secret", &secret())),
        ),
        (
            "a name with a colon",
            alone(and(without("x-debug-secret"), 4, "x-debug-secret:", &secret())),
        ),
        ("the secret twice", alone(and(good(), 5, "x-debug-secret", &secret()))),
        ("a header of HTTP/1's", alone(and(good(), 5, "transfer-encoding", "chunked"))),
        ("another of HTTP/1's", alone(and(good(), 5, "connection", "x-debug-secret"))),
        ("a tunnel", alone(with(":method", "CONNECT"))),
        ("another environment", alone(and(with(":authority", "koomy.app"), 5, "host", HOST))),
        ("another environment in `host`", alone(and(good(), 5, "host", "koomy.app"))),
        ("two hosts", alone(and(and(good(), 5, "host", HOST), 5, "host", HOST))),
        ("a user", alone(with(":authority", &format!("user@{HOST}")))),
        ("no authority", alone(without(":authority"))),
        ("a request as a body", post(&[])),
        ("a request as a body that is said to be empty", post(&[("content-length", "0")])),
        (
            "the secret behind the body",
            Shape {
                head: without("x-debug-secret"),
                body: Some(b"body".to_vec()),
                trailers: Some(vec![("x-debug-secret", secret())]),
            },
        ),
    ]
}

fn with_two(name: &str, value: &str, path: &str) -> Fields {
    let other = |(known, kept): (&'static str, String)| match known {
        ":path" => (known, path.to_owned()),
        known if known == name => (known, value.to_owned()),
        known => (known, kept),
    };
    good().into_iter().map(other).collect()
}

impl Shape {
    fn frames(&self) -> Vec<u8> {
        let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
        bytes.extend(frame(SETTINGS, 0, 0, &[]));
        let (has_body, has_trailers) = (self.body.is_some(), self.trailers.is_some());
        let ends = |last: bool| if last { END_STREAM } else { 0 };
        bytes.extend(frame(HEADERS, END_HEADERS | ends(!has_body), 1, &block(&self.head)));
        if let Some(body) = &self.body {
            bytes.extend(frame(DATA, ends(!has_trailers), 1, body));
        }
        if let Some(trailers) = &self.trailers {
            bytes.extend(frame(HEADERS, END_HEADERS | END_STREAM, 1, &block(trailers)));
        }
        bytes
    }
}

/// MIRRORS: RFC 9113, section 4.1.
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let head = [&length[1..], &[kind, flags], &stream.to_be_bytes()].concat();
    [&head, payload].concat()
}

/// MIRRORS: RFC 7541, section 6.2.2: only literals, without compression.
fn block(fields: &Fields) -> Vec<u8> {
    let text = |text: &str| {
        let length = u8::try_from(text.len()).unwrap();
        assert!(length < 127, "{text}");
        [&[length], text.as_bytes()].concat()
    };
    fields.iter().flat_map(|(name, value)| [vec![0], text(name), text(value)].concat()).collect()
}

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

#[tokio::test(flavor = "multi_thread")]
async fn malformed_requests_never_reach_a_debug_endpoint() {
    for (form, make) in &FORMS[4..] {
        let (boot, reached) = (boot("sandbox"), Reached::default());
        let server = serve(make(&boot, &reached)).await;
        for (what, shape) in smuggled() {
            raw(&server, &shape.frames()).await;
            assert_eq!(reached.count(), 0, "{form}: {what}");
        }
        // If this shape were not read, all of the above would prove nothing.
        let shape = Shape { head: good(), body: None, trailers: None };
        raw(&server, &shape.frames()).await;
        assert_eq!(reached.count(), 1, "{form}");
    }
}
