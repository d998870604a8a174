//! What is logged: what was refused, and no value.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::routing::get;
use tower::{Layer as _, ServiceExt as _};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::apps::{App, FORMS, Reached, boxed, service};
use crate::policy::{boot, secret};

/// Everything that is logged, on every level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is logged while these requests are answered.
async fn logged(app: App, requests: Vec<Request<Body>>) -> String {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let _here = subscriber.set_default();
    for request in requests {
        app.clone().oneshot(request).await.unwrap();
    }
    let written = log.0.lock().unwrap().clone();
    String::from_utf8(written).unwrap()
}

fn request(path: &str, name: &str, value: &str) -> Request<Body> {
    Request::get(path).header(name, value).body(Body::empty()).unwrap()
}

#[tokio::test]
async fn a_wrong_secret_is_counted_and_not_repeated() {
    let boot = boot("sandbox");
    let app = FORMS[0].1(&boot, &Reached::default());
    let guess = secret().replace('7', "8");
    let asked = ["/api/_debug/canary", "/"].map(|path| request(path, "x-debug-secret", &guess));
    let log = logged(app, asked.into()).await;
    assert_eq!(log.matches("WARN").count(), 2, "{log}");
    assert!(log.contains("failed_tries=2"), "{log}");
    for value in [guess, secret(), "canary".to_owned()] {
        assert!(!log.contains(&value), "{log}");
    }
}

#[tokio::test]
async fn the_right_secret_is_not_logged() {
    let boot = boot("sandbox");
    let reached = Reached::default();
    let app = FORMS[0].1(&boot, &reached);
    let log = logged(app, vec![request("/api/_debug", "x-debug-secret", &secret())]).await;
    assert_eq!(reached.count(), 1);
    assert!(!log.contains(&secret()), "{log}");
}

#[tokio::test]
async fn contamination_is_an_error_and_an_unknown_host_is_not_logged() {
    let app = || boxed(boot("production").host_layer().layer(service()));
    let log = logged(app(), vec![request("/canary", "host", "play.koomy.app:4711")]).await;
    assert_eq!(log.matches("ERROR").count(), 1, "{log}");
    assert!(log.contains("contamination") && log.contains("of=\"sandbox\""), "{log}");
    assert!(!log.contains("canary") && !log.contains("4711"), "{log}");

    for host in ["canary.example", "canary@koomy.app", "koomy.app canary", ""] {
        let log = logged(app(), vec![request("/", "host", host)]).await;
        assert_eq!((log.lines().count(), log.matches("DEBUG").count()), (1, 1), "{host}: {log}");
        assert!(!log.contains("canary"), "{log}");
    }
}

#[tokio::test]
async fn a_flood_does_not_fill_the_log() {
    let app = boxed(boot("production").host_layer().layer(service()));
    let flood = (0..2_000).map(|_| request("/", "host", "play.koomy.app"));
    let log = logged(app, flood.collect()).await;
    // Ten at once, and then one per second.
    let lines = log.matches("contamination").count();
    assert!((10..=20).contains(&lines), "{lines}");
}

#[tokio::test]
async fn what_the_shield_withholds_has_a_name_and_a_route() {
    let leak = || async { format!("secret: {}", secret()) };
    let router = Router::new().route("/orders", get(leak));
    let app = boxed(router.layer(boot("sandbox").shield_layer()));
    let log = logged(app, vec![request("/orders?canary=1", "host", "play.koomy.app")]).await;
    for part in ["ERROR", "variable=\"DEBUG_SECRET\"", "route=\"/orders\""] {
        assert!(log.contains(part), "{part}: {log}");
    }
    assert!(!log.contains(&secret()) && !log.contains("canary"), "{log}");
}
