//! A service in the forms in which users build it.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use koomy_guard::{Boot, Permit};
use tower::Layer as _;
use tower::util::BoxCloneSyncService;
use tower_http::set_header::SetResponseHeaderLayer;

pub(crate) type App = BoxCloneSyncService<Request, Response, Infallible>;

/// Every environment, with one of its domains.
pub(crate) const ENVIRONMENTS: [(&str, &str); 3] =
    [("production", "koomy.app"), ("sandbox", "play.koomy.app"), ("local", "localhost")];

/// How often a debug endpoint was reached.
#[derive(Clone, Default)]
pub(crate) struct Reached(Arc<AtomicUsize>);

impl Reached {
    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }

    /// Debug endpoints under every path below the policy's.
    pub(crate) fn routes(&self) -> Router {
        let reached = self.clone();
        let endpoint = move |uri: Uri| async move {
            reached.0.fetch_add(1, Ordering::SeqCst);
            format!("insides, under {uri}")
        };
        Router::new()
            .route("/api/_debug/db-identity", get(endpoint.clone()))
            .route("/api/_debug", any(endpoint.clone()))
            .route("/api/_debug/{*rest}", any(endpoint))
    }
}

/// A service without debug endpoints.
pub(crate) fn service() -> Router {
    Router::new()
        .route("/", get(|| async { "home" }))
        .route("/api/items/{id}", get(|| async { "item" }).delete(|| async { "gone" }))
        .nest("/static", Router::new().fallback(|| async { (StatusCode::NOT_FOUND, "no file") }))
}

/// A fallback that prints the request.
pub(crate) async fn lost(request: Request) -> Response {
    let said =
        format!("{:?} {} {:?} not here\n", request.version(), request.method(), request.uri());
    let mut response = (StatusCode::NOT_FOUND, said).into_response();
    response.headers_mut().insert("x-lost", HeaderValue::from_static("yes"));
    response
}

/// A form of the service: its name, and how to build it.
pub(crate) type Form = (&'static str, fn(&Permit<Boot>, &Reached) -> App);

pub(crate) const FORMS: [Form; 6] = [
    ("around a finished router", |boot, reached| {
        boxed(boot.debug_gate().with(reached.routes()).layer(service()))
    }),
    ("around one with a fallback", |boot, reached| {
        boxed(boot.debug_gate().with(reached.routes()).layer(service().fallback(lost)))
    }),
    ("merged", |boot, reached| boxed(service().merge(boot.debug_routes(reached.routes())))),
    ("merged with a fallback", |boot, reached| {
        boxed(service().merge(boot.debug_routes(reached.routes()).or(lost)))
    }),
    ("merged below other layers", |boot, reached| {
        let server = HeaderValue::from_static("koomy");
        boxed(
            service()
                .merge(boot.debug_routes(reached.routes()).or(lost))
                .layer(SetResponseHeaderLayer::overriding("x-server".parse().unwrap(), server))
                .layer(boot.host_layer()),
        )
    }),
    ("around a service of hyper's", |boot, reached| {
        let lost = tower::service_fn(|request| async { Ok::<_, Infallible>(lost(request).await) });
        let gate = boot.debug_gate().with(reached.routes()).layer(lost);
        boxed(boot.host_layer().layer(gate))
    }),
];

pub(crate) fn boxed<S>(service: S) -> App
where
    S: tower::Service<Request, Response = Response, Error = Infallible>,
    S: Clone + Send + Sync + 'static,
    S::Future: Send + 'static,
{
    BoxCloneSyncService::new(service)
}
