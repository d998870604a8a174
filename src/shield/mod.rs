//! Finds secrets in what a program sends.
//!
//! A [`Shield`] knows the secrets of the judged snapshot and finds them in a text, whole
//! or in chunks, in any of the forms in which programs leak them: as written; escaped for
//! a URL, for JSON, for a script or for HTML; as base64 at any alignment; in hexadecimal.
//! `docs/shield.md` lists them. It opens nothing and changes nothing.
//!
//! ```
//! use koomy_guard::secret::Secret;
//! use koomy_guard::shield::{Shield, Value};
//!
//! let token = Secret::new("q7Rk2vXw9LmT4bNz8HsD");
//! let shield = Shield::new([Value::secret("API_TOKEN", &token)]);
//! assert!(shield.find(br#"{"status": "fine"}"#).is_none());
//!
//! let leak = shield.find(b"next=%2Fq7Rk2vXw9LmT4bNz8HsD").unwrap();
//! assert_eq!(leak.variable, "API_TOKEN");
//! ```
//!
//! # How it looks
//!
//! Each form has at least a certain number of bytes, so that sampling a text at regular
//! distances cannot miss one. A bitmap contains every window of a few bytes that can
//! begin near the beginning of any form, and one window of the text is looked up at each
//! distance. What the bitmap knows is compared in full. So throughput depends on the
//! length of the shortest secret, and hardly on the number of secrets or their alphabet.

mod escape;
mod form;
mod scan;
mod stream;
mod style;
mod table;
#[cfg(test)]
mod tests;
mod watched;
mod windows;

use std::fmt;
use std::sync::Arc;

pub use form::Written;
pub use stream::Stream;
pub use watched::{Omission, Part, Value};

use scan::Scanner;
use watched::Watched;

/// The secrets that must not leave; cheap to clone.
#[derive(Clone)]
pub struct Shield(Arc<Inner>);

struct Inner {
    watched: Vec<Watched>,
    omitted: Vec<Omission>,
    scanner: Scanner,
}

impl Shield {
    /// Makes a shield that looks for these values.
    ///
    /// A value that is too easy to guess is left out, since it would be found where
    /// nobody put it: see [`omitted`](Self::omitted).
    pub fn new<'a>(values: impl IntoIterator<Item = Value<'a>>) -> Self {
        let (watched, omitted) = watched::all(values);
        let scanner = Scanner::new(watched.iter().map(|watched| &watched.secret));
        Self(Arc::new(Inner { watched, omitted, scanner }))
    }

    /// Returns the first leak in a whole text.
    pub fn find(&self, text: &[u8]) -> Option<Leak<'_>> {
        self.0.scanner.find(text).map(|form| self.leak(form))
    }

    /// Starts a search in a text that comes in chunks.
    pub fn stream(&self) -> Stream {
        Stream::new(self.clone())
    }

    /// The variables whose values are not looked for, with the part that is left out.
    pub fn omitted(&self) -> &[Omission] {
        &self.0.omitted
    }

    /// The variables whose values are looked for, in the given order.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        // The parts of one value are adjacent.
        let same = |one: &Watched, other: &Watched| one.variable == other.variable;
        let first = self.0.watched.chunk_by(same).filter_map(<[_]>::first);
        first.map(|watched| watched.variable.as_str())
    }

    fn scanner(&self) -> &Scanner {
        &self.0.scanner
    }

    fn leak(&self, found: scan::Found) -> Leak<'_> {
        let watched = self.0.watched.get(found.of);
        Leak {
            variable: watched.map_or("", |watched| &watched.variable),
            part: watched.map_or(Part::Whole, |watched| watched.part),
            written: found.written,
        }
    }
}

impl fmt::Debug for Shield {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Shield").field(&self.variables().collect::<Vec<_>>()).finish()
    }
}

/// A secret where it must not be; says which, and shows nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Leak<'a> {
    /// The variable that holds the secret.
    pub variable: &'a str,
    /// The part of its value that was found.
    pub part: Part,
    /// The form in which it was found.
    pub written: Written,
}
