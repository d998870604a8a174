//! A debug endpoint is reached only by its own path, and a service only by its own host.
#![no_main]

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::pin::pin;
use std::sync::OnceLock;
use std::task::{Context, Poll, Waker};

use http::header::{HeaderName, HeaderValue};
use http::{Method, Request, Response, Uri};
use koomy_guard::facts::Facts;
use koomy_guard::tower::Peer;
use koomy_guard::{Boot, Permit, Policy};
use libfuzzer_sys::fuzz_target;
use tower_layer::Layer as _;
use tower_service::Service;

const POLICY: &str = "version = 1\nname = 'n'\n\
    [environments.production]\ndata = 'real'\ndomains = ['koomy.app']\n\
    [environments.sandbox]\ndata = 'synthetic'\ndomains = ['play.koomy.app']\n\
    web = { proxies = ['10.0.0.0/8'], foreign_origins = 'refuse' }\n\
    debug = { paths = ['/api/_debug'], header = 'X-Debug', secret = 'DEBUG_SECRET' }\n\
    [variables.ENV]\nis = 'environment'\n[variables.DEBUG_SECRET]\nis = 'secret'\n";
const SECRET: &str = "q7ZtW2mK9xVb4RfN8sLc3Hd";

/// Answers with its own name.
#[derive(Clone)]
struct Is(&'static str);

impl Service<Request<()>> for Is {
    type Response = Response<&'static str>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<()>) -> Self::Future {
        assert!(self.0 == "service" || request.headers().get("x-debug").is_none());
        ready(Ok(Response::new(self.0)))
    }
}

fn boot() -> &'static Permit<Boot> {
    static BOOT: OnceLock<Permit<Boot>> = OnceLock::new();
    BOOT.get_or_init(|| {
        let policy = Policy::parse("policy.toml", POLICY).expect("valid");
        let facts = Facts::assume().variable("ENV", "sandbox").variable("DEBUG_SECRET", SECRET);
        Permit::ask(&policy, &facts.facts()).expect("permitted")
    })
}

/// The only host that a proxy says it was asked for.
fn forwarded(request: &Request<()>) -> Option<String> {
    let Peer(peer) = request.extensions().get()?;
    let is_proxy = peer.to_canonical().to_string().starts_with("10.");
    let mut values = request.headers().get_all("x-forwarded-host").iter();
    let (Some(one), None) = (values.next(), values.next()) else { return None };
    let one = one.to_str().ok()?.trim();
    (is_proxy && !one.contains(',')).then(|| one.to_owned())
}

// A target, and headers line by line; `!` is the secret, and `peer` the client's address.
fuzz_target!(|text: &str| {
    let mut lines = text.lines();
    let Some(uri) = lines.next().and_then(|line| line.parse::<Uri>().ok()) else { return };
    let mut request = Request::new(());
    *request.method_mut() = Method::GET;
    *request.uri_mut() = uri.clone();
    for line in lines.take(20) {
        let Some((name, value)) = line.split_once(':') else { continue };
        let value = value.trim().replace('!', SECRET);
        if name == "peer" {
            if let Ok(peer) = value.parse() {
                request.extensions_mut().insert(Peer(peer));
            }
            continue;
        }
        let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(&value))
        else {
            continue;
        };
        request.headers_mut().append(name, value);
    }
    let hosts: Vec<_> = request.headers().get_all("host").iter().cloned().collect();
    let secrets: Vec<_> = request.headers().get_all("x-debug").iter().cloned().collect();
    if secrets.iter().any(|secret| secret != SECRET) {
        return; // A wrong one is slowed.
    }

    let forwarded = forwarded(&request);
    let of_another = request.headers().get_all("origin").iter().any(|it| it == "https://koomy.app");

    let gate = boot().debug_gate().with(Is("debug")).layer(Is("service"));
    let mut service = boot().host_layer().layer(gate);
    let mut cx = Context::from_waker(Waker::noop());
    let mut answer = pin!(service.call(request));
    let Poll::Ready(Ok(response)) = answer.as_mut().poll(&mut cx) else { return };
    if response.status() != 200 {
        return;
    }
    let of_target = uri.authority().map(|authority| authority.as_str().as_bytes());
    let named = of_target.or_else(|| hosts.first().map(HeaderValue::as_bytes));
    let host = forwarded.as_deref().map(str::as_bytes).or(named).expect("one host");
    let name = host.split(|byte| *byte == b':').next().expect("a part");
    assert!(name.eq_ignore_ascii_case(b"play.koomy.app"));
    assert!(hosts.len() <= 1 && !of_another);
    if *response.body() == "debug" {
        let below = uri.path().strip_prefix("/api/_debug").expect("its own path");
        assert!(below.is_empty() || below.starts_with('/'));
        assert_eq!(secrets.len(), 1);
    }
});
