//! The gate around a service.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http::{Request, Response};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use super::{Access, Admission, Gate};
use crate::tower::inventory::Question;
use crate::tower::pause::Pause;

/// Layer that applies [`DebugService`]. [`DebugGate::with`] makes it.
///
/// [`DebugGate::with`]: super::DebugGate::with
#[derive(Clone)]
#[must_use = "a layer does nothing until it goes around a service"]
pub struct DebugLayer<D> {
    pub(super) gate: Arc<Gate>,
    pub(super) debug: Option<D>,
}

impl<D: Clone, S> Layer<S> for DebugLayer<D> {
    type Service = DebugService<D, S>;

    fn layer(&self, inner: S) -> Self::Service {
        DebugService { gate: Arc::clone(&self.gate), debug: self.debug.clone(), inner }
    }
}

/// Two services: one with debug endpoints, and one that never had any.
///
/// A request reaches the first when all of this holds:
///
/// 1. the policy allows debug endpoints in this environment; elsewhere there is no
///    first service;
/// 2. it has the header of the policy, once, with the secret;
/// 3. its path is one of the policy's or below it, as it is written.
///
/// Every other request reaches the second, unchanged. So a debug path that is
/// refused takes the way of a path that does not exist, because there it is one.
///
/// The header is taken off a request that is admitted.
#[derive(Clone)]
pub struct DebugService<D, S> {
    gate: Arc<Gate>,
    debug: Option<D>,
    inner: S,
}

impl<D, S> DebugService<D, S> {
    fn access(&self) -> Option<&Access> {
        self.gate.access.as_ref()
    }
}

impl<D, S, ReqBody, ResBody> Service<Request<ReqBody>> for DebugService<D, S>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    D: Service<Request<ReqBody>, Response = Response<ResBody>>,
    D::Error: Into<S::Error>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = DebugFuture<D::Future, S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        if let Some(debug) = &mut self.debug {
            ready!(debug.poll_ready(cx)).map_err(Into::into)?;
        }
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<ReqBody>) -> Self::Future {
        Question::answer(&request, &self.gate.inventory);
        let admission = match self.access() {
            Some(access) => access.admit(&request),
            None => Admission::Service,
        };
        match (admission, &mut self.debug) {
            (Admission::Debug, Some(debug)) => {
                if let Some(access) = &self.gate.access {
                    request.headers_mut().remove(access.header());
                }
                DebugFuture::of(Way::Debug { future: debug.call(request) }, None)
            }
            (Admission::Service | Admission::Debug, _) => {
                DebugFuture::of(Way::Service { future: self.inner.call(request) }, None)
            }
            (Admission::Failed(pause), _) => {
                DebugFuture::of(Way::Service { future: self.inner.call(request) }, pause)
            }
        }
    }
}

pin_project! {
    /// The answer of a [`DebugService`].
    pub struct DebugFuture<D, S> {
        pause: Option<Box<Pause>>,
        #[pin]
        way: Way<D, S>,
    }
}

pin_project! {
    #[project = WayProjection]
    enum Way<D, S> {
        Debug { #[pin] future: D },
        Service { #[pin] future: S },
    }
}

impl<D, S> DebugFuture<D, S> {
    fn of(way: Way<D, S>, pause: Option<Pause>) -> Self {
        Self { pause: pause.map(Box::new), way }
    }
}

impl<D, S, Response, DebugError, Error> Future for DebugFuture<D, S>
where
    D: Future<Output = Result<Response, DebugError>>,
    S: Future<Output = Result<Response, Error>>,
    DebugError: Into<Error>,
{
    type Output = Result<Response, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if let Some(pause) = this.pause {
            ready!(Pin::new(&mut **pause).poll_over(cx));
            *this.pause = None;
        }
        match this.way.project() {
            WayProjection::Debug { future } => future.poll(cx).map_err(Into::into),
            WayProjection::Service { future } => future.poll(cx),
        }
    }
}
