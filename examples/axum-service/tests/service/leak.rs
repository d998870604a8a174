//! A debug endpoint that reveals too much. The shop has none; this is one.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::routing::get;
use koomy_guard::facts::Facts;
use koomy_guard::{Boot, Permit, Policy};
use tower::{Layer as _, ServiceExt as _};

use crate::stage::{POLICY, SANDBOX_ENV, debug_secret, value, variables};

/// Permission to start in the sandbox, without asking a server.
fn boot() -> Permit<Boot> {
    let policy = Policy::parse("policy.toml", &POLICY.replace("live      = true", "")).unwrap();
    let variables = variables(SANDBOX_ENV, &[]);
    let facts =
        Facts::assume().variables(variables.iter().map(|(name, value)| (&**name, &**value)));
    Permit::ask(&policy, &facts.facts()).unwrap()
}

#[test]
fn a_leaking_endpoint_is_withheld() {
    let boot = boot();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for (name, status) in [("DATABASE_URL", 500), ("DEBUG_SECRET", 500), ("PUBLIC_URL", 200)] {
        let said = value(SANDBOX_ENV, name);
        let leak = Router::new().route("/api/_debug/leak", get(|| async { said }));
        let shop = boot.shield_layer().layer(boot.debug_gate().with(leak).layer(Router::new()));
        let request = Request::get("/api/_debug/leak").header("X-Debug-Secret", debug_secret());
        let request = request.body(Body::empty()).unwrap();
        let (answer, body) = runtime.block_on(async {
            let (answer, body) = shop.oneshot(request).await.unwrap().into_parts();
            (answer, to_bytes(Body::new(body), usize::MAX).await.unwrap())
        });
        assert_eq!(answer.status, status, "{name}");
        assert_eq!(body.is_empty(), status == 500, "{name}");
    }
}
