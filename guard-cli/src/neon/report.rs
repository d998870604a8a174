//! What was compared, as text.

use koomy_guard::Policy;
use koomy_guard::policy::Database;
use koomy_guard::report::{Format, Judgement, Scope, counted};
use koomy_guard::rules::{
    DATABASE_BELONGS_TO_ENVIRONMENT, DATABASE_IDENTITY_MATCHES, DATABASE_IS_NOT_SHARED, Rule,
};
use koomy_guard::source::Place;
use koomy_guard::target::Provider;
use serde_json::{Value, json};

use super::finding::{Change, Finding};
use crate::console::Console;
use crate::exit::Exit;
use crate::json;

/// What came of it.
#[derive(Debug)]
pub(crate) struct Report<'a> {
    /// The policy in which the places are.
    pub(crate) policy: &'a Policy,
    /// What was done.
    pub(crate) done: Done,
    /// What was written, or would be.
    pub(crate) changes: &'a [Change],
    /// Why it ends as it does, unless it is a success.
    pub(crate) findings: &'a [Finding],
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Done {
    /// The policy says what the account does.
    Nothing { databases: usize },
    /// The policy was written.
    Written,
    /// It was not written, for the findings.
    Refused,
    /// It was looked at, and differs.
    Drifted,
    /// It could not be looked at, or not be written.
    Undecided { message: String, help: String },
}

impl Done {
    /// How the command ends.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Nothing { .. } | Self::Written => Exit::Permitted,
            Self::Refused | Self::Drifted => Exit::Refused,
            Self::Undecided { .. } => Exit::Undecided,
        }
    }
}

impl Report<'_> {
    /// Prints it in the form of every report.
    pub(crate) fn print(&self, console: Console) -> Exit {
        let (exit, more) = (self.done.exit(), self.more());
        let report = match (console.format, exit) {
            (Format::Human, Exit::Permitted) => self.permitted(),
            (Format::Human | Format::Json | Format::Sarif | Format::Github, _) => {
                console.report().judgement(self.policy, &self.judgement(), more)
            }
        };
        console.print(&report, exit)
    }

    fn judgement(&self) -> Judgement<'static> {
        let undecided = match &self.done {
            Done::Undecided { message, help } => Some(self.undecided(message, help)),
            Done::Nothing { .. } | Done::Written | Done::Refused | Done::Drifted => None,
        };
        Judgement {
            asked: ASKED,
            scope: Scope::Every,
            rules_asked: ASKS.iter().map(|rule| rule.id).collect(),
            findings: self.findings.iter().map(refused).chain(undecided).collect(),
            seen: None,
        }
    }

    fn undecided(&self, message: &str, help: &str) -> koomy_guard::Finding {
        let policy = self.policy;
        let of_neon = |it: &&Database| it.provider == Some(Provider::Neon);
        let first = policy.databases().iter().find(of_neon);
        let (subject, span) = match first {
            Some(database) => (subject(&database.name.value, None), database.name.span),
            None => ("databases".to_owned(), policy.name_span()),
        };
        let place = Place::at(policy.source(), span);
        DATABASE_IDENTITY_MATCHES.leaves_undecided(subject, place).says(message).help(help)
    }

    fn permitted(&self) -> String {
        let file = self.policy.source().name();
        match &self.done {
            Done::Written => {
                let changed: String = self.changes.iter().map(|it| self.changed(it)).collect();
                let changes = counted(self.changes.len(), "change", "changes");
                format!("{changed}permitted: wrote {changes} into `{file}`\n")
            }
            Done::Nothing { databases } => {
                let databases = counted(*databases, "database", "databases");
                format!(
                    "permitted: `{file}` agrees with Neon about {databases}; nothing to write\n"
                )
            }
            Done::Refused | Done::Drifted | Done::Undecided { .. } => String::new(),
        }
    }

    fn changed(&self, change: &Change) -> String {
        let subject = subject(&change.database, Some(change.to.key()));
        let what = match (change.to.from(), change.to.to()) {
            (Some(from), Some(to)) => format!("`{from}` became `{to}`"),
            (None, Some(to)) => format!("`{to}` added"),
            (Some(from), None) => format!("`{from}` removed"),
            (None, None) => String::new(),
        };
        let (message, place) = (&change.message, change.place(self.policy));
        format!("changed: {subject}: {what}: {message}\n  {place}\n")
    }

    /// What other reports do not have.
    fn more(&self) -> Value {
        json!({
            "written": self.done == Done::Written,
            "changes": self.changes.iter().map(|change| self.change(change)).collect::<Vec<_>>(),
        })
    }

    fn change(&self, change: &Change) -> Value {
        json!({
            "database": change.database,
            "key": change.to.key(),
            "from": change.to.from(),
            "to": change.to.to(),
            "message": change.message,
            "place": json::place(&change.place(self.policy)),
        })
    }
}

/// A finding as every gate has them; its kind is the first word.
fn refused(finding: &Finding) -> koomy_guard::Finding {
    let Finding { kind, database, key, message, help, place } = finding;
    let message = format!("{}: {message}", kind.name());
    let subject = subject(database, *key);
    kind.rule().refuses(subject, place.clone()).says(message).help(help).of_kind(kind.name())
}

fn subject(database: &str, key: Option<&str>) -> String {
    match key {
        Some(key) => format!("databases.{database}.{key}"),
        None => format!("databases.{database}"),
    }
}

/// DELIBERATE: no gate. An account that agrees permits nothing.
const ASKED: &str = "neon-sync";

/// The rules by which an account may be refused.
const ASKS: [&Rule; 3] =
    [&DATABASE_BELONGS_TO_ENVIRONMENT, &DATABASE_IDENTITY_MATCHES, &DATABASE_IS_NOT_SHARED];
