//! The servers asked, once nothing else is held against the environment.

use super::database::{Patience, identities};
use crate::facts::{Facts, Live};
use crate::gate::{Gate, Verdict, decide};
use crate::policy::Policy;

/// Whether, and how, servers are asked who they are.
#[derive(Clone, Copy)]
pub struct Asking<'a> {
    /// Where.
    pub when: When,
    /// How long they are waited for.
    pub patience: Patience,
    /// Is told, in words without a value, when a server is waited for.
    pub notice: &'a dyn Fn(&str),
}

/// Where servers are asked who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// In environments of which the policy says `live = true`, and before seeds; not
    /// where there are no servers, as in a build.
    Demanded,
    /// In every environment.
    Always,
}

impl Asking<'static> {
    /// Asks where the policy demands it; waits are `tracing` events.
    pub fn where_demanded() -> Self {
        Self { when: When::Demanded, patience: Patience::default(), notice: &told }
    }

    /// Asks in every environment; waits are `tracing` events.
    pub fn always() -> Self {
        Self { when: When::Always, ..Self::where_demanded() }
    }
}

/// Tells of a wait where nobody else does.
pub(crate) fn told(notice: &str) {
    tracing::warn!("{notice}");
}

/// Facts with what the servers said, for a decision at `gate`.
///
/// Decides without them first. A server is dialed only if `asking` says so and
/// nothing else is held against the environment; otherwise the facts come back
/// as they were.
pub fn live(gate: Gate, policy: &Policy, facts: Facts, asking: &Asking<'_>) -> Facts {
    match answers(policy, &decide(gate, policy, &facts), &facts, asking) {
        None => facts,
        Some(live) => Facts { live, ..facts.clone() },
    }
}

/// What the servers say; `None` where they are not to be asked, or were.
pub(crate) fn answers(
    policy: &Policy,
    verdict: &Verdict<'_>,
    facts: &Facts,
    asking: &Asking<'_>,
) -> Option<Live> {
    let demanded = verdict.gate == Gate::Seed
        || facts.phase.has_servers()
            && verdict.environment.is_some_and(|environment| environment.live.value);
    let asked = match asking.when {
        When::Demanded => demanded,
        When::Always => true,
    };
    let is_new = match facts.live {
        Live::NotAsked => true,
        Live::Asked(_) => false,
    };
    (asked && is_new && verdict.may_ask_servers())
        .then(|| identities(policy, verdict, asking.patience, asking.notice))
}
