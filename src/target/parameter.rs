//! The query of a URL: a closed list of keys, each with a closed list of values.

use super::ambiguity::{FlawAt, Part};
use super::engine::{Dialect, Encryption};
use super::flaw::Flaw;
use super::grammar::{is_absolute_path, is_unreserved};

/// What the values of a parameter may be.
pub(super) enum Kind {
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A number of at most nine digits.
    Number,
    /// Unreserved characters.
    Word,
    /// A letter or underscore, then letters, digits and underscores.
    Identifier,
    /// `system`, or an absolute path without anything to expand.
    CertificateFile,
}

impl Kind {
    fn allows(&self, value: &str) -> bool {
        match self {
            Self::OneOf(words) => words.contains(&value),
            Self::Number => {
                matches!(value.len(), 1..=9) && value.bytes().all(|b| b.is_ascii_digit())
            }
            Self::Word => !value.is_empty() && value.bytes().all(is_unreserved),
            Self::Identifier => is_identifier(value),
            Self::CertificateFile => value == "system" || is_absolute_path(value),
        }
    }
}

/// A query that moves nothing.
#[derive(Default)]
pub(super) struct Query<'a> {
    pub(super) encryption: Encryption,
    /// The directory, not yet judged.
    pub(super) socket: Option<&'a str>,
    /// In alphabetical order of the keys, each once.
    pub(super) parameters: Vec<(&'static str, String)>,
}

impl<'a> Query<'a> {
    pub(super) fn parse(dialect: &Dialect, text: &'a str) -> Result<Self, FlawAt> {
        let mut query = Self::default();
        for pair in text.split('&') {
            query.add(dialect, pair).map_err(|flaw| FlawAt(Part::Query, flaw))?;
        }
        Ok(query)
    }

    fn add(&mut self, dialect: &Dialect, pair: &'a str) -> Result<(), Flaw> {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if key.is_empty() {
            return Err(Flaw::ParameterEmpty);
        }
        if dialect.encryption_keys.contains(&key) {
            return self.encrypt(dialect, value);
        }
        if dialect.socket_key == Some(key) {
            return match self.socket.replace(value) {
                Some(_) => Err(Flaw::ParameterMoves { key: "host" }),
                None => Ok(()),
            };
        }
        let Some((name, kind)) = dialect.parameters.iter().find(|(name, _)| *name == key) else {
            return Err(foreign(dialect, key));
        };
        match self.parameters.binary_search_by(|(known, _)| known.cmp(name)) {
            Ok(_) => Err(Flaw::ParameterTwice { key: name }),
            Err(_) if !kind.allows(value) => Err(Flaw::ParameterValue { key: name }),
            Err(place) => {
                self.parameters.insert(place, (name, value.to_owned()));
                Ok(())
            }
        }
    }

    fn encrypt(&mut self, dialect: &Dialect, value: &str) -> Result<(), Flaw> {
        let key = dialect.encryption_keys.first().copied().unwrap_or_default();
        if self.encryption != Encryption::Unstated {
            return Err(Flaw::ParameterTwice { key });
        }
        self.encryption = dialect.read_encryption(value).ok_or(Flaw::ParameterValue { key })?;
        Ok(())
    }
}

fn foreign(dialect: &Dialect, key: &str) -> Flaw {
    if key.contains('%') {
        return Flaw::ParameterEncoded;
    }
    match dialect.movers.iter().find(|mover| mover.eq_ignore_ascii_case(key)) {
        Some(mover) => Flaw::ParameterMoves { key: mover },
        None => Flaw::ParameterUnknown,
    }
}

fn is_identifier(value: &str) -> bool {
    let mut bytes = value.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
