//! What was compared, as text.

use koomy_guard::Policy;
use koomy_guard::source::{Location, Place};
use serde_json::{Value, json};

use super::finding::{Change, Finding};
use crate::console::TOOL;
use crate::exit::Exit;

/// What came of it.
#[derive(Debug)]
pub(crate) struct Report<'a> {
    /// The policy in which the places are.
    pub(crate) policy: &'a Policy,
    /// What was done.
    pub(crate) done: Done,
    /// What was written, or would be.
    pub(crate) changes: &'a [Change],
    /// Why it ends as it does, where that is no success.
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
    /// Lines for people.
    pub(crate) fn human(&self) -> String {
        let mut out: String = self.findings.iter().map(|it| self.block(it)).collect();
        if self.done == Done::Written {
            out.extend(self.changes.iter().map(|change| self.changed(change)));
        }
        out + &self.summary()
    }

    fn block(&self, finding: &Finding) -> String {
        let Finding { kind, database, key, message, help, place } = finding;
        let subject = subject(database, *key);
        let kind = kind.name();
        format!("refused[{kind}]: {subject}: {message}\n  {place}\n  help: {help}\n")
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

    fn summary(&self) -> String {
        let (name, file) = (self.policy.name(), self.policy.source().name());
        match &self.done {
            Done::Nothing { databases } => {
                let databases = counted(*databases, "database", "databases");
                format!(
                    "permitted: `{file}` says what Neon does of {databases}; nothing to write\n"
                )
            }
            Done::Written => {
                let changes = counted(self.changes.len(), "change", "changes");
                format!("permitted: wrote {changes} into `{file}`\n")
            }
            Done::Refused | Done::Drifted => {
                let findings = counted(self.findings.len(), "finding", "findings");
                format!("refused: {findings}; policy {name} ({file}); nothing was written\n")
            }
            Done::Undecided { message, help } => {
                format!("undecided: {message}\n  help: {help}\n")
            }
        }
    }

    /// One document, `koomy-guard/v1`.
    pub(crate) fn json(&self) -> Value {
        let mut document = json!({
            "schema": "koomy-guard/v1",
            "tool": {"name": TOOL.name, "version": TOOL.version},
            "policy": {"name": self.policy.name(), "source": self.policy.source().name()},
            "outcome": self.done.exit().outcome(),
            "written": self.done == Done::Written,
            "changes": self.changes.iter().map(|change| self.change(change)).collect::<Vec<_>>(),
            "findings": self.findings.iter().map(finding).collect::<Vec<_>>(),
        });
        if let (Some(keys), Done::Undecided { message, help }) =
            (document.as_object_mut(), &self.done)
        {
            keys.insert("message".to_owned(), json!(message));
            keys.insert("help".to_owned(), json!(help));
        }
        document
    }

    fn change(&self, change: &Change) -> Value {
        json!({
            "database": change.database,
            "key": change.to.key(),
            "from": change.to.from(),
            "to": change.to.to(),
            "message": change.message,
            "place": place(&change.place(self.policy)),
        })
    }
}

fn finding(finding: &Finding) -> Value {
    let Finding { kind, database, key, message, help, place: at } = finding;
    json!({
        "kind": kind.name(),
        "database": database,
        "key": key,
        "message": message,
        "help": help,
        "place": place(at),
    })
}

fn place(place: &Place) -> Value {
    let mut at = json!({"source": place.source.name()});
    if let Some(Location { line, column }) = place.location() {
        at = json!({"source": place.source.name(), "line": line, "column": column});
    }
    at
}

fn subject(database: &str, key: Option<&str>) -> String {
    match key {
        Some(key) => format!("databases.{database}.{key}"),
        None => format!("databases.{database}"),
    }
}

fn counted(count: usize, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}
