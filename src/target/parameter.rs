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

/// Which parameters of `url` nobody vouches for: their numbers and, where they
/// are those of a driver, their names. Nothing that only the URL says.
pub(super) fn unknown(dialect: &Dialect, url: &str) -> String {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let keys = query.split('&').map(|pair| pair.split_once('=').map_or(pair, |(key, _)| key));
    let unknown = (1..).zip(keys).filter(|(_, key)| is_unknown(dialect, key)).take(MOST_TOLD);
    let told = unknown.map(|(number, key)| match OF_DRIVERS.iter().find(|name| **name == key) {
        Some(name) => format!("`{name}`"),
        None => format!("number {number}"),
    });
    told.collect::<Vec<_>>().join(", ")
}

/// Whether nobody vouches for the parameter `key`, and nobody is known to be moved
/// by it.
pub(super) fn is_unknown(dialect: &Dialect, key: &str) -> bool {
    let is_known = dialect.encryption_keys.contains(&key)
        || dialect.socket_key == Some(key)
        || dialect.parameters.iter().any(|(name, _)| *name == key);
    !is_known && foreign(dialect, key) == Flaw::ParameterUnknown
}

/// Whether an unknown parameter, by its name, may say where the connection leads or
/// how it is encrypted, so that a URL without it could mean something else.
pub(super) fn may_matter(key: &str) -> bool {
    let lower = key.to_ascii_lowercase();
    let speaks_of = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let is_of_a_driver = OF_DRIVERS.contains(&key);
    speaks_of(ENCRYPTION)
        || !is_of_a_driver && (speaks_of(DESTINATION) || !key.bytes().all(is_unreserved))
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

const ENCRYPTION: &[&str] = &["ssl", "tls", "encrypt"];
const DESTINATION: &[&str] = &[
    "host", "server", "addr", "port", "db", "database", "user", "pass", "service", "sock", "url",
    "proxy", "endpoint", "branch", "project",
];

const MOST_TOLD: usize = 8;

/// What drivers and frameworks have people write into a URL.
const OF_DRIVERS: &[&str] = &[
    "ApplicationName",
    "allowMultiQueries",
    "allowPublicKeyRetrieval",
    "autoReconnect",
    "binary_parameters",
    "characterEncoding",
    "client_encoding",
    "collation",
    "connectTimeout",
    "connectionLimit",
    "connection_limit",
    "currentSchema",
    "loc",
    "lock_timeout",
    "max_connections",
    "multiStatements",
    "parseTime",
    "pool_max_conns",
    "pool_size",
    "pool_timeout",
    "prepareThreshold",
    "prepared_statement_cache_size",
    "prepared_statements",
    "retryWrites",
    "rewriteBatchedStatements",
    "schema",
    "search_path",
    "serverTimezone",
    "serverVersion",
    "socket_timeout",
    "ssl",
    "sslaccept",
    "sslcert",
    "sslidentity",
    "sslkey",
    "sslmode",
    "ssl-mode",
    "sslpassword",
    "statement_cache_size",
    "statement_timeout",
    "supa",
    "timezone",
    "tls",
    "useSSL",
    "useUnicode",
    "workaround",
    "zeroDateTimeBehavior",
];
