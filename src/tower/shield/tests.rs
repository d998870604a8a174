use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::header::HeaderMap;
use http::{Request, Response, StatusCode};
use http_body::{Body, Frame, SizeHint};
use tower_layer::Layer as _;
use tower_service::Service;

use super::body::BoxError;
use super::*;
use crate::policy::EncodedResponses;
use crate::secret::Secret;
use crate::shield::Value;

/// What a body does next.
#[derive(Clone, Debug)]
enum Step {
    Data(&'static str),
    Wait,
    Trailer(&'static str),
    Fail,
}

use Step::{Data, Fail, Trailer, Wait};

/// A body that follows a script.
#[derive(Clone)]
struct Script {
    steps: VecDeque<Step>,
    size: Option<u64>,
}

impl Body for Script {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        Poll::Ready(match self.steps.pop_front() {
            Some(Data(text)) => {
                self.size = self.size.map(|size| size.saturating_sub(text.len() as u64));
                Some(Ok(Frame::data(Bytes::from_static(text.as_bytes()))))
            }
            Some(Wait) => return Poll::Pending,
            Some(Trailer(value)) => {
                let trailers = [("x-sum".parse().unwrap(), value.parse().unwrap())];
                Some(Ok(Frame::trailers(HeaderMap::from_iter(trailers))))
            }
            Some(Fail) => Some(Err("the service failed".into())),
            None => None,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.steps.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        self.size.map(SizeHint::with_exact).unwrap_or_default()
    }
}

/// A service with one answer.
#[derive(Clone)]
struct Answer {
    headers: Vec<(&'static str, String)>,
    body: Script,
}

impl Service<Request<()>> for Answer {
    type Response = Response<Script>;
    type Error = Infallible;
    type Future = Ready<Result<Response<Script>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<()>) -> Self::Future {
        let mut response = Response::builder().status(StatusCode::CREATED);
        for (name, value) in &self.headers {
            response = response.header(*name, value);
        }
        ready(Ok(response.body(self.body.clone()).unwrap()))
    }
}

fn answer(known: bool, steps: &[Step]) -> Answer {
    let length = |step: &Step| match step {
        Data(text) => text.len() as u64,
        Wait | Trailer(_) | Fail => 0,
    };
    let size = known.then(|| steps.iter().map(length).sum());
    let body = Script { steps: steps.iter().cloned().collect(), size };
    Answer { headers: vec![("x-kind", "answer".to_owned())], body }
}

/// The answer of a service behind the shield, once it is complete.
fn shielded(answer: Answer, encoded: EncodedResponses) -> Response<ShieldBody<Script>> {
    let (secret, url) = (Secret::new(SECRET), Secret::new(format!("redis://app:{PASSWORD}@host")));
    let shield = Shield::new([Value::secret("TOKEN", &secret), Value::address("CACHE_URL", &url)]);
    let mut service = ShieldLayer::new(shield).encoded(encoded).layer(answer);
    let request = Request::builder().uri("/orders/7?q=1").body(()).unwrap();
    let mut cx = Context::from_waker(Waker::noop());
    match pin!(service.call(request)).poll(&mut cx) {
        Poll::Ready(Ok(response)) => response,
        Poll::Ready(Err(never)) => match never {},
        Poll::Pending => panic!("the shield waited"),
    }
}

/// What leaves the shield, a word for each step: data in parts, `wait`, `error`.
fn left(body: &mut ShieldBody<Script>) -> Vec<String> {
    let mut cx = Context::from_waker(Waker::noop());
    let mut left = Vec::new();
    loop {
        left.push(match Pin::new(&mut *body).poll_frame(&mut cx) {
            Poll::Pending => "(wait)".to_owned(),
            Poll::Ready(None) => return left,
            Poll::Ready(Some(Err(error))) if error.is::<Withheld>() => "(withheld)".to_owned(),
            Poll::Ready(Some(Err(_))) => "(error)".to_owned(),
            Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                Ok(data) => String::from_utf8(data.into()).unwrap(),
                Err(_) => "(trailers)".to_owned(),
            },
        });
    }
}

const SECRET: &str = "q7Rk2vXw9LmT4bNz8HsD";
const PASSWORD: &str = "Wd3nC6yJ5pGf";

#[test]
fn what_leaves_of_a_body() {
    // (whether the size is known, what the service does, the status, what leaves)
    let table: [(bool, &[Step], u16, &[&str]); 22] = [
        (true, &[], 201, &[]),
        (true, &[Data("fine")], 201, &["fine"]),
        (true, &[Data("a q7Rk2vXw9LmT4bNz8HsD b")], 500, &[]),
        (true, &[Data("a"), Data("q7Rk2vXw9"), Data("LmT4bNz8HsD")], 500, &[]),
        (true, &[Data("q7Rk2vXw"), Data("LmT"), Data("")], 201, &["q7Rk2vXw", "LmT", ""]),
        (true, &[Data("fine"), Trailer("q7Rk2vXw9LmT4bNz8HsD")], 500, &[]),
        (true, &[Data("fine"), Trailer("fine")], 201, &["fine", "(trailers)"]),
        (true, &[Data("fine"), Fail], 201, &["fine", "(error)"]),
        // What is not available at once is not waited for.
        (true, &[Wait, Data("fine")], 201, &["fine"]),
        (true, &[Data("a"), Wait, Data("q7Rk2vXw9LmT4bNz8HsD")], 201, &["a", "(withheld)"]),
        (false, &[Data("q7Rk2vXw9LmT4bNz8HsD")], 500, &[]),
        (false, &[Data("a"), Data("q7Rk2vXw9LmT4bNz8HsD")], 201, &["a", "(withheld)"]),
        (false, &[Data("a"), Wait, Data("b")], 201, &["a", "(wait)", "b"]),
        (
            false,
            &[Data("to redis://app:Wd3nC6yJ5p"), Wait, Data("Gf@host")],
            201,
            &["to ", "(wait)", "(withheld)"],
        ),
        // The first quarter of a secret waits; less than that does not.
        (
            false,
            &[Data("a q7Rk"), Wait, Data("2vXw9LmT4bNz8HsD")],
            201,
            &["a q7Rk", "(wait)", "(withheld)"],
        ),
        (
            false,
            &[Data("a q7Rk2"), Wait, Data("vXw!"), Wait],
            201,
            &["a ", "(wait)", "q7Rk2", "vXw!", "(wait)"],
        ),
        (false, &[Data("a q7Rk2v")], 201, &["a q7Rk2v"]),
        (false, &[Data("a q7Rk2v"), Data("")], 201, &["a ", "q7Rk2v", ""]),
        (false, &[Data("a q7Rk2v"), Trailer("fine")], 201, &["a ", "q7Rk2v", "(trailers)"]),
        (false, &[Data("a q7Rk2v"), Trailer("Wd3nC6yJ5pGf")], 201, &["a ", "(withheld)"]),
        (false, &[Data("a q7Rk2v"), Fail], 201, &["a ", "(error)"]),
        (
            false,
            &[Data("q7Rk2"), Data("q7Rk2v"), Data("q7Rk2vX")],
            201,
            &["q7Rk2", "q7Rk2v", "q7Rk2vX"],
        ),
    ];
    for (known, steps, status, expected) in table {
        let response = shielded(answer(known, steps), EncodedResponses::Refuse);
        assert_eq!(response.status(), status, "{steps:?}");
        assert_eq!(response.headers().len(), usize::from(status == 201), "{steps:?}");
        let mut body = response.into_body();
        assert_eq!(left(&mut body), expected, "{steps:?}");
        assert!(body.is_end_stream(), "{steps:?}");
    }
}

#[test]
fn a_header_with_a_secret_never_leaves() {
    let table = [
        ("x-token", SECRET.to_owned(), 500),
        ("location", format!("/login?next={}", &SECRET[..19]), 201),
        ("location", SECRET.bytes().map(|byte| format!("%{byte:02x}")).collect(), 500),
        ("set-cookie", format!("session=a; url=redis%3A%2F%2Fapp%3A{PASSWORD}%40host"), 500),
        ("x-token", SECRET.to_lowercase(), 201),
        ("x-token", SECRET[1..].to_owned(), 201),
    ];
    for (name, value, status) in table {
        let mut answer = answer(true, &[Data("fine")]);
        answer.headers.push((name, value.clone()));
        let response = shielded(answer, EncodedResponses::Refuse);
        assert_eq!(response.status(), status, "{name}: {value}");
        let is_clean = status == 201;
        assert_eq!(response.headers().is_empty(), !is_clean, "{name}: {value}");
        assert_eq!(left(&mut response.into_body()).is_empty(), !is_clean, "{name}: {value}");
    }
}

#[test]
fn a_body_that_is_encoded_is_refused_or_passed_as_the_policy_says() {
    let secret = [Data("q7Rk2vXw9LmT4bNz8HsD")];
    let table: [(&str, &str, &[Step], u16, u16); 8] = [
        ("content-encoding", "gzip", &secret, 500, 201),
        ("content-encoding", "identity, BR", &secret, 500, 201),
        ("content-encoding", "aes128gcm", &secret, 500, 201),
        ("grpc-encoding", "gzip", &secret, 500, 201),
        // Nothing is encoded here, so it is searched.
        ("content-encoding", "Identity", &secret, 500, 500),
        ("content-encoding", "", &secret, 500, 500),
        ("content-encoding", "identity", &[Data("fine")], 201, 201),
        // As an answer to `HEAD` is, or one with the status 304.
        ("content-encoding", "gzip", &[], 201, 201),
    ];
    for (name, value, steps, refused, passed) in table {
        let statuses = [EncodedResponses::Refuse, EncodedResponses::Pass].map(|encoded| {
            let mut answer = answer(true, steps);
            answer.headers.push((name, value.to_owned()));
            shielded(answer, encoded).status().as_u16()
        });
        assert_eq!(statuses, [refused, passed], "{name}: {value}");
    }
}

#[test]
fn the_size_of_a_clean_body_is_what_it_was() {
    for steps in [&[Data("fine")][..], &[Data("fine"), Data("too")], &[Data("a"), Wait, Data("b")]]
    {
        let answer = answer(true, steps);
        let size = answer.body.size;
        let body = shielded(answer, EncodedResponses::Refuse).into_body();
        assert_eq!(body.size_hint().exact(), size, "{steps:?}");
    }
    let body = shielded(answer(false, &[Data("fine")]), EncodedResponses::Refuse).into_body();
    assert_eq!((body.size_hint().lower(), body.size_hint().upper()), (4, None));
}

#[test]
fn a_body_that_never_ends_is_not_gathered() {
    let steps = vec![Data(""); 100_000];
    let mut answer = answer(true, &steps);
    answer.body.size = Some(10);
    let response = shielded(answer, EncodedResponses::Refuse);
    assert_eq!(response.status(), 201);
    assert_eq!(left(&mut response.into_body()).len(), steps.len());
}

#[test]
fn the_log_names_no_secret() {
    let secret = Secret::new(SECRET);
    let shield = Shield::new([Value::secret("TOKEN", &secret)]);
    let table = [
        ("/orders/7?token=q7Rk2vXw9LmT4bNz8HsD", "/orders/7"),
        ("/orders/q7Rk2vXw9LmT4bNz8HsD", "(hidden)"),
        ("/orders/q7Rk2vXw9LmT4bNz8Hs%44", "(hidden)"),
        ("*", "*"),
    ];
    for (uri, route) in table {
        let watch = Watch { shield: shield.clone(), uri: uri.parse().unwrap() };
        let hidden = watch.route();
        assert!(hidden == route, "{uri}: {hidden}");
    }
}
