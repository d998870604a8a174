//! Decides which requests reach a debug endpoint.

mod access;
mod service;
mod tries;

use std::fmt;
use std::sync::Arc;

pub(super) use access::{Access, Admission};
pub use service::{DebugFuture, DebugLayer, DebugService};

use super::inventory::Inventory;

/// The way to debug endpoints: open where the policy allows them, and missing everywhere
/// else.
///
/// It comes only from a permit. There is nothing to switch on:
///
/// ```compile_fail
/// let gate = koomy_guard::tower::DebugGate::default();
/// ```
///
/// ```compile_fail
/// # use koomy_guard::tower::DebugGate;
/// let gate = DebugGate { shared: Default::default() };
/// ```
///
/// ```compile_fail
/// # use koomy_guard::tower::DebugGate;
/// # use koomy_guard::gate::{Permit, Seed};
/// fn gate(leave_to_seed: &Permit<Seed>) -> DebugGate {
///     leave_to_seed.debug_gate()
/// }
/// ```
///
/// ```
/// # use koomy_guard::tower::DebugGate;
/// # use koomy_guard::gate::{Boot, Permit};
/// fn gate(boot: &Permit<Boot>) -> DebugGate {
///     boot.debug_gate()
/// }
/// ```
#[derive(Clone)]
#[must_use = "a gate does nothing until endpoints are put behind it"]
pub struct DebugGate {
    pub(super) shared: Arc<Shared>,
}

/// What everything made from one permit shares.
pub(crate) struct Shared {
    /// How to get in; `None` if the policy forbids it.
    pub(super) access: Option<Access>,
    pub(super) inventory: Arc<Inventory>,
}

impl DebugGate {
    /// Names the routes behind the gate, for [`inventory`](Self::inventory).
    ///
    /// A router does not list its own routes.
    pub fn naming(self, routes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.shared.inventory.name(routes.into_iter().map(Into::into));
        self
    }

    /// Puts a service with debug endpoints behind the gate; the layer wraps the service
    /// without them.
    ///
    /// If debug endpoints are forbidden, `debug` is dropped here.
    ///
    /// ```
    /// use koomy_guard::tower::DebugGate;
    /// use tower::Layer as _;
    ///
    /// fn app(gate: DebugGate, service: axum::Router, debug: axum::Router)
    /// -> impl tower::Service<axum::extract::Request> {
    ///     gate.with(debug).layer(service)
    /// }
    /// ```
    pub fn with<D>(self, debug: D) -> DebugLayer<D> {
        DebugLayer { debug: self.is_open().then_some(debug), shared: self.shared }
    }

    /// Whether debug endpoints are allowed in this environment.
    pub fn is_open(&self) -> bool {
        self.shared.access.is_some()
    }

    /// How many requests with a wrong secret this process has received.
    pub fn failed_tries(&self) -> u64 {
        self.shared.access.as_ref().map_or(0, Access::failed_tries)
    }

    /// The debug paths and routes of every environment, whether allowed here or not.
    pub fn inventory(&self) -> &Inventory {
        &self.shared.inventory
    }
}

impl fmt::Debug for DebugGate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_open() { "DebugGate(open)" } else { "DebugGate(closed)" })
    }
}
