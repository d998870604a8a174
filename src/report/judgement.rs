//! What is judged without a gate.

use crate::finding::{Findings, Ruling};
use crate::gate::{Gate, Verdict};
use crate::policy::Environment;

/// What was found by asking something that is no gate, so that nobody reads it as
/// leave of one.
#[derive(Clone, Debug)]
pub struct Judgement<'a> {
    /// What was asked, in the place of a gate's name.
    pub asked: &'static str,
    /// What it was asked of.
    pub scope: Scope<'a>,
    /// The rules that were asked.
    pub rules_asked: Vec<&'static str>,
    /// Why it does not hold; empty where it does.
    pub findings: Findings,
    /// What a gate saw of the connections, where one looked first.
    pub seen: Option<&'a Verdict<'a>>,
}

/// What something was asked of.
#[derive(Clone, Copy, Debug)]
pub enum Scope<'a> {
    /// One environment; `None` where it is not known which.
    One(Option<&'a Environment>),
    /// Every environment of the policy.
    Every,
}

impl<'a> Judgement<'a> {
    /// What a gate found, for somebody who asked less than leave of it.
    pub fn of(asked: &'static str, verdict: &'a Verdict<'a>) -> Self {
        Self {
            asked,
            scope: Scope::One(verdict.environment),
            rules_asked: verdict.rules_asked.clone(),
            findings: verdict.findings.clone(),
            seen: Some(verdict),
        }
    }

    /// The ruling: as that of a [`Verdict`], it is good only if a rule was asked,
    /// of something that is known, and found nothing.
    pub fn ruling(&self) -> Ruling {
        match (self.findings.outcome(), self.scope) {
            (Some(outcome), _) => outcome.into(),
            (None, Scope::One(None)) => Ruling::Undecided,
            (None, Scope::One(Some(_)) | Scope::Every) if self.rules_asked.is_empty() => {
                Ruling::Undecided
            }
            (None, Scope::One(Some(_)) | Scope::Every) => Ruling::Permitted,
        }
    }
}

impl<'a> Scope<'a> {
    /// The name of the one environment.
    pub(super) fn environment(self) -> Option<&'a str> {
        match self {
            Self::One(environment) => environment.map(|environment| &*environment.name.value),
            Self::Every => None,
        }
    }

    /// What people call it.
    pub(super) fn name(self) -> &'a str {
        match self {
            Self::One(_) => self.environment().unwrap_or("unknown environment"),
            Self::Every => "every environment",
        }
    }

    pub(super) fn of(verdict: &Verdict<'a>) -> Self {
        match (verdict.gate, verdict.environment) {
            (Gate::Compare, None) => Self::Every,
            (Gate::Boot | Gate::Seed | Gate::Compare | Gate::Probe, one) => Self::One(one),
        }
    }
}
