//! Proof that a gate opened.

use std::fmt;

use super::snapshot::Snapshot;
use super::{Gate, Note, Refusal, Verdict, decide};
use crate::facts::{Facts, Identity};
use crate::observe::{self, Asking};
use crate::policy::Policy;
use crate::target::Target;

/// Something that a gate can allow.
///
/// Sealed: a permit for an action from elsewhere would prove nothing.
pub trait Action: sealed::Sealed {
    /// The gate that decides about it.
    const GATE: Gate;
}

pub(super) mod sealed {
    /// Implemented only for the actions of this crate.
    pub trait Sealed: Sized {
        /// Builds what the permit carries.
        fn granted(
            policy: &super::Policy,
            verdict: &super::Verdict<'_>,
            facts: &super::Facts,
        ) -> Self;

        /// The snapshot that the permit carries.
        fn snapshot(&self) -> &super::Snapshot;
    }
}

/// Proof that the guard allowed `A`, with what was judged.
///
/// It cannot be made, copied or kept for another process:
///
/// ```compile_fail,E0451
/// use koomy_guard::gate::{Boot, Permit};
/// fn forge(action: Boot) -> Permit<Boot> {
///     Permit { action }
/// }
/// ```
///
/// ```compile_fail,E0599
/// use koomy_guard::gate::{Boot, Permit};
/// fn twice(permit: Permit<Boot>) -> (Permit<Boot>, Permit<Boot>) {
///     (permit.clone(), permit)
/// }
/// ```
///
/// A permit to start is not a permit to seed, nor the other way round:
///
/// ```compile_fail,E0308
/// use koomy_guard::gate::{Boot, Permit, Seed};
/// fn seed(_: &Permit<Seed>) {}
/// fn start(permit: &Permit<Boot>) {
///     seed(permit)
/// }
/// ```
///
/// ```compile_fail,E0308
/// use koomy_guard::gate::{Boot, Permit, Seed};
/// fn start(_: &Permit<Boot>) {}
/// fn seed(permit: &Permit<Seed>) {
///     start(permit)
/// }
/// ```
///
/// ```
/// use koomy_guard::gate::{Boot, Permit, Seed};
/// fn start(_: &Permit<Boot>) {}
/// fn seed(_: &Permit<Seed>) {}
/// fn each(boot: &Permit<Boot>, leave: &Permit<Seed>) {
///     start(boot);
///     seed(leave)
/// }
/// ```
///
/// It can be passed on:
///
/// ```
/// use koomy_guard::gate::{Boot, Permit};
/// fn once(permit: Permit<Boot>) -> Permit<Boot> {
///     permit
/// }
/// ```
#[must_use = "a permit does nothing until the action it allows takes it"]
pub struct Permit<A: Action> {
    action: A,
}

impl<A: Action> Permit<A> {
    /// Returns a permit for `A`, or the reason why not; the only place where a permit is
    /// made.
    ///
    /// # Errors
    ///
    /// [`Refusal::Shut`] when a rule refuses or could not look.
    pub fn ask(policy: &Policy, facts: &Facts) -> Result<Self, Refusal> {
        Self::of(policy, decide(A::GATE, policy, facts), facts)
    }

    /// Does the same as [`ask`](Self::ask), after asking the servers who they are if
    /// `asking` says so.
    ///
    /// Blocks until the last server has answered or `asking.patience` is over.
    ///
    /// # Errors
    ///
    /// [`Refusal::Shut`] when a rule refuses or could not look.
    pub fn ask_live(policy: &Policy, facts: Facts, asking: &Asking<'_>) -> Result<Self, Refusal> {
        let verdict = decide(A::GATE, policy, &facts);
        match observe::answers(policy, &verdict, &facts, asking) {
            None => Self::of(policy, verdict, &facts),
            Some(live) => Self::ask(policy, &Facts { live, ..facts.clone() }),
        }
    }

    fn of(policy: &Policy, verdict: Verdict<'_>, facts: &Facts) -> Result<Self, Refusal> {
        match verdict.ruling().permitted() {
            Ok(()) => Ok(Self { action: A::granted(policy, &verdict, facts) }),
            Err(outcome) => Err(Refusal::new(policy, outcome, verdict)),
        }
    }

    /// The environment's name in the policy.
    pub fn environment(&self) -> &str {
        &self.snapshot().environment
    }

    /// The target to which the connection called `name` led when it was judged; `None` if
    /// the policy has no such connection or it is unset.
    pub fn target(&self, name: &str) -> Option<&Target> {
        self.snapshot().target(name)
    }

    /// What the server of the connection called `name` said about itself; `None` if it
    /// was not asked.
    pub fn identity(&self, name: &str) -> Option<&Identity> {
        self.snapshot().identity(name)
    }

    #[cfg(feature = "tower")]
    pub(super) fn action(&self) -> &A {
        &self.action
    }

    /// Observations that shut no gate but that somebody should read, such as that a
    /// database is a copy. [`boot`](super::boot()) and the like log them as
    /// `tracing` events.
    pub fn notes(&self) -> &[Note] {
        &self.snapshot().notes
    }

    pub(super) fn snapshot(&self) -> &Snapshot {
        self.action.snapshot()
    }
}

/// Logs as one event what was decided.
pub(super) fn log<A: Action>(policy: &Policy, permit: Result<&Permit<A>, &Refusal>) {
    let gate = A::GATE.name();
    match permit {
        Ok(permit) => {
            tracing::info!(
                target: TARGET,
                outcome = "permitted",
                environment = permit.environment(),
                policy = policy.name(),
                sha256 = policy.sha256(),
                rules_asked = permit.snapshot().rules_asked.join(","),
                targets = permit.snapshot().databases(),
                "{gate}"
            );
            for Note { subject, message, help } in permit.notes() {
                tracing::warn!(target: TARGET, subject, help, "{message}");
            }
        }
        Err(refusal) => tracing::error!(
            target: TARGET,
            outcome = refusal.outcome().name(),
            policy = policy.name(),
            sha256 = policy.sha256(),
            rules = rules_of(refusal),
            "{gate}"
        ),
    }
}

/// The same for every gate; the event's message names the gate.
const TARGET: &str = "koomy_guard::gate";

fn rules_of(refusal: &Refusal) -> String {
    let rules: Vec<_> = refusal.findings().iter().map(|finding| finding.rule().id).collect();
    rules.join(",")
}

impl<A: Action> fmt::Debug for Permit<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Permit<{}>", A::GATE.name())
    }
}
