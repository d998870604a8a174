//! The shield around a service.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body::Body;
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use super::body::{BoxError, ShieldBody};
use super::{Section, Watch, is_encoded};
use crate::policy::EncodedResponses;
use crate::shield::Shield;

/// Layer that applies [`ShieldService`]; made by `boot.shield_layer()`.
///
/// ```
/// # use koomy_guard::gate::{Boot, Permit};
/// # use koomy_guard::tower::ShieldLayer;
/// fn layer(boot: &Permit<Boot>) -> ShieldLayer {
///     boot.shield_layer()
/// }
/// ```
///
/// A program whose secrets are not all in variables looks for the others with a layer of
/// its own:
///
/// ```
/// use koomy_guard::secret::Secret;
/// use koomy_guard::shield::{Shield, Value};
/// use koomy_guard::tower::ShieldLayer;
///
/// let fetched = Secret::new("q7Rk2vXw9LmT4bNz8HsD");
/// let layer = ShieldLayer::new(Shield::new([Value::secret("vault", &fetched)]));
/// ```
#[derive(Clone, Debug)]
#[must_use = "a layer does nothing until it goes around a service"]
pub struct ShieldLayer {
    shield: Shield,
    encoded: EncodedResponses,
}

impl ShieldLayer {
    /// Makes a layer that looks for what `shield` knows, and refuses answers that are
    /// already encoded.
    pub const fn new(shield: Shield) -> Self {
        Self { shield, encoded: EncodedResponses::Refuse }
    }

    /// Sets what happens to an answer that is already encoded.
    pub const fn encoded(mut self, encoded: EncodedResponses) -> Self {
        self.encoded = encoded;
        self
    }
}

impl<S> Layer<S> for ShieldLayer {
    type Service = ShieldService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        ShieldService { layer: self.clone(), inner }
    }
}

/// Lets an answer leave only if no watched secret is in it.
///
/// An answer passes, unaltered, when all of this holds:
///
/// 1. No name and no value of its headers contains a secret, as written or in any of the
///    encodings that [`shield`](crate::shield) knows.
/// 2. Its body is not encoded (`Content-Encoding`, `grpc-encoding`), or is empty, or the
///    policy lets encoded answers pass unsearched.
/// 3. Neither its body nor its trailers contain a secret, however the body is divided
///    into chunks.
///
/// Otherwise:
///
/// - If the headers have not left yet, the answer is replaced by `500 Internal Server
///   Error` without any of its headers and without a body.
/// - If they have, the body ends in an error, so that the server cuts the connection off
///   (HTTP/1) or resets the stream (HTTP/2).
///
/// Each time, one `tracing` event of level `ERROR` names the variable and the path of the
/// request, and no value.
///
/// Before the headers leave, the part of the body that is available at once is searched:
/// the first chunk of a stream, and up to 64 KiB if the size is known. So nearly every
/// answer is judged as a whole, and none waits. A later chunk leaves when it comes,
/// except for its last bytes if these are at least the first quarter of a secret: they
/// wait for the next chunk or for the end.
#[derive(Clone, Debug)]
pub struct ShieldService<S> {
    layer: ShieldLayer,
    inner: S,
}

impl<S, ReqBody, ResBody> Service<Request<ReqBody>> for ShieldService<S>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    ResBody: Body<Data = Bytes>,
    ResBody::Error: Into<BoxError>,
{
    type Response = Response<ShieldBody<ResBody>>;
    type Error = S::Error;
    type Future = ShieldFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        let watch = Watch { shield: self.layer.shield.clone(), uri: request.uri().clone() };
        let encoded = self.layer.encoded;
        ShieldFuture { future: self.inner.call(request), watch: Some(watch), encoded }
    }
}

pin_project! {
    /// The answer of a [`ShieldService`].
    pub struct ShieldFuture<F> {
        #[pin]
        future: F,
        watch: Option<Watch>,
        encoded: EncodedResponses,
    }
}

impl<F, B, Error> Future for ShieldFuture<F>
where
    F: Future<Output = Result<Response<B>, Error>>,
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    type Output = Result<Response<ShieldBody<B>>, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let response = ready!(this.future.poll(cx))?;
        // Nothing comes after the answer, as with any future.
        let Some(watch) = this.watch.take() else { return Poll::Pending };
        Poll::Ready(Ok(judged(response, watch, *this.encoded, cx)))
    }
}

fn judged<B>(
    response: Response<B>,
    watch: Watch,
    encoded: EncodedResponses,
    cx: &mut Context<'_>,
) -> Response<ShieldBody<B>>
where
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    let (head, body) = response.into_parts();
    if !watch.is_clean(&head.headers, Section::Headers) {
        return refused();
    }
    if is_encoded(&head.headers) && !body.is_end_stream() {
        return match encoded {
            EncodedResponses::Pass => Response::from_parts(head, ShieldBody::passed(body)),
            EncodedResponses::Refuse => {
                watch.record_encoded();
                refused()
            }
        };
    }
    match ShieldBody::watched(body, watch).begun(cx) {
        Some(body) => Response::from_parts(head, body),
        None => refused(),
    }
}

fn refused<B>() -> Response<ShieldBody<B>> {
    let mut response = Response::new(ShieldBody::empty());
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}
