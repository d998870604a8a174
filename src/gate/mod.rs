//! The gates: each takes facts and a policy, and gives a permit or a refusal.

mod boot;
mod compare;
#[cfg(test)]
mod laws;
mod notes;
mod permit;
#[cfg(feature = "postgres")]
mod pool;
mod refusal;
mod seed;
mod snapshot;
#[cfg(feature = "postgres")]
mod subject;
#[cfg(feature = "postgres")]
mod verified;

pub use boot::{Boot, SettingsError, boot, boot_live, boot_with};
pub use compare::{Comparison, compare};
pub use notes::Note;
pub use permit::{Action, Permit};
#[cfg(feature = "postgres")]
pub use pool::SeedCheck;
pub use refusal::{NoConnection, Refusal, Shut};
pub use seed::Seed;
#[cfg(feature = "postgres")]
pub use seed::{seed, seed_connection, seed_with};
#[cfg(feature = "postgres")]
pub use snapshot::ConnectError;
#[cfg(feature = "postgres")]
pub use verified::{Seedable, Verified};

use crate::facts::{Facts, Live, Observed};
use crate::finding::{Findings, Outcome, Ruling};
use crate::named::named;
use crate::policy::{Connection, Environment, Policy};
use crate::rules::{Case, Check, ConnectionReading, Destination, Rule, report_unreadable};

named! {
    /// A question that the policy is asked.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
    pub enum Gate {
        /// May this process start with these variables?
        Boot = "boot",
        /// May this process fill this database with data of its own?
        Seed = "seed",
        /// Do these environments keep apart what must not be shared?
        Compare = "compare",
        /// Does a running service, seen from outside, behave as the policy says?
        Probe = "probe",
    }
}

/// What a gate decided, and what it looked at.
#[derive(Clone, Debug)]
#[must_use = "a verdict may refuse: ask for its `ruling`"]
pub struct Verdict<'a> {
    /// The gate.
    pub gate: Gate,
    /// The environment, if the variables name one of the policy's.
    pub environment: Option<&'a Environment>,
    /// The rules that were asked. A rule about servers counts only where one was
    /// asked, or the rule found something.
    pub rules_asked: Vec<&'static str>,
    /// Why the gate stays shut. That there is none is not yet leave: see
    /// [`ruling`](Self::ruling).
    pub findings: Findings,
    /// Observations that shut no gate but that somebody should read.
    pub notes: Vec<Note>,
    /// Where the connections lead to.
    pub connections: Vec<ConnectionReading<'a>>,
    /// What the servers said about themselves, if they were asked.
    pub live: &'a Live,
}

impl<'a> Verdict<'a> {
    /// The connections that have exactly one target.
    pub fn destinations(&self) -> impl Iterator<Item = (&'a Connection, &Destination<'a>)> {
        self.connections.iter().filter_map(ConnectionReading::destination)
    }

    /// Where the connection called `name` leads to, if that is exactly one target.
    pub fn destination(&self, name: &str) -> Option<&Destination<'a>> {
        let mut all = self.destinations();
        all.find(|(connection, _)| connection.name.value == name).map(|(_, to)| to)
    }

    /// Whether one obstacle is left, that the servers have not been asked who they
    /// are; so they may be asked.
    ///
    /// DELIBERATE: no server is contacted that the policy does not permit, since whoever
    /// answers there receives the user's name and a proof of the password.
    pub fn may_ask_servers(&self) -> bool {
        self.environment.is_some()
            && self.findings.iter().all(|finding| {
                let is_live = matches!(finding.rule().check, Check::Live(_));
                is_live && finding.outcome() == Outcome::Undecided
            })
    }

    /// The ruling: permitted only if the gate asked at least one rule, knows
    /// the environment and found nothing.
    pub fn ruling(&self) -> Ruling {
        match self.findings.outcome() {
            Some(outcome) => outcome.into(),
            None if self.rules_asked.is_empty() => Ruling::Undecided,
            None if self.gate != Gate::Compare && self.environment.is_none() => Ruling::Undecided,
            None => Ruling::Permitted,
        }
    }
}

/// Asks every rule of `gate`.
///
/// Pure and total: nothing is opened or printed.
pub fn decide<'a>(gate: Gate, policy: &'a Policy, facts: &'a Facts) -> Verdict<'a> {
    let mut verdict = Verdict {
        gate,
        environment: None,
        rules_asked: Vec::new(),
        findings: Findings::new(),
        notes: Vec::new(),
        connections: Vec::new(),
        live: &facts.live,
    };
    let Observed::Seen(variables) = &facts.variables else {
        report_unreadable(facts, &mut verdict.findings);
        verdict.findings.sort();
        verdict.rules_asked.push("environment-is-readable");
        return verdict;
    };
    let case = Case::at(gate, policy, facts, variables);
    for rule in Rule::of(gate) {
        let before = verdict.findings.as_slice().len();
        let looked = match rule.check {
            Check::One(check) => {
                check(&case, &mut verdict.findings);
                true
            }
            // INVARIANT: a rule that could not look does not count as asked.
            Check::Live(check) => {
                check(&case, &mut verdict.findings);
                let spoke = verdict.findings.as_slice().len() > before;
                spoke || matches!(facts.live, Live::Asked(_))
            }
            Check::Across(_) | Check::Outside => false,
        };
        if looked {
            verdict.rules_asked.push(rule.id);
        }
    }
    verdict.findings.sort();
    verdict.notes = notes::notes(&case);
    verdict.environment = case.environment;
    verdict.connections = case.connections;
    verdict
}
