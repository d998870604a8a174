//! Debug endpoints: compiled only with the feature `debug-routes`, and then behind the
//! gate.

use axum::routing::get;
use axum::{Json, Router};
use koomy_guard::gate::SettingsError;
use koomy_guard::tower::DebugLayer;
use koomy_guard::{Boot, Permit};

use crate::Settings;

/// Puts the endpoints behind the gate, which drops them if the policy forbids them.
pub(crate) fn layer(boot: &Permit<Boot>) -> Result<DebugLayer<Router>, SettingsError> {
    let settings: Settings = boot.settings()?;
    let routes = Router::new()
        .route(DB_IDENTITY, get(boot.db_identity()))
        .route(SETTINGS, get(Json(settings)));
    Ok(boot.debug_gate().naming([DB_IDENTITY, SETTINGS]).with(routes))
}

const DB_IDENTITY: &str = "/api/_debug/db-identity";
const SETTINGS: &str = "/api/_debug/settings";
