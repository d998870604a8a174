//! Findings as text: for people, for programs, for code hosts.
//!
//! Pure functions from a decision to the text of one format. Nothing is
//! opened, and nothing that a format prints is looked up a second time:
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
//! Every format reports the same findings in the same order, and none shows a
//! value: what stands beside a place comes from [`Source::shown`], which is
//! masked.
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
use crate::policy::{Database, Policy, PolicyError};

/// How a report is written.
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

    /// The word on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Github => "github",
        }
    }

    /// The format called `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|format| format.name() == name)
    }
}

/// How the human format looks; the others have one look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Whether it has colours.
    pub color: Color,
    /// The columns of the terminal; 0 where that is unknown.
    pub width: usize,
}

/// Whether text has colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Color {
    /// Characters alone.
    #[default]
    Plain,
    /// With the escape sequences of a terminal.
    Ansi,
}

/// The program that reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tool {
    /// Its name, as it is called.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
}

/// How one program reports: the format, its look, and who speaks.
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
    /// Everything that is printed about one decision at a gate.
    pub fn verdict(self, policy: &Policy, verdict: &Verdict<'_>) -> String {
        self.decided(&Decision::of_verdict(policy, verdict), ())
    }

    /// Everything that is printed about what is no decision at a gate; the JSON
    /// document has the keys of `extra`, too.
    pub fn judgement(
        self,
        policy: &Policy,
        judgement: &Judgement<'_>,
        extra: impl Serialize,
    ) -> String {
        self.decided(&Decision::of_judgement(policy, judgement), extra)
    }

    /// Everything that is printed about environments side by side.
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

    /// Everything that is printed about a policy that cannot be used.
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

    /// Everything that is printed about a policy with which nothing is wrong.
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

/// A JSON document that is no report: `keys` under [`SCHEMA`], with its line break.
pub fn document(keys: impl Serialize) -> String {
    json::other(keys)
}

/// What the servers of `verdict` said of themselves, for people: a block for
/// each that was asked.
pub fn identities(policy: &Policy, verdict: &Verdict<'_>) -> String {
    human::identities(policy, verdict)
}

/// What stands in no gate's way and should be known of `verdict`, for people;
/// other formats than JSON have no place for it.
pub fn notes(verdict: &Verdict<'_>) -> String {
    human::notes(verdict)
}

/// What the policy knows of a database, for people.
pub fn known_as(policy: &Policy, database: Option<&Database>) -> String {
    human::known_as(policy, database)
}

/// A workflow command that says `text` and refuses nothing.
pub fn notice(text: &str) -> String {
    github::notice(text)
}

/// So many of something.
pub fn counted(count: usize, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}

/// What every JSON document says that it is. Within v1 they only grow.
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
