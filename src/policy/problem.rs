//! What can be wrong with a policy file.

use std::fmt;
use std::sync::Arc;

use thiserror::Error;

use crate::source::{Place, Source, Span};

/// A policy that cannot be used, with every reason at once.
///
/// One error per run teaches a user to run the tool ten times; parsing goes on
/// after a problem wherever it can.
#[derive(Clone, Error)]
pub struct PolicyError {
    pub(crate) source_text: Arc<Source>,
    pub(crate) problems: Vec<Problem>,
}

impl PolicyError {
    /// The problems in file order; never empty.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The policy that was read.
    pub fn policy(&self) -> &Arc<Source> {
        &self.source_text
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.problems.len();
        let plural = if count == 1 { "problem" } else { "problems" };
        write!(f, "{}: {count} {plural} in the policy", self.source_text.name())?;
        for problem in &self.problems {
            let place = Place::at(&self.source_text, problem.span);
            write!(f, "\n  {place}: {}", problem.kind)?;
            if let Some(help) = problem.help() {
                write!(f, "; {help}")?;
            }
        }
        Ok(())
    }
}

/// One thing wrong with a policy file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// What is wrong.
    pub kind: ProblemKind,
    /// The token that is wrong.
    pub span: Span,
    /// A second place that the problem is about.
    pub related: Option<(Span, &'static str)>,
}

impl Problem {
    /// What to do about it, if that is known.
    pub fn help(&self) -> Option<String> {
        self.kind.help()
    }
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ProblemKind {
    /// The file is not valid TOML here.
    #[error("{0}")]
    Syntax(String),
    /// A key that the format does not have. It is never ignored: a misspelt
    /// `allowed` would permit everything.
    #[error("unknown key `{key}` in {table}")]
    UnknownKey {
        /// As written.
        key: String,
        /// The table it stands in.
        table: String,
        /// The key of that table that looks most like it.
        did_you_mean: Option<&'static str>,
    },
    /// A key that is required and missing.
    #[error("{table} has no `{key}`")]
    MissingKey {
        /// The key.
        key: &'static str,
        /// The table without it.
        table: String,
    },
    /// A value of the wrong type, or out of bounds.
    #[error("`{key}` is {found}, expected {expected}")]
    WrongValue {
        /// The key.
        key: String,
        /// What it is.
        found: String,
        /// What it should be.
        expected: String,
    },
    /// A name that nothing in the policy has.
    #[error("no {what} is called `{name}`")]
    UnknownName {
        /// "environment", "database", …
        what: &'static str,
        /// As written.
        name: String,
        /// The existing name that looks most like it.
        did_you_mean: Option<String>,
    },
    /// Something that only one environment or database can have, and two claim.
    #[error("{what} `{name}` is claimed by `{first}` and by `{second}`")]
    ClaimedTwice {
        /// "database", "endpoint", …
        what: &'static str,
        /// What both claim.
        name: String,
        /// Who claimed it first.
        first: String,
        /// Who claims it here.
        second: String,
    },
    /// Keys that contradict each other, or a value that has no effect here.
    #[error("{message}")]
    Contradiction {
        /// What is wrong.
        message: String,
        /// What to do.
        help: String,
    },
}

impl ProblemKind {
    fn help(&self) -> Option<String> {
        match self {
            Self::Syntax(_) => None,
            Self::WrongValue { .. } => None,
            Self::UnknownKey { did_you_mean: Some(key), .. } => {
                Some(format!("did you mean `{key}`?"))
            }
            Self::UnknownKey { did_you_mean: None, .. } => {
                Some("docs/policy.md lists the keys of every table".to_owned())
            }
            Self::MissingKey { key, .. } => Some(format!("add `{key}`")),
            Self::UnknownName { did_you_mean: Some(name), .. } => {
                Some(format!("did you mean `{name}`?"))
            }
            // DELIBERATE: no policy can declare a kind of secret.
            Self::UnknownName { did_you_mean: None, what: KIND_OF_SECRET, .. } => {
                Some("docs/secrets.md lists the kinds; `random` takes any value".to_owned())
            }
            Self::UnknownName { did_you_mean: None, what, .. } => {
                Some(format!("declare the {what}, or remove the name"))
            }
            Self::ClaimedTwice { .. } => Some(
                "let only one of them have it; what two environments share does not keep them apart"
                    .to_owned(),
            ),
            Self::Contradiction { help, .. } => Some(help.clone()),
        }
    }
}

/// The candidate that is most like `name`, if one is close enough.
pub(crate) fn closest<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (likeness(&name.to_lowercase(), &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness >= LIKENESS)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}

/// In a short word, one wrong letter lowers the likeness too much to count.
fn likeness(name: &str, candidate: &str) -> f64 {
    let likeness = strsim::jaro_winkler(name, candidate);
    let is_slip = name.len() >= SHORTEST && strsim::osa_distance(name, candidate) == 1;
    if is_slip { likeness.max(LIKENESS) } else { likeness }
}

/// What an [`UnknownName`](ProblemKind::UnknownName) of a kind is called.
pub(super) const KIND_OF_SECRET: &str = "kind of secret";

/// A suggestion that is less like the name than this would confuse.
const LIKENESS: f64 = 0.8;

/// In a word shorter than this, one letter makes another word.
const SHORTEST: usize = 3;
