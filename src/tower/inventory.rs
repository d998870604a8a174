//! The list of debug routes.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// The debug routes that a service has, or would have if debug endpoints were allowed.
///
/// It lists the paths of every environment of the policy, and the routes that were named
/// when the service was built: see [`DebugGate::naming`](super::DebugGate::naming).
#[derive(Debug)]
pub struct Inventory {
    paths: Vec<String>,
    routes: Mutex<BTreeSet<String>>,
    domain: Option<String>,
    is_open: bool,
}

impl Inventory {
    pub(super) fn new(paths: Vec<String>, domain: Option<String>, is_open: bool) -> Self {
        Self { paths, routes: Mutex::default(), domain, is_open }
    }

    /// The paths below which debug endpoints live in some environment.
    pub fn paths(&self) -> &[String] {
        &self.paths
    }

    /// The routes that were named.
    pub fn routes(&self) -> Vec<String> {
        self.known().iter().cloned().collect()
    }

    /// A host name that the service answers to.
    pub fn domain(&self) -> Option<&str> {
        self.domain.as_deref()
    }

    /// Whether debug endpoints are allowed in this environment.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    pub(super) fn name(&self, routes: impl IntoIterator<Item = String>) {
        self.known().extend(routes);
    }

    fn known(&self) -> std::sync::MutexGuard<'_, BTreeSet<String>> {
        self.routes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks each layer of the guard that a request passes which routes it knows.
///
/// It travels as an extension, so it cannot arrive over a connection. It is looked for
/// only on requests without any header, which no client can send.
#[derive(Clone, Default)]
pub(super) struct Question(Arc<Mutex<Vec<Arc<Inventory>>>>);

impl Question {
    pub(super) fn answered(&self) -> Vec<Arc<Inventory>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn answer<B>(request: &http::Request<B>, inventory: &Arc<Inventory>) {
        if !request.headers().is_empty() {
            return;
        }
        if let Some(Self(answers)) = request.extensions().get() {
            let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
            if !answers.iter().any(|known| Arc::ptr_eq(known, inventory)) {
                answers.push(Arc::clone(inventory));
            }
        }
    }
}
