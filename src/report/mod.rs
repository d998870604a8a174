//! Reports: findings as text for people, for programs and for code hosts.
//!
//! These are pure functions from a decision to the text of one format. Nothing is opened,
//! and everything that is printed comes from that decision:
//!
//! ```
//! use koomy_guard::Policy;
//! use koomy_guard::facts::Facts;
//! use koomy_guard::gate::{Gate, decide};
//! use koomy_guard::report::{Format, Report, Style, Tool};
//!
//! let policy = Policy::built_in()?;
//! let facts = Facts::assume().variable("KOOMY_ENV", "Production").facts();
//! let decided = decide(Gate::Boot, &policy, &facts);
//!
//! let tool = Tool { name: "guard-cli", version: "0.1.0" };
//! let report = Report { format: Format::Human, style: Style::default(), tool };
//! let text = report.verdict(&policy, &decided);
//! assert!(text.starts_with("refused[variable-is-allowed]: `KOOMY_ENV`"));
//! # Ok::<(), koomy_guard::policy::PolicyError>(())
//! ```
//!
//! Every format reports the same findings in the same order, and none shows a value: the
//! text quoted beside a place comes from [`Source::shown`], which is masked.
//!
//! [`Source::shown`]: crate::source::Source::shown

mod decision;
mod escape;
mod github;
mod human;
mod json;
mod judgement;
mod place;
mod sarif;

use serde::Serialize;

use self::decision::{Decision, Entry};
pub use self::escape::visible;
pub use self::judgement::{Judgement, Scope};
use crate::gate::{Comparison, Verdict};
use crate::policy::diff::Change;
use crate::policy::{Database, Policy, PolicyError};

/// The formats of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people.
    #[default]
    Human,
    /// One JSON document, `koomy-guard/v1`.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Workflow commands of GitHub Actions.
    Github,
}

impl Format {
    /// Every format.
    pub const ALL: &'static [Self] = &[Self::Human, Self::Json, Self::Sarif, Self::Github];

    /// The format's name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Github => "github",
        }
    }

    /// The format called `name`, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|format| format.name() == name)
    }
}

/// The look of the human format; the others have only one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Whether text has colours.
    pub color: Color,
    /// The columns of the terminal; 0 if that is unknown.
    pub width: usize,
}

/// Whether text has colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Color {
    /// Characters alone.
    #[default]
    Plain,
    /// With a terminal's escape sequences.
    Ansi,
}

/// The program that reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tool {
    /// The name under which it is called.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
}

/// A way to report: the format, its look, and the reporting program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// The format.
    pub format: Format,
    /// How the human format looks.
    pub style: Style,
    /// The program that reports.
    pub tool: Tool,
}

impl Report {
    /// Returns everything that is printed about a gate's decision.
    pub fn verdict(self, policy: &Policy, verdict: &Verdict<'_>) -> String {
        self.decided(&Decision::of_verdict(policy, verdict), ())
    }

    /// Returns everything that is printed about a judgement without a gate; the JSON
    /// document also has the keys of `extra`.
    pub fn judgement(
        self,
        policy: &Policy,
        judgement: &Judgement<'_>,
        extra: impl Serialize,
    ) -> String {
        self.decided(&Decision::of_judgement(policy, judgement), extra)
    }

    /// Returns everything that is printed about a comparison of environments.
    pub fn comparison(self, policy: &Policy, comparison: &Comparison<'_>) -> String {
        self.decided(&Decision::of_comparison(policy, comparison), ())
    }

    fn decided(self, decision: &Decision<'_>, extra: impl Serialize) -> String {
        let Self { format, style, tool } = self;
        match format {
            Format::Human => human::decision(style, tool, decision),
            Format::Json => json::decision(tool, decision, extra),
            Format::Sarif => sarif::decision(tool, decision),
            Format::Github => github::decision(decision),
        }
    }

    /// Returns everything that is printed about a policy that cannot be used.
    pub fn policy_error(self, error: &PolicyError) -> String {
        let Self { format, style, tool } = self;
        let entries: Vec<_> = Entry::of_policy(error).collect();
        match format {
            Format::Human => human::policy_error(style, error, &entries),
            Format::Json => json::policy_error(tool, error, &entries),
            Format::Sarif => sarif::policy_error(tool, error, &entries),
            Format::Github => github::policy_error(&entries),
        }
    }

    /// Returns everything that is printed about what changed in `policy`. What got
    /// looser is refused.
    pub fn changes(self, policy: &Policy, changes: &[Change]) -> String {
        let Self { format, style: _, tool } = self;
        let looser: Vec<_> = Entry::of_changes(policy, changes).collect();
        match format {
            Format::Human => human::changes(changes),
            Format::Json => json::changes(changes),
            Format::Sarif => sarif::changes(tool, policy, &looser),
            Format::Github => github::changes(&looser, changes),
        }
    }

    /// Returns everything that is printed about a valid policy.
    pub fn policy_valid(self, policy: &Policy) -> String {
        let Self { format, style, tool } = self;
        match format {
            Format::Human => human::policy_valid(style, policy),
            Format::Json => json::policy_valid(tool, policy),
            Format::Sarif => sarif::policy_valid(tool, policy),
            Format::Github => github::policy_valid(policy),
        }
    }
}

/// Returns a JSON document that is not a report: `keys` under [`SCHEMA`], with a line
/// break at the end.
pub fn document(keys: impl Serialize) -> String {
    json::other(keys)
}

/// Returns what the servers of `verdict` said about themselves, for people, in a block
/// for each.
pub fn identities(policy: &Policy, verdict: &Verdict<'_>) -> String {
    human::identities(policy, verdict)
}

/// Returns the notes of `verdict`, for people.
///
/// Of the other formats, only JSON contains them.
pub fn notes(verdict: &Verdict<'_>) -> String {
    human::notes(verdict)
}

/// Returns what the policy knows about a database, for people.
pub fn known_as(policy: &Policy, database: Option<&Database>) -> String {
    human::known_as(policy, database)
}

/// Returns a workflow command that shows `text` and refuses nothing.
pub fn notice(text: &str) -> String {
    github::notice(text)
}

/// Returns a number of things in words.
pub fn counted(count: usize, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}

/// The value of `schema` in every JSON document; within v1, documents only gain keys.
pub const SCHEMA: &str = "koomy-guard/v1";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_has_a_name_of_its_own() {
        for format in Format::ALL {
            assert_eq!(Format::from_name(format.name()), Some(*format));
        }
        for none in ["", "Human", "json ", "text"] {
            assert_eq!(Format::from_name(none), None, "{none}");
        }
    }
}
