//! Values that cannot be printed, and what their form says.
//!
//! Every value of every variable is a [`Secret`] here, whether it deserves the
//! word or not: a guard that had to know first which values may be shown would
//! show the ones it does not know.

mod chance;
mod json;
mod kind;
mod kinds;
mod letters;
mod placeholder;
mod plain;
mod reference;
mod sample;
mod shape;
mod strength;
pub mod value;
mod words;

use std::fmt;

pub(crate) use kind::Recognition;
pub use kind::{Class, Kind};
pub(crate) use placeholder::{Placeholder, is_documentation_host, means_nothing, placeholder};
pub(crate) use strength::{MINIMUM_BITS, is_strong, withstands};

use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

/// A value, kept out of every message by its type.
///
/// No `Display`, no `Serialize`, no `PartialEq`; the memory is wiped on drop.
/// The one way to the value is [`expose`](Self::expose), which is one word to
/// grep for.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes a value out of sight.
    pub fn new(value: impl Into<String>) -> Self {
        Self(SecretString::from(value.into()))
    }

    /// The value itself. Whoever calls this must not print it.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Whether two values are the same, in a time that depends on lengths only.
    pub fn same_as(&self, other: &Self) -> bool {
        self.expose().as_bytes().ct_eq(other.expose().as_bytes()).into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing() {
        let secret = Secret::new("canary-value");
        assert_eq!(format!("{secret:?} {:?}", Some(&secret)), "Secret(..) Some(Secret(..))");
    }

    #[test]
    fn same_as_compares_the_value() {
        let secret = Secret::new("one");
        assert!(secret.same_as(&Secret::new("one")));
        assert!(!secret.same_as(&Secret::new("two")));
        assert!(!secret.same_as(&Secret::new("one ")));
    }
}
