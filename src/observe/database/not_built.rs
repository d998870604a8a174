//! An engine that this build has no driver for.

use super::Patience;
use super::failure::Failure;
use super::gather::Question;
use crate::policy::{Policy, Tripwire};
use crate::rules::Destination;

/// The same as for an engine with a driver; nothing is asked.
pub(super) fn question(_: &Policy, to: &Destination<'_>, _: &[Tripwire], _: Patience) -> Question {
    let engine = to.target.engine();
    Box::new(move |_| Err(Failure::NotBuilt { engine }))
}
