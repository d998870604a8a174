//! A database's address judged: one connection, one meaning, or a refusal.
//!
//! Drivers disagree about URLs: which `@` ends the user, whether `?host=`
//! replaces the host, what a `#` is. [`Target::parse`] reads only the grammar
//! on which they agree, so that what it accepts leads to one place with every
//! driver; everything else is an [`Ambiguity`] that says which part and why.
//!
//! ```
//! use koomy_guard::secret::Secret;
//! use koomy_guard::target::{Engine, Target};
//!
//! let url = Secret::new("postgresql://app:pw@db.example.com/shop?sslmode=require");
//! let target = Target::parse(Engine::Postgres, &url)?;
//! assert_eq!(target.dials(), ["db.example.com:5432"]);
//!
//! let two = Secret::new("postgresql://app:pw@db.example.com/shop?host=other.example.com");
//! assert!(Target::parse(Engine::Postgres, &two).is_err());
//! # Ok::<(), koomy_guard::target::Ambiguity>(())
//! ```
//!
//! What it cannot see: whether a name leads where its owner says, what listens
//! behind `localhost`, and variables such as [`MOVERS`], with which a driver
//! leaves the URL it was given. Whoever accepts a target asks for those too.

mod ambiguity;
mod engine;
mod flaw;
pub(crate) mod grammar;
mod key;
mod mysql;
mod parameter;
mod parts;
mod postgres;
mod provider;
mod repair;
mod slip;
#[cfg(test)]
mod tests;
mod url;

use std::fmt;

pub use ambiguity::{Ambiguity, Part};
pub use engine::{Encryption, Engine};
pub use flaw::Flaw;
pub(crate) use key::DatabaseKey;
pub use parts::Parts;
pub use postgres::MOVERS;
pub use provider::Provider;
pub(crate) use provider::is_pooler;

use crate::address::is_this_machine;
use crate::secret::Secret;

/// A connection with exactly one meaning.
#[derive(Clone)]
pub struct Target {
    engine: Engine,
    address: Address,
    /// Whether the port is written; the canonical URL writes it always.
    states_port: bool,
    /// Never empty; unreserved characters only.
    database: String,
    /// Never empty; no control character and no `:`.
    user: String,
    /// Never empty.
    password: Option<Secret>,
    encryption: Encryption,
    /// In alphabetical order of the keys, each once.
    parameters: Vec<(&'static str, String)>,
}

impl Target {
    /// Judges a URL.
    ///
    /// # Errors
    ///
    /// Refuses whatever is not in the grammar on which the engine's drivers
    /// agree, and names the part.
    pub fn parse(engine: Engine, text: &Secret) -> Result<Self, Ambiguity> {
        let text = text.expose();
        url::parse(engine, text).map_err(|found| {
            let flaw = slip::explain(engine, text, found);
            let ambiguity = Ambiguity::new(flaw, repair::canonical(engine, text, flaw.1));
            match flaw.1 {
                Flaw::ParameterUnknown => {
                    ambiguity.of_parameters(&parameter::unknown(engine.dialect(), text))
                }
                _ => ambiguity,
            }
        })
    }

    /// The engine.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// What is dialed.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// The host, unless it is a socket.
    pub fn host(&self) -> Option<&str> {
        match &self.address {
            Address::Tcp { host, .. } => Some(host),
            Address::Socket { .. } => None,
        }
    }

    /// The port, the default one on a socket.
    pub fn port(&self) -> u16 {
        match &self.address {
            Address::Tcp { port, .. } => *port,
            Address::Socket { .. } => self.engine.default_port(),
        }
    }

    /// Whether the address says its port, so that no driver looks for one.
    pub(crate) fn states_port(&self) -> bool {
        self.states_port
    }

    /// The database.
    pub fn database(&self) -> &str {
        &self.database
    }

    /// The user, as the server sees it.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The password, as the server sees it.
    pub fn password(&self) -> Option<&Secret> {
        self.password.as_ref()
    }

    /// The encryption that the address states.
    pub fn encryption(&self) -> Encryption {
        self.encryption
    }

    /// The other parameters, by key.
    pub fn parameters(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.parameters.iter().map(|(key, value)| (*key, value.as_str()))
    }

    /// Every place that some driver dials: `host:port`, or `unix:` and a path.
    ///
    /// More than one only for MySQL on `localhost`, which the C library and PHP
    /// take as the system's socket, whatever the port.
    pub fn dials(&self) -> Vec<String> {
        match &self.address {
            Address::Socket { directory } => {
                vec![format!("unix:{directory}/.s.PGSQL.{}", self.port())]
            }
            Address::Tcp { host, port } => {
                let tcp = format!("{host}:{port}");
                match self.engine {
                    Engine::MySql if host == "localhost" => vec![tcp, "unix:default".to_owned()],
                    Engine::MySql | Engine::Postgres => vec![tcp],
                }
            }
        }
    }

    /// Whether the host is this machine by its name or address.
    ///
    /// LIMIT: a tunnel or a proxy listens there too.
    pub fn is_loopback(&self) -> bool {
        self.host().is_some_and(is_this_machine)
    }

    /// Whether it is a Unix socket.
    pub fn is_socket(&self) -> bool {
        self.host().is_none()
    }

    /// The canonical URL, password included: what a child process is given.
    pub fn url(&self) -> Secret {
        Secret::new(url::write(self, self.password.as_ref().map(Secret::expose)))
    }

    /// The canonical URL with `PASSWORD` for the password.
    pub fn shown(&self) -> String {
        url::write(self, self.password.as_ref().map(|_| "PASSWORD"))
    }
}

/// What is reached, and how: not whether the default port is written.
impl PartialEq for Target {
    fn eq(&self, other: &Self) -> bool {
        let same_password = match (&self.password, &other.password) {
            (Some(mine), Some(theirs)) => mine.same_as(theirs),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        same_password
            && self.engine == other.engine
            && self.address == other.address
            && self.database == other.database
            && self.user == other.user
            && self.encryption == other.encryption
            && self.parameters == other.parameters
    }
}

impl Eq for Target {}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Target(..)")
    }
}

/// What is dialed.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Address {
    /// A host and a port.
    Tcp {
        /// A lower-case name, or a dotted quad.
        host: String,
        /// Never 0.
        port: u16,
    },
    /// A PostgreSQL socket, `.s.PGSQL.5432` in a directory.
    Socket {
        /// An absolute path without `.`, `..` and a slash at its end.
        directory: String,
    },
}

impl Address {
    fn tcp(engine: Engine, host: &str, port: Option<u16>) -> Self {
        Self::Tcp { host: host.to_owned(), port: port.unwrap_or(engine.default_port()) }
    }

    /// The directory of a socket.
    pub fn socket(&self) -> Option<&str> {
        match self {
            Self::Socket { directory } => Some(directory),
            Self::Tcp { .. } => None,
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tcp { .. } => "Tcp(..)",
            Self::Socket { .. } => "Socket(..)",
        })
    }
}
