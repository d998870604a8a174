//! What the database engines differ in, as data.

use std::fmt;

use super::{mysql, parameter::Kind, postgres};
use crate::named::named;

named! {
    /// A kind of database server.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
    pub enum Engine {
        /// PostgreSQL and what speaks its protocol.
        #[default]
        Postgres = "postgres",
        /// MySQL and MariaDB.
        MySql = "mysql",
    }
}

impl Engine {
    /// The scheme of its canonical URLs, which messages use as its name.
    pub const fn scheme(self) -> &'static str {
        match self {
            Self::Postgres => "postgresql",
            Self::MySql => "mysql",
        }
    }

    /// The port that every driver takes where none is written.
    pub const fn default_port(self) -> u16 {
        match self {
            Self::Postgres => 5432,
            Self::MySql => 3306,
        }
    }

    /// The variables with which a driver leaves the address it was given.
    pub const fn movers(self) -> &'static [&'static str] {
        match self {
            Self::Postgres => postgres::MOVERS,
            Self::MySql => mysql::MOVERS,
        }
    }

    /// The engine whose drivers leave an address for the variable called `name`.
    pub fn moved_by(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|engine| engine.movers().contains(&name))
    }

    /// Whether every address that is accepted says what the mover called `name`
    /// does, so that it moves nothing.
    pub fn always_says(self, name: &str) -> bool {
        match self {
            Self::Postgres => STATED.contains(&name),
            Self::MySql => false,
        }
    }

    /// The engine of a scheme, in any letter case.
    pub(super) fn of_scheme(scheme: &str) -> Option<Self> {
        let is = |names: &[&str]| names.iter().any(|name| scheme.eq_ignore_ascii_case(name));
        if is(&["postgresql", "postgres"]) {
            Some(Self::Postgres)
        } else if is(&["mysql", "mariadb"]) {
            Some(Self::MySql)
        } else {
            None
        }
    }

    pub(super) const fn dialect(self) -> &'static Dialect {
        match self {
            Self::Postgres => &postgres::DIALECT,
            Self::MySql => &mysql::DIALECT,
        }
    }
}

const STATED: &[&str] = &["PGHOST", "PGDATABASE", "PGUSER", "PGUSERNAME"];

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.scheme())
    }
}

/// How much a connection's encryption proves, as the address states it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Encryption {
    /// Nothing is written; each driver has a default of its own.
    #[default]
    Unstated,
    /// Plain text.
    Off,
    /// Encrypted if the server offers it: an attacker decides.
    Opportunistic,
    /// Encrypted, to whoever answers.
    Required,
    /// Encrypted, to somebody with a certificate of a trusted authority.
    VerifyCa,
    /// Encrypted, to the host that was named.
    VerifyFull,
}

/// The words of one engine's URLs.
pub(super) struct Dialect {
    /// With `://`; the canonical one first.
    pub(super) schemes: &'static [&'static str],
    /// The keys that state the encryption; the canonical one first.
    pub(super) encryption_keys: &'static [&'static str],
    /// The values of these keys; of equals, the canonical one first.
    pub(super) encryption: &'static [(&'static str, Encryption)],
    /// The key that names a socket's directory where the URL has no host.
    pub(super) socket_key: Option<&'static str>,
    /// Parameters that move nothing, by what their values may be.
    pub(super) parameters: &'static [(&'static str, Kind)],
    /// Known parameters that can move the connection; named in messages.
    pub(super) movers: &'static [&'static str],
}

impl Dialect {
    pub(super) fn read_encryption(&self, value: &str) -> Option<Encryption> {
        self.encryption.iter().find(|(name, _)| *name == value).map(|(_, encryption)| *encryption)
    }

    pub(super) fn write_encryption(
        &self,
        encryption: Encryption,
    ) -> Option<(&'static str, &'static str)> {
        let key = self.encryption_keys.first()?;
        let (name, _) = self.encryption.iter().find(|(_, meaning)| *meaning == encryption)?;
        Some((key, name))
    }
}
