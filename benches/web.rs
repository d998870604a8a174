//! The cost of a web service's layers for each request, compared with the same service
//! without them and with tower-http's layers.
//!
//! `cargo bench --features axum --bench web`. The variants take turns, a few hundred
//! requests each, so that whatever disturbs the machine affects all of them. A word after
//! `--` selects the variants whose names contain it, and the bare router.
#![expect(clippy::disallowed_methods, clippy::print_stdout, reason = "measures time, and says it")]
#![expect(clippy::unwrap_used, reason = "a benchmark may stop")]
#![expect(clippy::indexing_slicing, reason = "a benchmark may stop")]

#[path = "../tests/web/policy.rs"]
mod policy;
#[path = "turns/mod.rs"]
mod turns;

use std::convert::Infallible;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, Method};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::get;
use policy::boot;
use tower::{Layer as _, Service};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::validate_request::ValidateRequestHeaderLayer;
use turns::{quantile, ratios, take_turns};

fn router() -> Router {
    Router::new()
        .route("/hello", get(|| async { "hello" }))
        .route("/api/items/{id}", get(|| async { "item" }))
}

fn debug() -> Router {
    Router::new().route("/api/_debug/seed", get(|| async { "seeded" }))
}

/// With a header whose name is known to the layers, or is not.
fn request(host: &'static str, path: &'static str, header: &'static str) -> Request {
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = path.parse().unwrap();
    *request.method_mut() = Method::GET;
    for (name, value) in [
        ("host", host),
        ("user-agent", "Mozilla/5.0 (X11; Linux x86_64)"),
        ("accept", "application/json"),
        ("accept-encoding", "gzip, br"),
        ("connection", "keep-alive"),
        (header, "guess"),
    ] {
        request.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    request
}

/// A named service, called once for each request.
struct Variant {
    name: &'static str,
    call: Box<dyn FnMut(Request) -> u16>,
    host: &'static str,
    path: &'static str,
    header: &'static str,
}

fn variant<S>(name: &'static str, to: (&'static str, &'static str), mut service: S) -> Variant
where
    S: Service<Request, Response = Response, Error = Infallible> + 'static,
{
    let call = move |request| {
        let mut cx = Context::from_waker(Waker::noop());
        assert!(service.poll_ready(&mut cx).is_ready());
        let mut future = pin!(service.call(request));
        loop {
            if let Poll::Ready(answer) = future.as_mut().poll(&mut cx) {
                let Ok(response) = answer;
                return black_box(response).status().as_u16();
            }
        }
    };
    Variant { name, call: Box::new(call), host: to.0, path: to.1, header: "x-nothing-here" }
}

fn variants() -> Vec<Variant> {
    let (production, sandbox) = (boot("production"), boot("sandbox"));
    let both = |boot: &koomy_guard::Permit<koomy_guard::Boot>| {
        boot.host_layer().layer(boot.debug_gate().with(debug()).layer(router()))
    };
    let good = ("koomy.app", "/hello");
    let play = ("play.koomy.app", "/hello");
    let accept = ValidateRequestHeaderLayer::accept("application/json");
    #[expect(clippy::result_large_err, reason = "it is tower-http's")]
    let custom = ValidateRequestHeaderLayer::custom(|request: &mut Request| {
        match request.headers().get("host") {
            Some(host) if host == "koomy.app" => Ok(()),
            Some(_) | None => Err(Response::new(Body::empty())),
        }
    });
    let set = SetResponseHeaderLayer::overriding(
        "x-server".parse().unwrap(),
        HeaderValue::from_static("koomy"),
    );
    let closure = from_fn(|request: Request, next: Next| async move { next.run(request).await });
    vec![
        variant(BARE, good, router()),
        variant("host + debug around it, production", good, both(&production)),
        variant("host + debug around it, sandbox", play, both(&sandbox)),
        variant("host around it", good, production.host_layer().layer(router())),
        variant(
            "debug around it, sandbox",
            play,
            sandbox.debug_gate().with(debug()).layer(router()),
        ),
        variant("tower-http validate around it", good, custom.clone().layer(router())),
        variant("host as .layer", good, router().layer(production.host_layer())),
        variant("host as .layer, debug merged", good, {
            router().merge(production.debug_routes(debug())).layer(production.host_layer())
        }),
        variant("tower-http validate as .layer", good, router().layer(custom)),
        variant("tower-http accept as .layer", good, router().layer(accept)),
        variant("tower-http set header as .layer", good, router().layer(set)),
        variant("from_fn as .layer", good, router().layer(closure)),
        variant(
            "refused by a service that does nothing else",
            good,
            tower::service_fn(|_: Request| std::future::ready(Ok(Response::new(Body::empty())))),
        ),
        variant("refused: another host", ("play.koomy.app", "/hello"), both(&production)),
        variant("refused: unknown host", ("evil.example", "/hello"), both(&production)),
        variant(HIDDEN, ("koomy.app", "/api/_debug/seed"), both(&production)),
        Variant {
            header: "x-debug-secret",
            ..variant(TRIED, ("koomy.app", "/api/_debug/seed"), both(&production))
        },
        variant(ABSENT, ("koomy.app", "/api/_trash/seed"), both(&production)),
        variant("absent path, bare router", ("koomy.app", "/api/_trash/seed"), router()),
    ]
}

fn main() {
    // `cargo test --benches` only checks that it runs.
    let is_timed = std::env::args().any(|argument| argument == "--bench");
    let (warm_up, most) = if is_timed { (WARM_UP, ROUNDS) } else { (0, 1) };
    let only = std::env::args().skip(1).find(|word| !word.starts_with('-')).unwrap_or_default();
    let is_asked = |name: &str| name.contains(&only) || name == BARE || name == ABSENT;
    let mut variants = variants();
    variants.retain(|variant| is_asked(variant.name));
    take_turns(&mut variants, |round| round < warm_up, nanoseconds);
    let rounds = take_turns(&mut variants, |round| round < most, nanoseconds);
    let bare = &rounds[0];
    println!("{:<38} {:>8} {:>10} {:>8}", "variant", "ns", "over bare", "x bare");
    for (variant, own) in variants.iter().zip(&rounds) {
        let more: Vec<_> = own.iter().zip(bare).map(|(one, bare)| one - bare).collect();
        println!(
            "{:<38} {:>8.1} {:>+10.1} {:>8.2}",
            variant.name,
            quantile(own, 0.5),
            quantile(&more, 0.5),
            quantile(&ratios(own, bare), 0.5),
        );
    }
    let rounds = |name: &str| variants.iter().position(|it| it.name == name).map(|at| &rounds[at]);
    for name in [HIDDEN, TRIED] {
        if let (Some(hidden), Some(absent)) = (rounds(name), rounds(ABSENT)) {
            let d = effect(hidden, absent);
            println!("{name}, against {ABSENT}: d = {d:+.3} over {} rounds", absent.len());
        }
    }
}

/// The duration of each of a few hundred requests.
fn nanoseconds(variant: &mut Variant) -> f64 {
    let asked = || request(variant.host, variant.path, variant.header);
    let requests: Vec<_> = (0..REQUESTS).map(|_| asked()).collect();
    let start = Instant::now();
    for request in requests {
        black_box((variant.call)(black_box(request)));
    }
    start.elapsed().as_secs_f64() * 1e9 / f64::from(REQUESTS)
}

/// The distance between two variants, in standard deviations of their rounds (Cohen's d);
/// below 0.2 it is called small.
fn effect(one: &[f64], other: &[f64]) -> f64 {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let variance = |values: &[f64]| {
        let middle = mean(values);
        mean(&values.iter().map(|value| (value - middle).powi(2)).collect::<Vec<_>>())
    };
    (mean(one) - mean(other)) / f64::midpoint(variance(one), variance(other)).sqrt()
}

const BARE: &str = "bare router";
const HIDDEN: &str = "hidden: debug path";
const TRIED: &str = "hidden: debug path, secret sent";
const ABSENT: &str = "absent path";
const ROUNDS: usize = 400;
const WARM_UP: usize = 40;
const REQUESTS: u32 = 500;
