//! The lines to which a reference may refer: those above it.

use std::collections::BTreeMap;

use super::Entry;
use super::problem::{EXPANSION_LIMIT, ProblemKind};
use crate::secret::value::Value;

/// The entries so far, searchable by name.
#[derive(Default)]
pub(super) struct Scope {
    entries: Vec<Entry>,
    /// Indexes of the entries that have a problem, ascending.
    unclear: Vec<usize>,
    /// Built for the first reference, since most files have none.
    latest: BTreeMap<String, usize>,
    indexed: usize,
    expanded: usize,
}

impl Scope {
    pub(super) fn push(&mut self, entry: Entry, problem: Option<ProblemKind>) {
        if problem.is_some() {
            self.unclear.push(self.entries.len());
        }
        self.entries.push(entry);
    }

    pub(super) fn into_entries(self) -> Vec<Entry> {
        self.entries
    }

    /// The value of `${name}`, if all readers that expand references agree on it.
    pub(super) fn resolve(&mut self, name: &str) -> Result<&[u8], ProblemKind> {
        self.index();
        let index = *self.latest.get(name).ok_or(ProblemKind::UnknownReference)?;
        let value = self.certain(index).ok_or(ProblemKind::UnclearReference)?.len();
        self.expanded = self.expanded.saturating_add(value);
        if self.expanded > EXPANSION_LIMIT {
            return Err(ProblemKind::TooMuchExpansion);
        }
        self.certain(index).ok_or(ProblemKind::UnclearReference)
    }

    fn index(&mut self) {
        for (index, entry) in self.entries.iter().enumerate().skip(self.indexed) {
            self.latest.insert(entry.key.clone(), index);
        }
        self.indexed = self.entries.len();
    }

    /// DELIBERATE: a dollar sign in the value is expanded again by some readers.
    fn certain(&self, index: usize) -> Option<&[u8]> {
        let value = self.entries.get(index).map(|entry| &entry.value)?;
        let clear = self.unclear.binary_search(&index).is_err();
        let text = value.text().filter(|text| clear && !text.expose().contains('$'));
        text.map(|_| Value::expose(value))
    }
}
