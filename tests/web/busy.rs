//! A debug service that is not always ready.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use tokio::time::timeout;
use tower::{Layer as _, Service, ServiceExt as _};

use crate::apps::service;
use crate::policy::{boot, secret};

/// Ready once it is free, like behind a concurrency limit; each clone must be polled by
/// itself.
#[derive(Default)]
struct Busy {
    free: Arc<AtomicBool>,
    reserved: bool,
}

impl Clone for Busy {
    fn clone(&self) -> Self {
        Self { free: Arc::clone(&self.free), reserved: false }
    }
}

impl Service<Request> for Busy {
    type Response = Response;
    type Error = Infallible;
    type Future = Ready<Result<Response, Infallible>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.reserved = self.free.load(Ordering::SeqCst);
        if self.reserved {
            return Poll::Ready(Ok(()));
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn call(&mut self, _: Request) -> Self::Future {
        assert!(std::mem::take(&mut self.reserved), "it was not ready");
        ready(Ok(Response::new(Body::from("insides"))))
    }
}

fn request(path: &str) -> Request {
    Request::get(path).header("x-debug-secret", secret()).body(Body::empty()).unwrap()
}

#[tokio::test]
async fn a_busy_debug_service_keeps_only_its_own_requests_waiting() {
    let busy = Busy::default();
    let mut app = boot("sandbox").debug_gate().with(busy.clone()).layer(service());
    let asked = timeout(Duration::from_secs(5), app.ready()).await;
    let answer = asked.unwrap().unwrap().call(request("/")).await;
    assert_eq!(answer.unwrap().status(), 200);

    let mut waiting = Box::pin(app.ready().await.unwrap().call(request("/api/_debug/pool")));
    assert!(timeout(Duration::from_millis(50), &mut waiting).await.is_err(), "it is busy");
    busy.free.store(true, Ordering::SeqCst);
    assert_eq!(waiting.await.unwrap().status(), 200);
}
