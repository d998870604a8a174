//! The MySQL dialect: narrower than any one driver's.
//!
//! `mysql://user[:password]@host[:port]/database[?parameters]`.
//!
//! LIMIT: a socket is refused. No form of its URL is common to the drivers:
//! those that do not know the parameter dial `localhost` by TCP.
//!
//! LIMIT: some drivers ignore the key of the encryption and take another one;
//! the address states an intent, the connection has to prove it.

use super::engine::{Dialect, Encryption};
use super::parameter::Kind;

/// MIRRORS: libmysqlclient and PHP take a port, or a socket for `localhost`, from
/// these where the address says none. `mysql` alone reads `MYSQL_HOST`, and only
/// where no host is given.
pub(super) const MOVERS: &[&str] = &["MYSQL_TCP_PORT", "MYSQL_UNIX_PORT"];

pub(super) static DIALECT: Dialect = Dialect {
    // DELIBERATE: `mariadb://` is refused by most drivers, `mysql://` by none.
    schemes: &["mysql://"],
    encryption_keys: &["ssl-mode", "sslmode"],
    encryption: &[
        ("DISABLED", Encryption::Off),
        ("disabled", Encryption::Off),
        ("PREFERRED", Encryption::Opportunistic),
        ("preferred", Encryption::Opportunistic),
        ("REQUIRED", Encryption::Required),
        ("required", Encryption::Required),
        ("VERIFY_CA", Encryption::VerifyCa),
        ("verify_ca", Encryption::VerifyCa),
        ("VERIFY_IDENTITY", Encryption::VerifyFull),
        ("verify_identity", Encryption::VerifyFull),
    ],
    socket_key: None,
    parameters: &[
        ("charset", Kind::Identifier),
        ("connect_timeout", Kind::Number),
        ("connection_limit", Kind::Number),
        ("pool_timeout", Kind::Number),
    ],
    movers: &[
        "host",
        "hostname",
        "port",
        "db",
        "database",
        "user",
        "username",
        "password",
        "socket",
        "socketpath",
        "unix_socket",
        "protocol",
        "read_default_file",
        "init_command",
    ],
};

#[cfg(test)]
mod tests {
    use crate::secret::Secret;
    use crate::target::{Encryption, Engine, Flaw, Part, Provider, Target};

    fn parse(text: &str) -> Result<Target, (Part, Flaw)> {
        let parsed = Target::parse(Engine::MySql, &Secret::new(text));
        parsed.map_err(|ambiguity| (ambiguity.part(), ambiguity.flaw()))
    }

    #[test]
    fn ordinary_forms_are_accepted() {
        let table = [
            ("mysql://u:p@db/d", vec!["db:3306"], Encryption::Unstated, Provider::Plain),
            (
                "mysql://u@127.0.0.1:3307/d",
                vec!["127.0.0.1:3307"],
                Encryption::Unstated,
                Provider::Local,
            ),
            (
                "mysql://u@localhost/d",
                vec!["localhost:3306", "unix:default"],
                Encryption::Unstated,
                Provider::Local,
            ),
            ("mysql://u:p@h/d?ssl-mode=DISABLED", vec!["h:3306"], Encryption::Off, Provider::Plain),
            (
                "mysql://u:p@h/d?sslmode=preferred",
                vec!["h:3306"],
                Encryption::Opportunistic,
                Provider::Plain,
            ),
            (
                "mysql://u:p@h/d?sslmode=required&charset=utf8mb4",
                vec!["h:3306"],
                Encryption::Required,
                Provider::Plain,
            ),
            (
                "mysql://u:p@h/d?connection_limit=5&ssl-mode=verify_ca",
                vec!["h:3306"],
                Encryption::VerifyCa,
                Provider::Plain,
            ),
            (
                "mysql://u:p@aws.connect.psdb.cloud/d?ssl-mode=VERIFY_IDENTITY",
                vec!["aws.connect.psdb.cloud:3306"],
                Encryption::VerifyFull,
                Provider::PlanetScale,
            ),
            (
                "mysql://u:p@mysql.railway.internal:3306/railway",
                vec!["mysql.railway.internal:3306"],
                Encryption::Unstated,
                Provider::Railway,
            ),
        ];
        for (text, dials, encryption, provider) in table {
            let target = parse(text).unwrap_or_else(|flaw| panic!("{text}: {flaw:?}"));
            assert_eq!(
                (target.dials(), target.encryption(), target.provider()),
                (dials.iter().map(ToString::to_string).collect(), encryption, provider),
                "{text}"
            );
            assert_eq!(parse(target.url().expose()), Ok(target), "{text}");
        }
    }

    #[test]
    fn what_another_driver_reads_otherwise_is_refused() {
        let expected = Engine::MySql;
        let moves = |key| (Part::Query, Flaw::ParameterMoves { key });
        let value = |key| (Part::Query, Flaw::ParameterValue { key });
        let table = [
            ("postgresql://u:p@h/d", (Part::Scheme, Flaw::SchemeOfOtherEngine { expected })),
            ("postgres://u:p@h/d", (Part::Scheme, Flaw::SchemeOfOtherEngine { expected })),
            ("mariadb://u:p@h/d", (Part::Scheme, Flaw::SchemeUnknown)),
            ("mysql+pymysql://u:p@h/d", (Part::Scheme, Flaw::SchemeNamesDriver)),
            ("MySQL://u:p@h/d", (Part::Scheme, Flaw::SchemeUpperCase)),
            ("u:p@tcp(h:3306)/d", (Part::Scheme, Flaw::SchemeMissing)),
            ("mysql://u:p@/d", (Part::Host, Flaw::HostMissing)),
            ("mysql://u:p@/d?host=/tmp", moves("host")),
            ("mysql://u:p@h/d?host=p", moves("host")),
            ("mysql://u:p@h/d?socket=/tmp/mysql.sock", moves("socket")),
            ("mysql://u:p@h/d?socketPath=/tmp/mysql.sock", moves("socketpath")),
            ("mysql://u:p@h/d?unix_socket=/tmp/mysql.sock", moves("unix_socket")),
            (
                "mysql://u:p@h/d?ssl-mode=REQUIRED&sslmode=DISABLED",
                (Part::Query, Flaw::ParameterTwice { key: "ssl-mode" }),
            ),
            ("mysql://u:p@h/d?ssl-mode=Required", value("ssl-mode")),
            ("mysql://u:p@h/d?ssl-mode=require", value("ssl-mode")),
            ("mysql://u:p@h/d?charset=utf8-x", value("charset")),
            ("mysql://u:p@h/d?schema=a", (Part::Query, Flaw::ParameterUnknown)),
            ("mysql://u:p@h/d?ssl={}", (Part::Query, Flaw::ParameterUnknown)),
        ];
        for (text, flaw) in table {
            assert_eq!(parse(text), Err(flaw), "{text}");
        }
    }
}
