//! A connection given as separate variables.

use super::ambiguity::{Ambiguity, FlawAt, Part};
use super::engine::{Encryption, Engine};
use super::flaw::Flaw;
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

fn read(engine: Engine, parts: Parts<'_>) -> Result<Target, FlawAt> {
    let Parts { host, port, database, user, password, encryption } = parts;
    let port = port.map(|port| part(Part::Port, port, grammar::port)).transpose()?;
    Ok(Target {
        engine,
        address: address(engine, host, port)?,
        states_port: port.is_some(),
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
    read: impl FnOnce(&str) -> Result<T, Flaw>,
) -> Result<T, FlawAt> {
    let text = value.expose();
    let found = match slip::wrapping(text).filter(|flaw| *flaw != Flaw::Empty) {
        Some(flaw) => Err(flaw),
        None if slip::placeholder(text).is_some() => Err(Flaw::Unexpanded),
        None => read(text),
    };
    found.map_err(|flaw| FlawAt(part, flaw))
}

fn address(engine: Engine, host: &Secret, port: Option<u16>) -> Result<Address, FlawAt> {
    if !host.expose().starts_with('/') {
        part(Part::Host, host, grammar::host)?;
        return Ok(Address::tcp(engine, host.expose(), port));
    }
    match engine {
        Engine::MySql => Err(FlawAt(Part::Host, Flaw::SocketOfMySql)),
        Engine::Postgres if port.is_some_and(|port| port != engine.default_port()) => {
            Err(FlawAt(Part::Port, Flaw::SocketPort))
        }
        Engine::Postgres => {
            let directory = part(Part::Host, host, grammar::directory)?;
            Ok(Address::Socket { directory })
        }
    }
}

fn secret(value: &Secret) -> Result<Option<Secret>, FlawAt> {
    match grammar::password(value.expose().to_owned()) {
        Ok(_) => Ok(Some(value.clone())),
        Err(Flaw::PasswordEmpty) => Ok(None),
        Err(flaw) => Err(FlawAt(Part::Password, flaw)),
    }
}

fn encrypt(engine: Engine, word: &str) -> Result<Encryption, Flaw> {
    engine.dialect().read_encryption(word).ok_or(Flaw::EncryptionWord)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Host, port, database, user, password, encryption; `-` is not set.
    type Row<'a> = [&'a str; 6];

    fn judge(engine: Engine, row: Row<'_>) -> Result<Target, Ambiguity> {
        let [host, port, database, user, password, encryption] = row.map(Secret::new);
        let set = |value| Some(value).filter(|value: &&Secret| value.expose() != "-");
        let parts = Parts {
            host: &host,
            port: set(&port),
            database: &database,
            user: &user,
            password: set(&password),
            encryption: set(&encryption),
        };
        Target::from_parts(engine, parts)
    }

    #[test]
    fn the_same_connection_is_the_same_target() {
        let raw = "p@/?#:% \\é$";
        let table = [
            (
                Engine::MySql,
                ["db", "3307", "shop", "app", raw, "VERIFY_IDENTITY"],
                "mysql://app:p%40%2F%3F%23%3A%25%20%5C%C3%A9%24@db:3307/shop?ssl-mode=VERIFY_IDENTITY",
            ),
            (
                Engine::MySql,
                ["db", "-", "shop", "app", "-", "required"],
                "mysql://app@db:3306/shop?ssl-mode=REQUIRED",
            ),
            (Engine::MySql, ["db", "-", "shop", "app", "", "-"], "mysql://app@db:3306/shop"),
            (
                Engine::Postgres,
                ["db", "-", "shop", "a@b", "x", "verify-ca"],
                "postgresql://a%40b:x@db:5432/shop?sslmode=verify-ca",
            ),
            (
                Engine::Postgres,
                ["/cloudsql/p:r:i", "5432", "shop", "app", "x", "-"],
                "postgresql://app:x@/shop?host=/cloudsql/p:r:i",
            ),
        ];
        for (engine, row, url) in table {
            let target = judge(engine, row).unwrap_or_else(|why| panic!("{url}: {why}"));
            assert_eq!(target.url().expose(), url);
            assert!(
                Target::parse(engine, &target.url()).is_ok_and(|again| again == target),
                "{url}"
            );
        }
    }

    #[test]
    fn every_part_holds_to_the_grammar() {
        use Flaw as P;
        let table = [
            (["", "-", "d", "u", "-", "-"], Part::Host, P::HostMissing),
            (["H", "-", "d", "u", "-", "-"], Part::Host, P::HostUpperCase),
            (["h ", "-", "d", "u", "-", "-"], Part::Host, P::WhiteSpaceAround),
            (["'h'", "-", "d", "u", "-", "-"], Part::Host, P::Quoted),
            (["${H}", "-", "d", "u", "-", "-"], Part::Host, P::Unexpanded),
            (["h,i", "-", "d", "u", "-", "-"], Part::Host, P::HostTwice),
            (["h:5432", "-", "d", "u", "-", "-"], Part::Host, P::HostHoldsPort),
            (["::1", "-", "d", "u", "-", "-"], Part::Host, P::HostIpv6),
            (["u:p@h", "-", "d", "u", "-", "-"], Part::Host, P::HostName),
            (["@x", "-", "d", "u", "-", "-"], Part::Host, P::HostName),
            (["/x/", "-", "d", "u", "-", "-"], Part::Host, P::SocketDirectory),
            (["/x", "5433", "d", "u", "-", "-"], Part::Port, P::SocketPort),
            (["h", "", "d", "u", "-", "-"], Part::Port, P::PortEmpty),
            (["h", "05432", "d", "u", "-", "-"], Part::Port, P::PortLeadingZero),
            (["h", "0", "d", "u", "-", "-"], Part::Port, P::PortRange),
            (["h", "-", "", "u", "-", "-"], Part::Database, P::DatabaseMissing),
            (["h", "-", "d e", "u", "-", "-"], Part::Database, P::DatabaseCharacter),
            (["h", "-", "d?host=x", "u", "-", "-"], Part::Database, P::DatabaseCharacter),
            (["h", "-", "d", "", "-", "-"], Part::User, P::UserMissing),
            (["h", "-", "d", "u:p", "-", "-"], Part::User, P::UserHoldsColon),
            (["h", "-", "d", "u\n", "-", "-"], Part::User, P::WhiteSpaceAround),
            (["h", "-", "d", "u\0v", "-", "-"], Part::User, P::ControlCharacter),
            (["h", "-", "d", "u", "p\n", "-"], Part::Password, P::ControlCharacter),
            (["h", "-", "d", "u", "project=x;p", "-"], Part::Password, P::PasswordChoosesEndpoint),
            (["h", "-", "d", "u", "-", ""], Part::Encryption, P::EncryptionWord),
            (["h", "-", "d", "u", "-", "REQUIRED"], Part::Encryption, P::EncryptionWord),
        ];
        for (row, part, flaw) in table {
            let Err(ambiguity) = judge(Engine::Postgres, row) else { panic!("accepted: {row:?}") };
            assert_eq!((ambiguity.part(), ambiguity.flaw()), (part, flaw), "{row:?}");
            assert_eq!(ambiguity.canonical(), None);
        }
        let socket = judge(Engine::MySql, ["/x", "-", "d", "u", "-", "-"]).unwrap_err();
        assert_eq!((socket.part(), socket.flaw()), (Part::Host, P::SocketOfMySql));
    }
}
