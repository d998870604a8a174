//! Proof that a gate opened.

use std::fmt;

use super::{Gate, Refusal, Verdict, decide};
use crate::facts::Facts;
use crate::policy::{Environment, Policy};

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
    }
}

/// Proof that the guard allowed `A`, with what follows from it.
///
/// It cannot be made, copied or kept from one process to the next:
///
/// ```compile_fail
/// use koomy_guard::gate::{Boot, Permit};
/// let forged: Permit<Boot> = Permit { action: todo!() };
/// ```
///
/// ```compile_fail
/// use koomy_guard::gate::{Boot, Permit};
/// fn twice(permit: Permit<Boot>) -> (Permit<Boot>, Permit<Boot>) {
///     (permit.clone(), permit)
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
        let verdict = decide(A::GATE, policy, facts);
        match verdict.outcome() {
            None => Ok(Self { action: A::granted(policy, &verdict, facts) }),
            Some(outcome) => Err(Refusal::new(policy, outcome, verdict)),
        }
    }

    pub(super) fn action(&self) -> &A {
        &self.action
    }
}

impl<A: Action> fmt::Debug for Permit<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Permit<{}>", A::GATE.name())
    }
}

/// The name of the environment, for actions that keep it.
pub(super) fn name_of(environment: Option<&Environment>) -> String {
    environment.map(|environment| environment.name.value.clone()).unwrap_or_default()
}
