//! Decides which hosts a service answers to.

mod forwarded;
mod name;
mod rules;
mod service;
#[cfg(test)]
mod tests;

pub(crate) use rules::HostRules;
pub use service::{HostFuture, HostLayer, HostService};
