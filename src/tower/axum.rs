//! The debug gate for axum's router.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::response::Response;
use tower_layer::Layer as _;
use tower_service::Service;

use super::{DbIdentity, DebugGate, Readiness};
use crate::gate::{Boot, Permit};

impl Permit<Boot> {
    /// Puts debug routes behind the gate and returns them for a router to merge.
    ///
    /// ```
    /// use axum::Router;
    /// use axum::routing::get;
    /// # use koomy_guard::gate::{Boot, Permit};
    ///
    /// fn app(boot: &Permit<Boot>) -> Router {
    ///     let debug = Router::new().route("/api/_debug/pool", get(|| async { "3 of 10" }));
    ///     Router::new()
    ///         .route("/", get(|| async { "welcome" }))
    ///         .merge(boot.debug_routes(debug))
    ///         .layer(boot.host_layer())
    /// }
    /// ```
    ///
    /// The routes live in the router's fallback: a request that no route matches is
    /// looked at there, and one that the gate does not admit is answered like any path
    /// that does not exist. A router with a fallback of its own must give it to
    /// [`DebugRoutes::or`], not to `Router::fallback`: axum does not merge two fallbacks,
    /// and a later one would replace the debug routes. So would a route for all paths,
    /// such as `/{*rest}`.
    pub fn debug_routes<S>(&self, routes: Router<S>) -> DebugRoutes<S> {
        let gate = self.debug_gate();
        DebugRoutes { routes: gate.is_open().then_some(routes), gate }
    }
}

/// Debug routes behind the gate; made by [`Permit::debug_routes`].
#[derive(Clone)]
#[must_use = "routes do nothing until a router merges them"]
pub struct DebugRoutes<S = ()> {
    gate: DebugGate,
    routes: Option<Router<S>>,
}

impl<S: Clone + Send + Sync + 'static> DebugRoutes<S> {
    /// Sets the service's fallback, which answers every request that is not admitted.
    ///
    /// ```
    /// use axum::Router;
    /// use axum::http::StatusCode;
    /// # use koomy_guard::gate::{Boot, Permit};
    ///
    /// fn app(boot: &Permit<Boot>, service: Router, debug: Router) -> Router {
    ///     service.merge(boot.debug_routes(debug).or(|| async { (StatusCode::NOT_FOUND, "lost?") }))
    /// }
    /// ```
    pub fn or<H: Handler<T, S>, T: 'static>(self, fallback: H) -> Router<S> {
        match self.routes {
            None => Router::new().fallback(fallback),
            Some(routes) => {
                let or = move |state| fallback.clone().with_state(state);
                Router::new().fallback(Behind { gate: self.gate, routes, or })
            }
        }
    }
}

impl<S: Clone + Send + Sync + 'static> From<DebugRoutes<S>> for Router<S> {
    fn from(DebugRoutes { gate, routes }: DebugRoutes<S>) -> Self {
        match routes {
            None => Self::new(),
            // A router without routes answers as axum does if there is no fallback.
            Some(routes) => Self::new().fallback(Behind { gate, routes, or: |_| Router::new() }),
        }
    }
}

impl<S> Handler<(), S> for DbIdentity {
    type Future = Ready<Response>;

    fn call(self, _: Request, _: S) -> Self::Future {
        ready(self.response())
    }
}

impl<S> Handler<(), S> for Readiness {
    type Future = Ready<Response>;

    fn call(self, _: Request, _: S) -> Self::Future {
        ready(self.response())
    }
}

/// A fallback with debug routes in front of another one.
#[derive(Clone)]
struct Behind<S, F> {
    gate: DebugGate,
    routes: Router<S>,
    or: F,
}

impl<S, F, O> Handler<(), S> for Behind<S, F>
where
    S: Clone + Send + Sync + 'static,
    F: Fn(S) -> O + Clone + Send + Sync + 'static,
    O: Service<Request, Response = Response, Error = Infallible, Future: Send + 'static>,
{
    type Future = Pin<Box<dyn Future<Output = Response> + Send>>;

    fn call(self, request: Request, state: S) -> Self::Future {
        let debug = Routes { routes: self.routes, state: state.clone() };
        let mut service = self.gate.with(debug).layer((self.or)(state));
        let answer = service.call(request);
        Box::pin(async move {
            match answer.await {
                Ok(response) => response,
                Err(never) => match never {},
            }
        })
    }
}

/// Routes that receive their state when a request is admitted.
#[derive(Clone)]
struct Routes<S> {
    routes: Router<S>,
    state: S,
}

impl<S: Clone + Send + Sync + 'static> Service<Request> for Routes<S> {
    type Response = Response;
    type Error = Infallible;
    type Future = <Router as Service<Request>>::Future;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        self.routes.clone().with_state::<()>(self.state.clone()).call(request)
    }
}
