//! A gate that stays shut, and why.

use std::fmt;

use thiserror::Error;

use super::{Gate, Verdict};
use crate::finding::{Findings, Outcome};
use crate::policy::{Policy, PolicyError};

/// Why a gate stays shut. Shows every finding and no value.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The gate was asked, and does not open.
    #[error("{0}")]
    Shut(Box<Shut>),
    /// The policy is unusable, so nothing was asked.
    #[error(transparent)]
    Policy(#[from] PolicyError),
}

/// A gate that was asked and does not open.
#[derive(Clone, Debug)]
pub struct Shut {
    gate: Gate,
    policy: String,
    environment: Option<String>,
    outcome: Outcome,
    findings: Findings,
}

impl Refusal {
    pub(super) fn new(policy: &Policy, outcome: Outcome, verdict: Verdict<'_>) -> Self {
        Self::Shut(Box::new(Shut {
            gate: verdict.gate,
            policy: policy.source().name().to_owned(),
            environment: verdict.environment.map(|environment| environment.name.value.clone()),
            outcome,
            findings: verdict.findings,
        }))
    }

    /// Refused, or undecided; an unusable policy decides nothing.
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Shut(shut) => shut.outcome,
            Self::Policy(_) => Outcome::Undecided,
        }
    }

    /// The findings, in order; none where the policy is unusable.
    pub fn findings(&self) -> &[crate::finding::Finding] {
        match self {
            Self::Shut(shut) => shut.findings.as_slice(),
            Self::Policy(_) => &[],
        }
    }
}

impl fmt::Display for Shut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { gate, policy, environment, outcome, findings } = self;
        write!(f, "{}: the {} gate of {policy}", outcome.name(), gate.name())?;
        if let Some(environment) = environment {
            write!(f, ", environment `{environment}`")?;
        }
        for finding in findings {
            let rule = finding.rule().id;
            write!(f, "\n{}[{rule}]: {}", finding.outcome().name(), finding.message())?;
            for label in finding.labels() {
                write!(f, "\n  {}: {}", label.role.name(), label.place)?;
            }
            write!(f, "\n  help: {}", finding.help())?;
        }
        Ok(())
    }
}
