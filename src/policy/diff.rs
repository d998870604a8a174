//! What a change of policy permits, and what it no longer does.

use std::collections::BTreeSet;

use super::Policy;
use super::outline::{self, Entry, Said, Sense, Table};
use crate::rules::refuses_undeclared;
use crate::source::{Place, Span};
use crate::visible::listed;

/// One difference between two policies.
#[derive(Clone, Debug)]
pub struct Change {
    /// What it does.
    pub direction: Direction,
    /// The key, such as `environments.sandbox.databases`.
    pub subject: String,
    /// What is different, in one sentence.
    pub message: String,
    /// Where: in the new policy, or in the old one for what is gone.
    pub place: Place,
}

/// What a change does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// Something may be permitted that was refused.
    Looser,
    /// Something may be refused that was permitted.
    Stricter,
    /// No gate is concerned.
    Changed,
}

impl Direction {
    /// The word in every format.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Looser => "looser",
            Self::Stricter => "stricter",
            Self::Changed => "changed",
        }
    }

    const fn opposite(self) -> Self {
        match self {
            Self::Looser => Self::Stricter,
            Self::Stricter => Self::Looser,
            Self::Changed => Self::Changed,
        }
    }
}

/// Compares two policies by what they mean: comments, order and spelled-out
/// defaults make no difference.
///
/// What replaces something is both: the new is permitted now, the old no more.
pub fn diff(old: &Policy, new: &Policy) -> Vec<Change> {
    let (before, after) = (outline::of(old), outline::of(new));
    let find = |tables: &[Table], wanted: &Table| {
        tables.iter().position(|it| it.table == wanted.table && it.name == wanted.name)
    };
    let mut diff = Diff { old, new, changes: Vec::new() };
    diff.environment_variable();
    for table in &after {
        match find(&before, table).and_then(|at| before.get(at)) {
            Some(earlier) => diff.table(earlier, table),
            None => diff.added(table),
        }
    }
    before.iter().filter(|table| find(&after, table).is_none()).for_each(|it| diff.removed(it));
    diff.changes
}

struct Diff<'a> {
    old: &'a Policy,
    new: &'a Policy,
    changes: Vec<Change>,
}

