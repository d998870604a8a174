//! A connection given as separate variables.

use super::ambiguity::{Ambiguity, Flaw, Part, Problem};
use super::engine::{Encryption, Engine};
use super::{Address, Target, grammar, slip};
use crate::secret::Secret;

/// The values of a connection that is given in several variables.
///
/// `None` is a variable that is not set. The host may be the directory of a
/// PostgreSQL socket.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'a> {
    /// The host, or a socket's directory.
    pub host: &'a Secret,
    /// The port; the engine's default where it is not set.
    pub port: Option<&'a Secret>,
    /// The database.
    pub database: &'a Secret,
    /// The user.
    pub user: &'a Secret,
    /// The password, as it is: nothing is decoded. An empty one is none.
    pub password: Option<&'a Secret>,
    /// The engine's own word for the encryption.
    pub encryption: Option<&'a Secret>,
}

impl Target {
    /// Judges a connection that is given in several variables.
    ///
    /// # Errors
    ///
    /// Names the first part that the grammar of a URL would not hold either.
    pub fn from_parts(engine: Engine, parts: Parts<'_>) -> Result<Self, Ambiguity> {
        read(engine, parts).map_err(|flaw| Ambiguity::new(flaw, None))
    }
}

fn read(engine: Engine, parts: Parts<'_>) -> Result<Target, Flaw> {
    let Parts { host, port, database, user, password, encryption } = parts;
    let port = port.map(|port| part(Part::Port, port, grammar::port)).transpose()?;
    Ok(Target {
        engine,
        address: address(engine, host, port)?,
        database: part(Part::Database, database, grammar::database)?,
        user: part(Part::User, user, |name| grammar::user(name.to_owned()))?,
        password: password.map(secret).transpose()?.flatten(),
        encryption: match encryption {
            Some(word) => part(Part::Encryption, word, |word| encrypt(engine, word))?,
            None => Encryption::Unstated,
        },
        parameters: Vec::new(),
    })
}

/// Reads one part, and tells the slip behind a refusal.
fn part<T>(
    part: Part,
    value: &Secret,
    read: impl FnOnce(&str) -> Result<T, Problem>,
) -> Result<T, Flaw> {
    let text = value.expose();
    let found = match slip::wrapping(text).filter(|problem| *problem != Problem::Empty) {
        Some(problem) => Err(problem),
        None if slip::placeholder(text).is_some() => Err(Problem::Unexpanded),
        None => read(text),
    };
    found.map_err(|problem| Flaw(part, problem))
}

fn address(engine: Engine, host: &Secret, port: Option<u16>) -> Result<Address, Flaw> {
    if !host.expose().starts_with('/') {
        part(Part::Host, host, grammar::host)?;
        let port = port.unwrap_or(engine.default_port());
        return Ok(Address::Tcp { host: host.expose().to_owned(), port });
    }
    match engine {
        Engine::MySql => Err(Flaw(Part::Host, Problem::SocketOfMySql)),
        Engine::Postgres if port.is_some_and(|port| port != engine.default_port()) => {
            Err(Flaw(Part::Port, Problem::SocketPort))
        }
        Engine::Postgres => {
            let directory = part(Part::Host, host, grammar::directory)?;
            Ok(Address::Socket { directory })
        }
    }
}

fn secret(value: &Secret) -> Result<Option<Secret>, Flaw> {
    match grammar::password(value.expose().to_owned()) {
        Ok(_) => Ok(Some(value.clone())),
        Err(Problem::PasswordEmpty) => Ok(None),
        Err(problem) => Err(Flaw(Part::Password, problem)),
    }
}

fn encrypt(engine: Engine, word: &str) -> Result<Encryption, Problem> {
    engine.dialect().read_encryption(word).ok_or(Problem::EncryptionWord)
}
