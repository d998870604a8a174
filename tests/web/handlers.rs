//! The handlers: the identity of the databases, and readiness.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::routing::get;
use http_body_util::BodyExt as _;
use koomy_guard::facts::{
    Answer, Binding, Cause, Causes, Facts, Identity, Live, Neon, Observed, Role, Server, Stamp,
    StampState,
};
use koomy_guard::source::{Place, Source};
use koomy_guard::{Boot, Permit, Policy};
use serde_json::{Value, json};
use tower::ServiceExt as _;

const POLICY: &str = "version = 1\nname = 'web'\n\
    [environments.production]\ndata = 'real'\ndatabases = ['main']\n\
    [connections.primary]\nurl = 'DATABASE_URL'\n\
    [databases.main]\nprovider = 'neon'\nproject = 'quiet-river'\nbranch = { id = 'br-main' }\n\
    endpoints = ['ep-main.eu-central-1.aws.neon.tech']\ndatabase = 'shop'\n\
    [variables.ENV]\nis = 'environment'\n";

fn password() -> String {
    ["canaryQ7Zt", "W2mK9xVb4R"].concat()
}

fn identity() -> Identity {
    let neon = Neon {
        project: Some("quiet-river".to_owned()),
        branch: Some("br-main".to_owned()),
        endpoint: Some("ep-main".to_owned()),
        timeline: None,
    };
    let binding = Binding::Neon { project: "quiet-river".to_owned(), branch: "br-main".to_owned() };
    Identity {
        server: Server::Postgres { neon: Some(neon), cluster: None },
        version: "17.2".to_owned(),
        database: "shop".to_owned(),
        role: Role { name: "app".to_owned(), rights: Default::default() },
        address: Some("10.0.0.9:5432".to_owned()),
        read_only: false,
        traces: Default::default(),
        stamp: StampState::Stamped(Stamp {
            environment: "production".to_owned(),
            binding,
            stamped_at: "2026-01-01T00:00:00Z".to_owned(),
            guard_version: "0.1.0".to_owned(),
            parent_environment: None,
        }),
        tripwires: Vec::new(),
    }
}

fn boot() -> Permit<Boot> {
    boot_by(&Policy::parse("policy.toml", POLICY).unwrap())
}

fn boot_by(policy: &Policy) -> Permit<Boot> {
    let url = format!(
        "postgresql://app:{}@ep-main.eu-central-1.aws.neon.tech/shop?sslmode=verify-full",
        password()
    );
    let facts = Facts::assume().variable("ENV", "production").variable("DATABASE_URL", url);
    Permit::ask(policy, &facts.identity("primary", identity()).facts()).unwrap()
}

async fn asked(app: &Router, path: &str) -> (u16, Value) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = app.clone().oneshot(request).await.unwrap();
    assert_eq!(response.headers()["cache-control"], "no-store");
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap())
}

#[tokio::test]
async fn the_identity_is_what_the_server_said_and_no_value() {
    let boot = boot();
    let fresh = Identity { read_only: true, ..identity() };
    let app = Router::new()
        .route("/then", get(boot.db_identity()))
        .route("/now", get(boot.db_identity().fresh("primary", fresh)));
    let expected = |read_only: bool| {
        json!({
            "environment": "production",
            "connections": [{
                "connection": "primary",
                "policy_database": "main",
                "provider": "neon",
                "identity": {
                    "project": "quiet-river",
                    "branch": "br-main",
                    "endpoint": "ep-main",
                    "system_identifier": null,
                    "database": "shop",
                    "role": "app",
                    "version": "17.2",
                    "read_only": read_only,
                    "stamp": {
                        "found": true,
                        "readable": true,
                        "environment": "production",
                        "bound_to": { "project": "quiet-river", "branch": "br-main" },
                        "stamped_at": "2026-01-01T00:00:00Z",
                        "parent_environment": null,
                    },
                },
            }],
        })
    };
    assert_eq!(asked(&app, "/then").await, (200, expected(false)));
    assert_eq!(asked(&app, "/now").await, (200, expected(true)));
    let text = boot.db_identity().to_json();
    for absent in [&*password(), "aws.neon.tech", "postgresql", "10.0.0.9"] {
        assert!(!text.contains(absent), "{absent}");
    }
}

/// Waits until `app` answers with `status`.
async fn becomes(app: &Router, status: u16) -> Value {
    let start = Instant::now();
    loop {
        let (found, body) = asked(app, "/ready").await;
        if found == status {
            return body;
        }
        assert!(start.elapsed() < Duration::from_secs(20), "still {found}: {body}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_decision_that_no_longer_holds_is_not_ready() {
    let lost = Arc::new(AtomicBool::new(false));
    let is_lost = Arc::clone(&lost);
    let readiness = boot().readiness_every(Duration::from_millis(200), move |_, _| {
        let cause = Cause {
            message: "the server does not answer".to_owned(),
            help: "start it".to_owned(),
            place: Place::whole(&Source::named("the server")),
        };
        let identity = match is_lost.load(Ordering::SeqCst) {
            true => Observed::Unreadable(Causes { first: cause, rest: Vec::new() }),
            false => Observed::Seen(identity()),
        };
        Live::Asked(vec![Answer { connection: "primary".to_owned(), identity }])
    });
    let app = Router::new().route("/ready", get(readiness.clone()));
    assert_eq!(asked(&app, "/ready").await, (200, json!({ "ready": true, "rules": [] })));

    lost.store(true, Ordering::SeqCst);
    let body = becomes(&app, 503).await;
    assert_eq!(body["ready"], false);
    assert!(!body["rules"].as_array().unwrap().is_empty(), "{body}");
    assert!(!readiness.is_ready());

    lost.store(false, Ordering::SeqCst);
    becomes(&app, 200).await;
}

#[test]
fn readiness_judges_by_the_policy_that_was_judged_by() {
    let policies = [
        Policy::parse("policy.toml", POLICY).unwrap(),
        // Its `root_certificate` is relative to the program, not to the policy.
        Policy::parse_embedded("../policy.toml", POLICY).unwrap(),
    ];
    for policy in policies {
        let (asking, asked) = std::sync::mpsc::channel();
        let boot = boot_by(&policy);
        let _readiness = boot.readiness_every(Duration::from_millis(1), move |policy, _| {
            let _enough = asking.send((policy.origin(), policy.sha256().to_owned()));
            Live::NotAsked
        });
        assert_eq!(asked.recv().unwrap(), (policy.origin(), policy.sha256().to_owned()));
    }
}

#[tokio::test]
async fn an_answer_that_grew_old_is_not_ready() {
    let (asking, asked) = std::sync::mpsc::channel();
    let (_hold, held) = std::sync::mpsc::channel::<()>();
    let readiness = boot().readiness_every(Duration::from_millis(50), move |_, _| {
        asking.send(()).unwrap();
        let _never = held.recv();
        Live::NotAsked
    });
    assert!(readiness.is_ready());
    asked.recv().unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(readiness.refusing(), ["readiness"]);
}