impl Diff<'_> {
    fn push(&mut self, direction: Direction, subject: String, span: Span, message: String) {
        let place = Place::at(self.new.source(), span);
        self.changes.push(Change { direction, subject, message, place });
    }

    fn environment_variable(&mut self) {
        let (old, new) = (self.old.environment_variable(), self.new.environment_variable());
        if old != new {
            let message = format!("`{new}` names the environment, and `{old}` no more");
            self.push(Direction::Looser, "variables".to_owned(), self.new.name_span(), message);
        }
    }

    fn table(&mut self, old: &Table, new: &Table) {
        let keys: BTreeSet<_> = old.entries.iter().chain(&new.entries).map(|it| it.key).collect();
        for key in keys {
            let find = |table: &Table| table.entries.iter().find(|it| it.key == key).cloned();
            let (before, after) = (find(old), find(new));
            let Some(sense) = after.as_ref().or(before.as_ref()).map(|entry| entry.sense) else {
                continue;
            };
            // A key that the kind of table does not have limits nothing.
            let said = |entry: Option<Entry>| entry.map_or(Said::Any, |entry| entry.said);
            self.entry(new, key, sense, said(before), said(after));
        }
    }

    fn entry(&mut self, table: &Table, key: &str, sense: Sense, old: Said, new: Said) {
        let (old, new) = (self.known(old), self.known(new));
        let subject = subject(table, key);
        let span = table.span;
        match (sense, &old, &new) {
            _ if old == new => {}
            (Sense::Ordered, Said::Level(before, was), Said::Level(after, is)) => {
                let direction =
                    if after < before { Direction::Looser } else { Direction::Stricter };
                self.push(direction, subject, span, format!("`{was}` became `{is}`"));
            }
            (Sense::Describes, Said::Words(was), Said::Words(is)) => {
                let message = format!("{} became {}", quoted(was), quoted(is));
                self.push(Direction::Changed, subject, span, message);
            }
            (Sense::Allows | Sense::Ordered | Sense::Describes, _, Said::Any) => {
                self.push(Direction::Looser, subject, span, "the limit is gone".to_owned());
            }
            (Sense::Allows | Sense::Ordered | Sense::Describes, Said::Any, _) => {
                self.push(Direction::Stricter, subject, span, "there is a limit now".to_owned());
            }
            (Sense::Allows | Sense::Demands | Sense::Ordered | Sense::Describes, _, _) => {
                let (before, after) = (atoms(&old), atoms(&new));
                let more = match sense {
                    Sense::Allows => Direction::Looser,
                    Sense::Demands => Direction::Stricter,
                    Sense::Ordered | Sense::Describes => Direction::Changed,
                };
                let added: Vec<_> = after.difference(&before).cloned().collect();
                let gone: Vec<_> = before.difference(&after).cloned().collect();
                if !added.is_empty() {
                    let message = format!("{} added", quoted(&added));
                    self.push(more, subject.clone(), span, message);
                }
                if !gone.is_empty() {
                    self.push(more.opposite(), subject, span, format!("{} removed", quoted(&gone)));
                }
            }
        }
    }

    /// Leaves out environments that only one of the policies has: that they
    /// come or go is a change of its own.
    fn known(&self, said: Said) -> Said {
        let is_known = |name: &str| {
            self.old.environment(name).is_some() && self.new.environment(name).is_some()
        };
        match said {
            Said::In(names) => Said::In(names.into_iter().filter(|it| is_known(it)).collect()),
            Said::Each(each) => {
                Said::Each(each.into_iter().filter(|(name, _)| is_known(name)).collect())
            }
            Said::Any | Said::Words(_) | Said::Level(..) => said,
        }
    }

    fn added(&mut self, table: &Table) {
        let (direction, message) = match table.table {
            "environments" => (Direction::Looser, "an environment more"),
            "connections" => (Direction::Looser, "its variables may be set now"),
            "variables" if is_pattern(table) && is_listed(table, "allowed") => {
                (Direction::Looser, "such variables may be set without a declaration of their own")
            }
            "variables" if !is_pattern(table) && refuses_undeclared(self.old, &table.name) => {
                (Direction::Looser, "it may be set now, and was refused as undeclared")
            }
            "variables" => (Direction::Stricter, "it is judged now"),
            _ => (Direction::Changed, "declared; what may use it is said elsewhere"),
        };
        self.push(direction, subject(table, ""), table.span, message.to_owned());
    }

    fn removed(&mut self, table: &Table) {
        let (direction, message) = match table.table {
            "environments" => (Direction::Stricter, "an environment less"),
            "connections" => (Direction::Looser, "no longer judged as a connection"),
            "variables"
                if !is_pattern(table)
                    && !is_listed(table, "required")
                    && refuses_undeclared(self.new, &table.name) =>
            {
                (Direction::Stricter, "it is refused as undeclared now")
            }
            "variables" => (Direction::Looser, "no longer judged"),
            _ => (Direction::Changed, "no longer declared"),
        };
        let place = Place::at(self.old.source(), table.span);
        let subject = subject(table, "");
        self.changes.push(Change { direction, subject, message: message.to_owned(), place });
    }
}

fn is_pattern(table: &Table) -> bool {
    table.name.contains('*')
}

fn is_listed(table: &Table, key: &str) -> bool {
    let mut entries = table.entries.iter().filter(|entry| entry.key == key);
    entries.any(|entry| matches!(&entry.said, Said::In(names) if !names.is_empty()))
}

fn subject(table: &Table, key: &str) -> String {
    let parts = [table.table, table.name.as_str(), key];
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(".")
}

/// What is said, word by word, so that two sets can be compared.
fn atoms(said: &Said) -> BTreeSet<String> {
    match said {
        Said::Any => BTreeSet::new(),
        Said::Level(_, word) => BTreeSet::from([word.clone()]),
        Said::Words(words) | Said::In(words) => words.iter().cloned().collect(),
        Said::Each(each) => each
            .iter()
            .flat_map(|(name, words)| words.iter().map(move |word| format!("{name}: {word}")))
            .collect(),
    }
}

fn quoted(words: &[String]) -> String {
    match words {
        [] => "nothing".to_owned(),
        words => listed(words.iter().map(String::as_str), ", "),
    }
}
