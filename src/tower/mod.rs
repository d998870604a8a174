//! Layers for web services that take their permission from the boot permit.
//!
//! They speak `http` and `tower`, so that axum, tonic, hyper and warp have them.
//!
//! ```
//! use axum::Router;
//! use axum::routing::get;
//! use koomy_guard::gate::{Boot, Permit};
//! use tower::Layer as _;
//! # use axum::extract::Request;
//!
//! fn app(boot: &Permit<Boot>) -> impl tower::Service<Request> {
//!     let service = Router::new().route("/", get(|| async { "welcome" }));
//!     let debug = Router::new().route("/api/_debug/pool", get(|| async { "3 of 10" }));
//!     let service = boot.debug_gate().with(debug).layer(service);
//!     boot.host_layer().layer(service)
//! }
//! ```
//!
//! [`DebugService`] and [`HostService`] say when each lets a request through.
//! `docs/web.md` has the order of layers, and what a proxy can do to defeat them.

#[cfg(feature = "axum")]
mod axum;
mod debug;
mod host;
mod identity;
mod inventory;
mod judged;
mod pace;
mod pause;
mod peer;
mod ready;
pub mod testing;

use std::sync::Arc;

#[cfg(feature = "axum")]
pub use self::axum::DebugRoutes;
pub use debug::{DebugFuture, DebugGate, DebugLayer, DebugService};
pub use host::{HostFuture, HostLayer, HostService};
pub use identity::DbIdentity;
pub use inventory::Inventory;
pub(crate) use judged::Judged;
pub use peer::Peer;
pub use ready::Readiness;

use crate::gate::{Boot, Permit};

impl Permit<Boot> {
    /// The way to debug endpoints: open where the policy allows them.
    pub fn debug_gate(&self) -> DebugGate {
        DebugGate { gate: Arc::clone(&self.judged().gate) }
    }

    /// The layer that lets only requests for this environment through.
    pub fn host_layer(&self) -> HostLayer {
        HostLayer { rules: Arc::clone(&self.judged().host) }
    }
}
