//! Asks the servers, once no other rule has a finding.

use super::database::{Patience, identities};
use crate::facts::{Facts, Live};
use crate::gate::{Gate, Verdict, decide};
use crate::policy::Policy;

/// Whether, and how, servers are asked who they are.
#[derive(Clone, Copy)]
pub struct Asking<'a> {
    /// In which environments.
    pub when: When,
    /// How long they are waited for.
    pub patience: Patience,
    /// Is called, without any value, when a server is waited for.
    pub notice: &'a dyn Fn(&str),
}

/// In which environments servers are asked who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// In environments for which the policy says `live = true`, and before seeds; not
    /// where there are no servers, as in a build.
    Demanded,
    /// In every environment.
    Always,
}

impl Asking<'static> {
    /// Asks where the policy demands it; waits are logged as `tracing` events.
    pub fn where_demanded() -> Self {
        Self { when: When::Demanded, patience: Patience::default(), notice: &log_wait }
    }

    /// Asks in every environment; waits are logged as `tracing` events.
    pub fn always() -> Self {
        Self { when: When::Always, ..Self::where_demanded() }
    }
}

/// Logs a wait, for callers without a notice of their own.
pub(crate) fn log_wait(notice: &str) {
    tracing::warn!("{notice}");
}

/// Adds what the servers said to facts, for a decision at `gate`.
///
/// Decides without the servers first. They are asked only if `asking` says so and no
/// other rule has a finding; otherwise the facts are returned unchanged.
pub fn live(gate: Gate, policy: &Policy, facts: Facts, asking: &Asking<'_>) -> Facts {
    match answers(policy, &decide(gate, policy, &facts), &facts, asking) {
        None => facts,
        Some(live) => Facts { live, ..facts.clone() },
    }
}

/// What the servers say; `None` if they must not be asked, or were asked before.
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
