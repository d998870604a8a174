//! A judgement without a gate.

use crate::finding::{Findings, Ruling};
use crate::gate::{Gate, Verdict};
use crate::policy::Environment;

/// The findings of something that is not a gate, so that nobody takes them for a permit.
#[derive(Clone, Debug)]
pub struct Judgement<'a> {
    /// What was asked, where a gate's name would be.
    pub asked: &'static str,
    /// What it was asked about.
    pub scope: Scope<'a>,
    /// The rules that were asked.
    pub rules_asked: Vec<&'static str>,
    /// The findings; empty if all is well.
    pub findings: Findings,
    /// What a gate saw of the connections, if one was asked first.
    pub seen: Option<&'a Verdict<'a>>,
}

/// What something was asked about.
#[derive(Clone, Copy, Debug)]
pub enum Scope<'a> {
    /// One environment; `None` if it is not known which.
    One(Option<&'a Environment>),
    /// Every environment of the policy.
    Every,
}

impl<'a> Judgement<'a> {
    /// Takes the findings of a gate, for a question that is not about permission.
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
    /// The name of the only environment.
    pub(super) fn environment(self) -> Option<&'a str> {
        match self {
            Self::One(environment) => environment.map(|environment| &*environment.name.value),
            Self::Every => None,
        }
    }

    /// The name that people read.
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
