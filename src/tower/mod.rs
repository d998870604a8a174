//! Layers for web services that take their permission from the boot permit.
//!
//! They use `http` and `tower`, so they work with axum, tonic, hyper and warp.
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
//! [`DebugService`] and [`HostService`] list when each lets a request through.
//! `docs/web.md` explains the order of layers, and what a proxy can do to defeat them.

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
mod shield;
pub mod testing;

use std::sync::Arc;

#[cfg(feature = "axum")]
pub use self::axum::DebugRoutes;
pub use debug::{DebugFuture, DebugGate, DebugLayer, DebugService};
use host::HostRules;
pub use host::{HostFuture, HostLayer, HostService};
pub use identity::DbIdentity;
pub use inventory::Inventory;
pub(crate) use judged::Judged;
pub use peer::Peer;
pub use ready::Readiness;
pub use shield::{ShieldBody, ShieldFuture, ShieldLayer, ShieldService, Withheld};

use crate::gate::{Boot, Permit};
use crate::shield::Shield;

impl Permit<Boot> {
    /// Returns the way to debug endpoints, open where the policy allows them.
    pub fn debug_gate(&self) -> DebugGate {
        DebugGate { shared: Arc::clone(&self.judged().debug) }
    }

    /// Returns the layer that lets only requests for this environment through.
    pub fn host_layer(&self) -> HostLayer {
        let Judged { host, debug, again, .. } = self.judged();
        HostLayer::by(host.get_or_init(|| {
            let (policy, inventory) = (&again.policy, Arc::clone(&debug.inventory));
            let here = policy.environment(self.environment());
            Box::leak(Box::new(HostRules::of(policy, here, inventory)))
        }))
    }

    /// Returns the layer that withholds answers that contain secrets of the judged
    /// snapshot.
    ///
    /// The search is prepared on the first call.
    pub fn shield_layer(&self) -> ShieldLayer {
        ShieldLayer::new(self.shield().clone()).encoded(self.judged().encoded)
    }

    /// Returns what finds the secrets of the judged snapshot in any text: in what a
    /// program sends by other ways than HTTP, or writes to its log.
    pub fn shield(&self) -> &Shield {
        self.judged().secrets.shield()
    }
}
