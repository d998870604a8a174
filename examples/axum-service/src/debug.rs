//! Debug endpoints: in the binary with the feature `debug-routes` alone, and then
//! behind the gate.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use koomy_guard::gate::SettingsError;
use koomy_guard::tower::DebugLayer;
use koomy_guard::{Boot, Permit};

/// Puts the endpoints behind the gate. Where the policy forbids them, they are
/// dropped here.
pub(crate) fn layer(boot: &Permit<Boot>) -> Result<DebugLayer<Router>, SettingsError> {
    let settings: BTreeMap<String, String> = boot.settings()?;
    let routes = Router::new()
        .route(DB_IDENTITY, get(boot.db_identity()))
        .route(SETTING, get(setting))
        .with_state(Arc::new(settings));
    Ok(boot.debug_gate().naming([DB_IDENTITY, "/api/_debug/settings/port"]).with(routes))
}

/// A setting as the service has it. If it is a secret, the response shield has the
/// last word.
async fn setting(
    State(settings): State<Arc<BTreeMap<String, String>>>,
    Path(name): Path<String>,
) -> Result<String, (StatusCode, &'static str)> {
    settings.get(&name).cloned().ok_or((StatusCode::NOT_FOUND, "no setting has this name"))
}

const DB_IDENTITY: &str = "/api/_debug/db-identity";
const SETTING: &str = "/api/_debug/settings/{name}";
