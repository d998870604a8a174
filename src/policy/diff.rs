//! What a change of policy newly permits, and what it newly refuses.

use std::collections::BTreeSet;

use super::Policy;
use super::outline::{self, Effect, Entry, Setting, Table};
use super::reader::Keys;
use crate::rules::refuses_undeclared;
use crate::source::{Place, Span};
use crate::visible::listed;

/// One difference between two policies.
///
/// Not `#[non_exhaustive]`: whoever prints it must print all of it.
#[derive(Clone, Debug)]
pub struct Change {
    /// Whether it loosens or tightens the policy.
    pub direction: Direction,
    /// The key, such as `environments.sandbox.databases`.
    pub subject: String,
    /// What is different, in one sentence.
    pub message: String,
    /// The key in the new policy, or its table where the key is not written; for
    /// a table that was removed, its place in the old policy.
    pub place: Place,
}

/// Whether a change loosens or tightens a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// Something may be permitted that was refused.
    Looser,
    /// Something may be refused that was permitted.
    Stricter,
    /// No gate decides differently.
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
/// A replacement is two changes: the new value is now permitted, and the old one no
/// longer is.
pub fn diff(old: &Policy, new: &Policy) -> Vec<Change> {
    let (before, after) = (outline::of(old), outline::of(new));
    let find = |tables: &[Table], wanted: &Table| {
        tables.iter().position(|it| it.table == wanted.table && it.name == wanted.name)
    };
    let keys = Keys::of(new.source().shown().unwrap_or_default());
    let mut diff = Diff { old, new, keys, changes: Vec::new() };
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
    keys: Keys<'a>,
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
            let message = format!("`{new}` now names the environment; `{old}` no longer does");
            let span = self.keys.span(["variables", new, "is"]).unwrap_or_default();
            self.push(Direction::Looser, "variables".to_owned(), span, message);
        }
    }

    fn table(&mut self, old: &Table, new: &Table) {
        let keys: BTreeSet<_> = old.entries.iter().chain(&new.entries).map(|it| it.key).collect();
        for key in keys {
            let find = |table: &Table| table.entries.iter().find(|it| it.key == key).cloned();
            let (before, after) = (find(old), find(new));
            let Some(effect) = after.as_ref().or(before.as_ref()).map(|entry| entry.effect) else {
                continue;
            };
            // INVARIANT: a key that this kind of variable does not have limits nothing.
            let setting = |entry: Option<Entry>| entry.map_or(Setting::Any, |entry| entry.setting);
            self.entry(new, key, effect, setting(before), setting(after));
        }
    }

    fn entry(&mut self, table: &Table, key: &str, effect: Effect, old: Setting, new: Setting) {
        let (old, new) = (self.known(old), self.known(new));
        let subject = subject(table, key);
        let path = [table.table, &table.name].into_iter().chain(key.split('.'));
        let span = self.keys.span(path.filter(|it| !it.is_empty())).unwrap_or(table.span);
        match (effect, &old, &new) {
            _ if old == new => {}
            (Effect::Ordered, Setting::Level(before, was), Setting::Level(after, is)) => {
                let direction =
                    if after < before { Direction::Looser } else { Direction::Stricter };
                self.push(direction, subject, span, format!("`{was}` became `{is}`"));
            }
            (Effect::Describes, Setting::Words(was), Setting::Words(is)) => {
                let message = format!("{} became {}", quoted(was), quoted(is));
                self.push(Direction::Changed, subject, span, message);
            }
            (Effect::Allows | Effect::Ordered | Effect::Describes, _, Setting::Any) => {
                self.push(Direction::Looser, subject, span, "the limit was removed".to_owned());
            }
            (Effect::Allows | Effect::Ordered | Effect::Describes, Setting::Any, _) => {
                self.push(Direction::Stricter, subject, span, "a limit was added".to_owned());
            }
            (Effect::Allows | Effect::Demands | Effect::Ordered | Effect::Describes, _, _) => {
                let (before, after) = (atoms(&old), atoms(&new));
                let more = match effect {
                    Effect::Allows => Direction::Looser,
                    Effect::Demands => Direction::Stricter,
                    Effect::Ordered | Effect::Describes => Direction::Changed,
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

    /// Leaves out environments that only one of the policies has: adding or
    /// removing one is a change of its own.
    fn known(&self, setting: Setting) -> Setting {
        let is_known = |name: &str| {
            self.old.environment(name).is_some() && self.new.environment(name).is_some()
        };
        match setting {
            Setting::In(names) => {
                Setting::In(names.into_iter().filter(|it| is_known(it)).collect())
            }
            Setting::Each(each) => {
                Setting::Each(each.into_iter().filter(|(name, _)| is_known(name)).collect())
            }
            Setting::Any | Setting::Words(_) | Setting::Level(..) => setting,
        }
    }

    fn added(&mut self, table: &Table) {
        let (direction, message) = match table.table {
            "environments" => (Direction::Looser, "an environment was added"),
            "connections" => (Direction::Looser, "its variables may now be set"),
            "variables" if is_pattern(table) && is_listed(table, "allowed") => (
                Direction::Looser,
                "variables that fit may now be set without a declaration of their own",
            ),
            "variables" if !is_pattern(table) && refuses_undeclared(self.old, &table.name) => {
                (Direction::Looser, "it may now be set; it was refused as undeclared")
            }
            "variables" => (Direction::Stricter, "it is now judged"),
            _ => (
                Direction::Changed,
                "it was added; environments and connections say what may use it",
            ),
        };
        self.push(direction, subject(table, ""), table.span, message.to_owned());
    }

    fn removed(&mut self, table: &Table) {
        let (direction, message) = match table.table {
            "environments" => (Direction::Stricter, "an environment was removed"),
            "connections" => (Direction::Looser, "it is no longer judged as a connection"),
            "variables"
                if !is_pattern(table)
                    && !is_listed(table, "required")
                    && refuses_undeclared(self.new, &table.name) =>
            {
                (Direction::Stricter, "it is now refused as undeclared")
            }
            "variables" => (Direction::Looser, "it is no longer judged"),
            _ => (Direction::Changed, "it was removed"),
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
    entries.any(|entry| matches!(&entry.setting, Setting::In(names) if !names.is_empty()))
}

fn subject(table: &Table, key: &str) -> String {
    let parts = [table.table, table.name.as_str(), key];
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(".")
}

/// The value word by word, as a set that can be compared.
fn atoms(setting: &Setting) -> BTreeSet<String> {
    match setting {
        Setting::Any => BTreeSet::new(),
        Setting::Level(_, word) => BTreeSet::from([word.clone()]),
        Setting::Words(words) | Setting::In(words) => words.iter().cloned().collect(),
        Setting::Each(each) => each
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
