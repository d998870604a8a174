//! A gate that stays shut, and why.

use std::fmt;

use thiserror::Error;

use super::{Gate, Verdict};
use crate::finding::{Findings, Outcome};
use crate::policy::{Policy, PolicyError};
use crate::visible::visible;

/// Why a gate stays shut. Shows every finding and no value.
#[derive(Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The gate was asked, and does not open.
    #[error("{0}")]
    Shut(Box<Shut>),
    /// The policy is unusable, so nothing was asked.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// There is no such connection to judge, so nothing was asked.
    #[error("{0}")]
    Connection(NoConnection),
    /// The server says too little of itself to be told from others later.
    #[error("the server does not say enough of itself to be known again in each transaction")]
    Unassertable,
}

/// A connection that cannot be seeded through, whatever its server says.
#[derive(Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NoConnection {
    /// None is named, and it is not clear which is meant.
    #[error("the policy has several connections, and none is called `primary`; name one")]
    Unnamed,
    /// The policy has none, or none of that name.
    #[error("the policy has no connection `{name}`; declare `[connections.{name}]`")]
    Unknown {
        /// The name.
        name: String,
    },
    /// It is not set, or leads to no single target.
    #[error("the connection `{name}` is not set; set its variables")]
    Unset {
        /// The name.
        name: String,
    },
    /// It leads to an engine that this cannot seed.
    #[error("the connection `{name}` is not PostgreSQL; use `guard-cli seed -- COMMAND`")]
    NotPostgres {
        /// The name.
        name: String,
    },
}

/// A gate that was asked and does not open.
#[derive(Clone)]
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
            Self::Policy(_) | Self::Connection(_) | Self::Unassertable => Outcome::Undecided,
        }
    }

    /// The findings, in order; none where the policy is unusable.
    pub fn findings(&self) -> &[crate::finding::Finding] {
        match self {
            Self::Shut(shut) => shut.findings.as_slice(),
            Self::Policy(_) | Self::Connection(_) | Self::Unassertable => &[],
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
            write!(f, "\n{}[{rule}]: {}", finding.outcome().name(), visible(finding.message()))?;
            for label in finding.labels() {
                write!(f, "\n  {}: {}", label.role.name(), visible(&label.place.to_string()))?;
            }
            write!(f, "\n  help: {}", visible(finding.help()))?;
        }
        Ok(())
    }
}
