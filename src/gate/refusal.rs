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
    /// The connection cannot be seeded through, so no server was asked.
    #[error(transparent)]
    Connection(#[from] NoConnection),
    /// The server says too little about itself to be recognised in later transactions.
    #[error(
        "the server of `{connection}` says too little about itself to be recognised in each \
         transaction; `guard-cli identify` shows what it says"
    )]
    Unassertable {
        /// The connection, by its name in the policy.
        connection: String,
    },
}

/// Why a connection cannot be seeded through, whatever its server says.
#[derive(Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NoConnection {
    /// The policy has several connections, and none is called `primary`.
    #[error("the policy has several connections, and none is called `primary`; name one")]
    Unnamed,
    /// The policy has no connection of that name.
    #[error("the policy has no connection `{name}`; declare `[connections.{name}]`")]
    Unknown {
        /// The name.
        name: String,
    },
    /// Its variables are not set, or do not lead to exactly one target.
    #[error("the connection `{name}` is not set; set its variables")]
    Unset {
        /// The name.
        name: String,
    },
    /// It leads to MySQL, which cannot be seeded through this library.
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

    /// Refused, or undecided; always undecided where no gate was asked.
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Shut(shut) => shut.outcome,
            Self::Policy(_) | Self::Connection(_) | Self::Unassertable { .. } => Outcome::Undecided,
        }
    }

    /// The findings, in order; only [`Shut`](Self::Shut) has any.
    pub fn findings(&self) -> &[crate::finding::Finding] {
        match self {
            Self::Shut(shut) => shut.findings.as_slice(),
            Self::Policy(_) | Self::Connection(_) | Self::Unassertable { .. } => &[],
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
