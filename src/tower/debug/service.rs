//! The debug gate around a service.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http::header::HeaderName;
use http::{Request, Response};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use super::{Admission, Shared};
use crate::tower::inventory::Question;
use crate::tower::pause::Pause;

/// Layer that applies [`DebugService`]; made by [`DebugGate::with`].
///
/// [`DebugGate::with`]: super::DebugGate::with
#[derive(Clone)]
#[must_use = "a layer does nothing until it goes around a service"]
pub struct DebugLayer<D> {
    pub(super) shared: Arc<Shared>,
    pub(super) debug: Option<D>,
}

impl<D: Clone, S> Layer<S> for DebugLayer<D> {
    type Service = DebugService<D, S>;

    fn layer(&self, inner: S) -> Self::Service {
        DebugService { shared: Arc::clone(&self.shared), debug: self.debug.clone(), inner }
    }
}

/// Two services: one with debug endpoints, and one that never had any.
///
/// A request reaches the first when all of this holds:
///
/// 1. The policy allows debug endpoints in this environment. If not, there is no first
///    service.
/// 2. The request has the header named in the policy, exactly once, with the secret.
/// 3. Its path, as written, is one of the policy's paths or below one.
///
/// Every other request reaches the second, unchanged. A refused debug path is therefore
/// answered like a path that does not exist, because in that service it does not exist.
///
/// The header is removed from a request that is admitted. Such a request waits if the
/// first service is not ready, for example behind a concurrency limit; no other request
/// does.
#[derive(Clone)]
pub struct DebugService<D, S> {
    shared: Arc<Shared>,
    debug: Option<D>,
    inner: S,
}

impl<D, S, ReqBody, ResBody> Service<Request<ReqBody>> for DebugService<D, S>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    D: Service<Request<ReqBody>, Response = Response<ResBody>> + Clone,
    D::Error: Into<S::Error>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = DebugFuture<Oneshot<D, Request<ReqBody>>, S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    #[inline]
    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        Question::answer(&request, &self.shared.inventory);
        let admission = match &self.shared.access {
            Some(access) => access.admit(&request),
            None => Admission::Service,
        };
        match (admission, &self.debug, &self.shared.access) {
            (Admission::Service, _, _) => DebugFuture::of(self.inner.call(request)),
            (Admission::Debug, Some(debug), Some(access)) => {
                DebugFuture::debug(debug.clone(), without(request, access.header()))
            }
            // Without a service behind the gate, no request is admitted.
            (Admission::Debug, _, _) => DebugFuture::of(self.inner.call(request)),
            (Admission::Failed(pause), _, _) => DebugFuture {
                pause: pause.map(Box::new),
                ..DebugFuture::of(self.inner.call(request))
            },
        }
    }
}

#[cold]
fn without<B>(mut request: Request<B>, header: &HeaderName) -> Request<B> {
    request.headers_mut().remove(header);
    request
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
        // DELIBERATE: boxed, so that all other requests carry no space for it.
        Debug { future: Pin<Box<D>> },
        Service { #[pin] future: S },
    }
}

impl<D, S> DebugFuture<D, S> {
    fn of(future: S) -> Self {
        Self { pause: None, way: Way::Service { future } }
    }
}

impl<D: Service<R>, R, S> DebugFuture<Oneshot<D, R>, S> {
    #[cold]
    fn debug(service: D, request: R) -> Self {
        let future = Box::pin(Oneshot::Waiting { service, request: Some(request) });
        Self { pause: None, way: Way::Debug { future } }
    }
}

impl<D, S, Response, DebugError, Error> Future for DebugFuture<D, S>
where
    D: Future<Output = Result<Response, DebugError>>,
    S: Future<Output = Result<Response, Error>>,
    DebugError: Into<Error>,
{
    type Output = Result<Response, Error>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if let Some(pause) = this.pause {
            ready!(Pin::new(&mut **pause).poll_over(cx));
            *this.pause = None;
        }
        match this.way.project() {
            WayProjection::Debug { future } => future.as_mut().poll(cx).map_err(Into::into),
            WayProjection::Service { future } => future.poll(cx),
        }
    }
}

pin_project! {
    /// A request to a service that may not be ready yet.
    #[project = OneshotProjection]
    pub enum Oneshot<D, R>
    where
        D: Service<R>,
    {
        Waiting { service: D, request: Option<R> },
        Called { #[pin] future: D::Future },
    }
}

impl<D: Service<R>, R> Future for Oneshot<D, R> {
    type Output = Result<D::Response, D::Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            let future = match self.as_mut().project() {
                OneshotProjection::Called { future } => return future.poll(cx),
                OneshotProjection::Waiting { service, request } => {
                    ready!(service.poll_ready(cx))?;
                    // Nothing comes after an error, as with any future.
                    let Some(request) = request.take() else { return Poll::Pending };
                    service.call(request)
                }
            };
            self.set(Self::Called { future });
        }
    }
}
