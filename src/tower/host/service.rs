//! The host gate around a service.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::{Request, Response, StatusCode};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use super::rules::HostRules;
use crate::tower::inventory::Question;

/// Layer that applies [`HostService`]; made by `boot.host_layer()`.
///
/// ```compile_fail
/// let layer = koomy_guard::tower::HostLayer::default();
/// ```
///
/// ```
/// # use koomy_guard::gate::{Boot, Permit};
/// # use koomy_guard::tower::HostLayer;
/// fn layer(boot: &Permit<Boot>) -> HostLayer {
///     boot.host_layer()
/// }
/// ```
#[derive(Clone)]
#[must_use = "a layer does nothing until it goes around a service"]
pub struct HostLayer {
    rules: &'static HostRules,
}

impl HostLayer {
    pub(in crate::tower) const fn by(rules: &'static HostRules) -> Self {
        Self { rules }
    }

    #[cfg(test)]
    pub(super) const fn rules(&self) -> &'static HostRules {
        self.rules
    }
}

impl<S> Layer<S> for HostLayer {
    type Service = HostService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        HostService { rules: self.rules, inner }
    }
}

/// Lets a request through only if it is meant for this environment.
///
/// A request passes when all of this holds:
///
/// 1. It names exactly one host: in `Host`, in the authority of its target, or the same
///    in both.
/// 2. That host is one of the environment's domains, in any letter case and with any
///    port. A dot at its end, a user before it or an IP address make it another host.
/// 3. So is every host that a `Forwarded` or `X-Forwarded-Host` header names. If the
///    policy lists the peer as a proxy, the one host in `X-Forwarded-Host` is judged
///    instead of the one in `Host`.
/// 4. If the policy refuses foreign origins, neither its `Origin` nor, for methods that
///    change something, its `Referer` names a domain of another environment.
///
/// A health check passes as well: its path is one of the policy's `health_paths`, its
/// method is `GET` or `HEAD`, and it comes from one of the `health_addresses`, if there
/// are any.
///
/// Every other request is answered `421 Misdirected Request`, or `403 Forbidden` for a
/// foreign origin, without a body.
#[derive(Clone)]
pub struct HostService<S> {
    rules: &'static HostRules,
    inner: S,
}

impl<S, ReqBody, ResBody> Service<Request<ReqBody>> for HostService<S>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    ResBody: Default,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = HostFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    #[inline]
    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        match self.rules.judge(&request) {
            Ok(()) => HostFuture { way: Way::Inner { future: self.inner.call(request) } },
            Err(refused) => {
                Question::answer(&request, &self.rules.inventory);
                self.rules.log(refused);
                HostFuture { way: Way::Refused { status: Some(refused.status()) } }
            }
        }
    }
}

pin_project! {
    /// The answer of a [`HostService`].
    pub struct HostFuture<F> {
        #[pin]
        way: Way<F>,
    }
}

pin_project! {
    #[project = WayProjection]
    enum Way<F> {
        Inner { #[pin] future: F },
        Refused { status: Option<StatusCode> },
    }
}

impl<F, B, Error> Future for HostFuture<F>
where
    F: Future<Output = Result<Response<B>, Error>>,
    B: Default,
{
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().way.project() {
            WayProjection::Inner { future } => future.poll(cx),
            // Nothing comes after the answer, as with any future.
            WayProjection::Refused { status } => {
                status.take().map_or(Poll::Pending, |status| Poll::Ready(Ok(empty(status))))
            }
        }
    }
}

fn empty<B: Default>(status: StatusCode) -> Response<B> {
    let mut response = Response::new(B::default());
    *response.status_mut() = status;
    response
}
