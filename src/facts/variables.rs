//! The variables that were seen.

use std::borrow::Cow;
use std::slice;

use crate::dotenv::ProblemKind;
use crate::secret::Secret;
use crate::secret::value::Value;
use crate::source::Place;

/// A variable, as it was seen.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Value,
    /// Where it was set.
    pub place: Place,
    /// Where else the same source sets it; empty unless it is ambiguous.
    pub also: Vec<Place>,
    /// Why a file's readers disagree on the value; then it is the likeliest.
    pub doubt: Option<ProblemKind>,
}

impl Seen {
    /// The value, if it is text and not empty.
    pub fn text(&self) -> Option<&Secret> {
        self.value.text().filter(|secret| !secret.expose().is_empty())
    }

    /// The value as text, with a mark for whatever in it is none: for rules that
    /// look for something in a value of which nothing else is known.
    pub(crate) fn lossy(&self) -> Cow<'_, Secret> {
        match &self.value {
            Value::Text(secret) => Cow::Borrowed(secret),
            Value::Bytes(_) => {
                let text = String::from_utf8_lossy(self.value.expose());
                Cow::Owned(Secret::new(text))
            }
        }
    }

    /// Whether a file has the value without quotes and a blank after it.
    pub(crate) fn ends_in_blank(&self) -> bool {
        self.doubt == Some(ProblemKind::TrailingBlank)
    }

    /// Whether the value is there and empty.
    pub fn is_empty(&self) -> bool {
        self.value.expose().is_empty()
    }
}

/// Variables by name: the snapshot that is judged, and then used.
#[derive(Clone, Debug, Default)]
pub struct Variables(Vec<Seen>);

impl Variables {
    /// Takes the variables of one source; a name that comes again is kept with
    /// its first value and remembered as ambiguous.
    pub fn from_source(seen: impl IntoIterator<Item = Seen>) -> Self {
        let mut list: Vec<Seen> = seen.into_iter().collect();
        list.sort_by(|a, b| a.name.cmp(&b.name));
        list.dedup_by(|later, first| {
            let same = later.name == first.name;
            if same {
                first.also.push(later.place.clone());
            }
            same
        });
        Self(list)
    }

    /// Lays `later` over these variables, as a later file lies over an earlier.
    #[must_use]
    pub(crate) fn overlaid_by(self, later: Self) -> Self {
        let mut list = later.0;
        let is_new = |seen: &Seen, list: &[Seen]| {
            list.binary_search_by(|other| other.name.cmp(&seen.name)).is_err()
        };
        let earlier: Vec<_> = self.0.into_iter().filter(|seen| is_new(seen, &list)).collect();
        list.extend(earlier);
        list.sort_by(|a, b| a.name.cmp(&b.name));
        Self(list)
    }

    /// The variable called `name`.
    pub fn find(&self, name: &str) -> Option<&Seen> {
        let position = self.0.binary_search_by(|seen| seen.name.as_str().cmp(name)).ok()?;
        self.0.get(position)
    }

    /// All of them, sorted by name.
    pub fn iter(&self) -> slice::Iter<'_, Seen> {
        self.0.iter()
    }

    /// Sets a variable, as a test or a planted violation does.
    pub(crate) fn set(&mut self, seen: Seen) {
        match self.0.binary_search_by(|other| other.name.cmp(&seen.name)) {
            Ok(position) => {
                if let Some(slot) = self.0.get_mut(position) {
                    *slot = seen;
                }
            }
            Err(position) => self.0.insert(position, seen),
        }
    }

    /// Removes a variable.
    pub(crate) fn remove(&mut self, name: &str) {
        self.retain(|other| other != name);
    }

    /// Keeps the variables with such a name.
    pub(crate) fn retain(&mut self, is_kept: impl Fn(&str) -> bool) {
        self.0.retain(|seen| is_kept(&seen.name));
    }
}

impl<'a> IntoIterator for &'a Variables {
    type Item = &'a Seen;
    type IntoIter = slice::Iter<'a, Seen>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
