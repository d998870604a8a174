//! Heap allocations of the layers: none, for a good request.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

#[path = "web/policy.rs"]
mod policy;

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use allocation_counter::measure;
use axum::http::{Request, Response};
use policy::{boot, secret};
use tower::{Layer as _, Service};

/// A service that does not allocate either.
#[derive(Clone)]
struct Nothing;

impl Service<Request<()>> for Nothing {
    type Response = Response<()>;
    type Error = Infallible;
    type Future = Ready<Result<Response<()>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<()>) -> Self::Future {
        ready(Ok(Response::new(())))
    }
}

/// The status, and the number of allocations for it.
fn taken(environment: &str, request: Request<()>) -> (u16, u64) {
    let boot = boot(environment);
    let mut service = boot.host_layer().layer(boot.debug_gate().with(Nothing).layer(Nothing));
    let mut status = 0;
    let mut request = Some(request);
    let info = measure(|| {
        let mut cx = Context::from_waker(Waker::noop());
        let _ready = service.poll_ready(&mut cx);
        let mut future = pin!(service.call(request.take().unwrap()));
        let Poll::Ready(Ok(response)) = future.as_mut().poll(&mut cx) else { return };
        status = response.status().as_u16();
    });
    (status, info.count_total)
}

fn request(headers: &[(&str, &str)]) -> Request<()> {
    let start = Request::get("/api/items/7").header("accept", "*/*").header("user-agent", "test");
    headers.iter().fold(start, |built, (name, value)| built.header(*name, *value)).body(()).unwrap()
}

#[test]
fn a_good_request_does_not_allocate() {
    let secret = secret();
    let table: [(&str, &[(&str, &str)]); 7] = [
        ("production", &[("host", "koomy.app")]),
        ("production", &[("host", "API.koomy.app:8443")]),
        ("production", &[("host", "koomy.app"), ("x-debug-secret", "guess")]),
        ("production", &[("host", "koomy.app"), ("x-forwarded-host", "koomy.app")]),
        ("sandbox", &[("host", "play.koomy.app")]),
        ("sandbox", &[("host", "play.koomy.app"), ("x-debug-secret", &secret)]),
        ("local", &[("host", "localhost:3000")]),
    ];
    for (environment, headers) in table {
        assert_eq!(taken(environment, request(headers)), (200, 0), "{environment} {headers:?}");
    }
}

#[test]
fn a_refused_request_does_not_allocate() {
    for host in ["evil.example", "play.koomy.app", "user@koomy.app", ""] {
        let request = request(&[("host", host)]);
        assert_eq!(taken("production", request), (421, 0), "{host:?}");
    }
}

#[test]
fn allocations_are_counted() {
    assert_eq!(measure(|| drop(Box::new(1))).count_total, 1);
}
