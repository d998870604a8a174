//! Why an address was refused, in words that hold nothing of it.

use std::fmt;

use thiserror::Error;

use super::flaw::Flaw;
use crate::secret::Secret;

/// An address that two drivers could read differently.
///
/// INVARIANT: neither `Display` nor `Debug` nor [`help`](Self::help) holds
/// anything of the address. [`canonical`](Self::canonical) does, for the one
/// command that is asked where an address leads.
#[derive(Clone, Error)]
#[error("the {part} {flaw}{unknown}")]
pub struct Ambiguity {
    part: Part,
    flaw: Flaw,
    /// A colon and which parameters are unknown, or nothing.
    unknown: Box<str>,
    canonical: Option<Secret>,
}

impl Ambiguity {
    pub(super) fn new(flaw: FlawAt, canonical: Option<String>) -> Self {
        let FlawAt(part, flaw) = flaw;
        Self { part, flaw, unknown: Box::default(), canonical: canonical.map(Secret::new) }
    }

    /// Names the parameters that are unknown.
    pub(super) fn of_parameters(self, unknown: &str) -> Self {
        Self { unknown: format!(": {unknown}").into(), ..self }
    }

    /// The part that is ambiguous.
    pub fn part(&self) -> Part {
        self.part
    }

    /// What is wrong with it.
    pub fn flaw(&self) -> Flaw {
        self.flaw
    }

    /// The way out.
    pub fn help(&self) -> String {
        self.flaw.help()
    }

    /// The URL that would be accepted, if there is only one candidate.
    ///
    /// It shows host, port, user and database, and `PASSWORD` for the password.
    pub fn canonical(&self) -> Option<&str> {
        self.canonical.as_ref().map(Secret::expose)
    }
}

/// A flaw, and the part that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FlawAt(pub(super) Part, pub(super) Flaw);

/// A part of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// The value as a whole.
    Whole,
    /// What stands before `://`.
    Scheme,
    /// Who connects.
    User,
    /// What the user proves it with.
    Password,
    /// The name, address or socket that is dialed.
    Host,
    /// The port that is dialed.
    Port,
    /// The database that is opened.
    Database,
    /// The parameters after `?`.
    Query,
    /// The encryption, where it is given by itself.
    Encryption,
}

impl Part {
    /// The word that messages use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Whole => "value",
            Self::Scheme => "scheme",
            Self::User => "user",
            Self::Password => "password",
            Self::Host => "host",
            Self::Port => "port",
            Self::Database => "database",
            Self::Query => "query",
            Self::Encryption => "encryption",
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
