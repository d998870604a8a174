//! What a change of policy permits, and what it no longer does.

use std::collections::BTreeSet;

use super::Policy;
use super::outline::{self, Entry, Said, Sense, Table};
use crate::facts::Facts;
use crate::gate::{Gate, decide};
use crate::source::{Place, Span};

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
            (_, Said::Level(before, was), Said::Level(after, is)) if before != after => {
                let direction =
                    if after < before { Direction::Looser } else { Direction::Stricter };
                self.push(direction, subject, span, format!("`{was}` became `{is}`"));
            }
            _ if old == new => {}
            (Sense::Describes, Said::Words(was), Said::Words(is)) => {
                let message = format!("{} became {}", quoted(was), quoted(is));
                self.push(Direction::Changed, subject, span, message);
            }
            (Sense::Allows | Sense::Describes, _, Said::Any) => {
                self.push(Direction::Looser, subject, span, "the limit is gone".to_owned());
            }
            (Sense::Allows | Sense::Describes, Said::Any, _) => {
                self.push(Direction::Stricter, subject, span, "there is a limit now".to_owned());
            }
            (Sense::Allows | Sense::Demands | Sense::Describes, _, _) => {
                let (before, after) = (atoms(&old), atoms(&new));
                let more = match sense {
                    Sense::Allows => Direction::Looser,
                    Sense::Demands => Direction::Stricter,
                    Sense::Describes => Direction::Changed,
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

/// Whether the policy refuses a variable of that name, which it does not know.
fn refuses_undeclared(policy: &Policy, name: &str) -> bool {
    let facts = Facts::assume().variable(name, "x").facts();
    let verdict = decide(Gate::Boot, policy, &facts);
    verdict.findings.iter().any(|it| it.rule().id == "variable-is-declared" && it.subject() == name)
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
        words => words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The directions and subjects of what `edit` makes of the built-in policy.
    fn changes(edit: impl Fn(&str) -> String) -> Vec<(Direction, String)> {
        let old = Policy::built_in().unwrap();
        let text = old.source().shown().unwrap();
        let edited = edit(text);
        assert_ne!(text, edited, "the edit does nothing");
        let new = Policy::parse("new.toml", &edited).unwrap();
        diff(&old, &new).into_iter().map(|it| (it.direction, it.subject)).collect()
    }

    #[test]
    fn each_edit_is_looser_or_stricter_or_neither() {
        use Direction::*;
        let table: &[(&str, &str, &[(Direction, &str)])] = &[
            ("# seed, debug", "seed = true #", &[(Looser, "environments.production.seed")]),
            ("seed      = true", "", &[(Stricter, "environments.sandbox.seed")]),
            (
                "data      = \"real\"",
                "data = \"masked\"",
                &[(Looser, "environments.production.data")],
            ),
            (
                "\"koomy-local\", \"koomy-dedicated\"",
                "\"koomy-local\"",
                &[(Stricter, "environments.local.databases")],
            ),
            (
                "[\"localhost\"]",
                "[\"localhost\", \"a.b\"]",
                &[
                    (Looser, "environments.local.domains"),
                    (Looser, "variables.ADMIN_URL.hosts"),
                    (Looser, "variables.API_URL.hosts"),
                    (Looser, "variables.APP_URL.hosts"),
                    (Looser, "variables.BACKOFFICE_URL.hosts"),
                    (Looser, "variables.PUBLIC_URL.hosts"),
                ],
            ),
            (
                "[\"staging\"]",
                "[\"main\"]",
                &[
                    (Looser, "environments.sandbox.branches"),
                    (Stricter, "environments.sandbox.branches"),
                ],
            ),
            ("after     = \"sandbox\"", "", &[(Looser, "environments.production.after")]),
            (
                "\"/api/_debug\"]",
                "\"/api/_debug\", \"/x\"]",
                &[(Looser, "environments.sandbox.debug.paths")],
            ),
            ("X-Debug-Secret", "X-Other", &[(Changed, "environments.sandbox.debug.header")]),
            ("Fondateur / CTO", "CTO", &[(Changed, "owner")]),
            ("prefix  = \"KOOMY_\"", "", &[(Looser, "prefix")]),
            ("id = \"br-koomy-main-10000001\"", "", &[(Looser, "databases.koomy-main.branch.id")]),
            (
                "database = \"koomy_local\"",
                "database = \"koomy_local\"\nnetwork = \"private\"",
                &[(Looser, "databases.koomy-local.network")],
            ),
            (
                "database = \"koomy_local\"",
                "database = \"koomy_local\"\nusers = [\"a\"]",
                &[(Stricter, "databases.koomy-local.users")],
            ),
            ("database = \"koomy_local\"", "database = \"koomy_local\"\nports = [5432]", &[]),
            (
                "database = \"koomy_local\"",
                "database = \"koomy_local\"\nports = [5432, 5433]",
                &[(Looser, "databases.koomy-local.ports")],
            ),
            (
                "url = \"DATABASE_URL\"",
                "url = \"DATABASE_URL\"\ndatabases = [\"koomy-main\"]",
                &[(Stricter, "connections.primary.databases")],
            ),
            (
                "values = [\"production\", \"development\"]",
                "",
                &[(Looser, "variables.NODE_ENV.values")],
            ),
            (
                "live\", sandbox = \"test\", local = \"test\" }\nrequired = [\"production\", \"sandbox\"]",
                "live\", sandbox = \"test\" }\nrequired = [\"production\"]",
                &[
                    (Stricter, "variables.STRIPE_SECRET_KEY.class"),
                    (Looser, "variables.STRIPE_SECRET_KEY.required"),
                ],
            ),
            (
                "required = [\"sandbox\"]\nallowed  = [\"sandbox\"]",
                "required = [\"sandbox\"]",
                &[(Looser, "variables.DEBUG_SECRET.allowed")],
            ),
            (
                "[variables.\"DEBUG*\"]\nallowed = [\"sandbox\"]",
                "",
                &[(Looser, "variables.DEBUG*")],
            ),
            (
                "[variables.API_URL]",
                "[variables.API_TOKEN]\n[variables.API_URL]",
                &[(Looser, "variables.API_TOKEN")],
            ),
            (
                "[variables.API_URL]",
                "[variables.COLOUR]\n[variables.API_URL]",
                &[(Stricter, "variables.COLOUR")],
            ),
            (
                "[variables.API_URL]",
                "[variables.\"*_TOKEN\"]\n[variables.API_URL]",
                &[(Looser, "variables.*_TOKEN")],
            ),
            (
                "[variables.API_URL]",
                "[variables.\"NO*\"]\nallowed = []\n[variables.API_URL]",
                &[(Stricter, "variables.NO*")],
            ),
            ("[variables.ADMIN_URL]\nis = \"url\"", "", &[(Looser, "variables.ADMIN_URL")]),
            (
                "[variables.STRIPE_PUBLISHABLE_KEY]\nis    = \"secret\"\nkind  = \"stripe-publishable-key\"\nclass = { production = \"live\", sandbox = \"test\", local = \"test\" }",
                "",
                &[(Looser, "variables.STRIPE_PUBLISHABLE_KEY")],
            ),
            (
                "[connections.primary]\nurl = \"DATABASE_URL\"",
                "",
                &[(Looser, "connections.primary")],
            ),
            (
                "[connections.primary]",
                "[connections.second]\nurl = \"SECOND_DATABASE_URL\"\n[connections.primary]",
                &[(Looser, "connections.second")],
            ),
            (
                "[databases.koomy-local]",
                "[databases.more]\nhosts = [\"localhost\"]\ndatabase = \"more\"\n[databases.koomy-local]",
                &[(Changed, "databases.more")],
            ),
            (
                "[environments.local]",
                "[environments.staging]\ndata = \"masked\"\nruntime = [\"production\"]\n[environments.local]",
                &[(Looser, "environments.staging")],
            ),
            (
                "KOOMY_ENV]",
                "OTHER_ENV]",
                &[
                    (Looser, "variables"),
                    (Stricter, "variables.OTHER_ENV"),
                    (Looser, "variables.KOOMY_ENV"),
                ],
            ),
            (
                "[variables.API_URL]\nis = \"url\"",
                "[variables.API_URL]\nis = \"url\"\nmatches = \"h.*\"",
                &[(Stricter, "variables.API_URL.matches")],
            ),
            (
                "[variables.JWT_SECRET]",
                "[variables.JWT_SECRET]\nmin_bits = 128",
                &[(Stricter, "variables.JWT_SECRET.min_bits")],
            ),
            (
                "[variables.JWT_SECRET]",
                "[variables.JWT_SECRET]\nphases = [\"boot\", \"ci\"]",
                &[(Stricter, "variables.JWT_SECRET.phases")],
            ),
            ("# Variables", "# Comments mean nothing", &[]),
        ];
        for (old, new, expected) in table {
            let expected: Vec<_> =
                expected.iter().map(|(it, name)| (*it, (*name).to_owned())).collect();
            assert_eq!(changes(|text| text.replacen(old, new, 1)), expected, "{old:?} -> {new:?}");
        }
    }

    #[test]
    fn the_way_back_is_the_opposite() {
        let old = Policy::built_in().unwrap();
        let text = old.source().shown().unwrap().replace("[\"staging\"]", "[\"staging\", \"x\"]");
        let new = Policy::parse("new.toml", &text).unwrap();
        let of =
            |changes: Vec<Change>| changes.into_iter().map(|it| it.direction).collect::<Vec<_>>();
        assert_eq!(of(diff(&old, &new)), [Direction::Looser]);
        assert_eq!(of(diff(&new, &old)), [Direction::Stricter]);
        assert_eq!(of(diff(&new, &new)), []);
    }

    #[test]
    fn places_are_in_the_policy_that_has_the_thing() {
        let old = Policy::built_in().unwrap();
        let text = old.source().shown().unwrap().replace("[variables.ADMIN_URL]\nis = \"url\"", "");
        let new = Policy::parse("new.toml", &text).unwrap();
        let [change] = <[Change; 1]>::try_from(diff(&old, &new)).unwrap();
        let span = change.place.span.unwrap();
        assert_eq!(change.place.source.name(), old.source().name());
        assert_eq!(change.place.source.slice(span), Some("ADMIN_URL"));
    }
}
