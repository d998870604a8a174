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
/// Sealed: a permit for an action of one's own would prove nothing.
pub trait Action: sealed::Sealed {
    /// The gate that decides.
    const GATE: Gate;
}

pub(super) mod sealed {
    /// Only the actions of this crate.
    pub trait Sealed: Sized {
        /// What the permit carries.
        fn granted(
            policy: &super::Policy,
            verdict: &super::Verdict<'_>,
            facts: &super::Facts,
        ) -> Self;

        /// The snapshot that it carries.
        fn snapshot(&self) -> &super::Snapshot;
    }
}

/// Proof that the guard allowed `A`, with what follows from it.
///
/// It cannot be made, copied or kept from one process to the next:
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
/// Leave to start is no leave to seed, and the other way round:
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
/// Handing it on is fine:
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
    /// Allows `A`, or says why not. The only place where a permit is made.
    ///
    /// # Errors
    ///
    /// [`Refusal`] when a rule refuses or could not look.
    pub fn ask(policy: &Policy, facts: &Facts) -> Result<Self, Refusal> {
        Self::of(policy, decide(A::GATE, policy, facts), facts)
    }

    /// Allows `A`, or says why not, after the servers were asked who they are
    /// where `asking` says so.
    ///
    /// # Errors
    ///
    /// [`Refusal`] when a rule refuses or could not look.
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

    /// The environment, as the policy names it.
    pub fn environment(&self) -> &str {
        &self.snapshot().environment
    }

    /// The target that the connection called `name` in the policy was judged
    /// to lead to; `None` if the policy has no such connection or it is unset.
    pub fn target(&self, name: &str) -> Option<&Target> {
        self.snapshot().target(name)
    }

    /// What the server of the connection called `name` said of itself; `None`
    /// where it was not asked.
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

/// One for every gate; the event's message says which.
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
