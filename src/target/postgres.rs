//! The PostgreSQL dialect: what nine measured drivers read alike.
//!
//! `postgresql://user[:password]@host[:port]/database[?parameters]`, and for a
//! Unix socket `postgresql://user[:password]@/database?host=/directory`.

use super::engine::{Dialect, Encryption};
use super::parameter::Kind;

/// Variables with which a driver leaves the PostgreSQL URL it was given.
///
/// The C library alone reads all of them; each of the others reads some.
pub const MOVERS: &[&str] = &[
    "PGHOST",
    "PGHOSTADDR",
    "PGPORT",
    "PGDATABASE",
    "PGUSER",
    "PGUSERNAME",
    "PGSERVICE",
    "PGSERVICEFILE",
    "PGSYSCONFDIR",
    "PGOPTIONS",
    "PGSSLSNI",
    "PGTARGETSESSIONATTRS",
    "PGLOADBALANCEHOSTS",
    "PGREQUIREPEER",
    "PGGSSENCMODE",
    "PGSSLMODE",
    "PGSSLROOTCERT",
    "PGCHANNELBINDING",
    "PGSSLNEGOTIATION",
];

pub(super) static DIALECT: Dialect = Dialect {
    schemes: &["postgresql://", "postgres://"],
    encryption_keys: &["sslmode"],
    encryption: &[
        ("disable", Encryption::Off),
        ("prefer", Encryption::Opportunistic),
        ("allow", Encryption::Opportunistic),
        ("require", Encryption::Required),
        ("verify-ca", Encryption::VerifyCa),
        ("verify-full", Encryption::VerifyFull),
    ],
    socket_key: Some("host"),
    // DELIBERATE: three drivers send a key they do not know to the server as a
    // setting, so the list is closed. None of these is a setting that moves.
    parameters: &[
        ("application_name", Kind::Word),
        ("channel_binding", Kind::OneOf(&["disable", "prefer", "require"])),
        ("connect_timeout", Kind::Number),
        ("connection_limit", Kind::Number),
        ("pgbouncer", Kind::OneOf(&["true", "false"])),
        ("pool_timeout", Kind::Number),
        ("schema", Kind::Identifier),
        ("sslnegotiation", Kind::OneOf(&["postgres", "direct"])),
        ("sslrootcert", Kind::CertificateFile),
        ("target_session_attrs", Kind::OneOf(SESSION_ATTRIBUTES)),
        ("uselibpqcompat", Kind::OneOf(&["true", "false"])),
    ],
    movers: &[
        "host",
        "hostaddr",
        "port",
        "dbname",
        "database",
        "user",
        "username",
        "password",
        "passfile",
        "service",
        "servicefile",
        "options",
        "sslsni",
        "load_balance_hosts",
        "require_auth",
        "search_path",
        "replication",
    ],
};

const SESSION_ATTRIBUTES: &[&str] =
    &["any", "read-write", "read-only", "primary", "standby", "prefer-standby"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;
    use crate::target::{Engine, Target};

    fn parse(query: &str) -> Target {
        let url = Secret::new(format!("postgresql://a:b@h/d?{query}"));
        Target::parse(Engine::Postgres, &url).unwrap_or_else(|why| panic!("{query}: {why}"))
    }

    #[test]
    fn every_word_for_the_encryption_has_its_meaning() {
        let table = [
            ("disable", Encryption::Off),
            ("allow", Encryption::Opportunistic),
            ("prefer", Encryption::Opportunistic),
            ("require", Encryption::Required),
            ("verify-ca", Encryption::VerifyCa),
            ("verify-full", Encryption::VerifyFull),
        ];
        for (word, encryption) in table {
            assert_eq!(parse(&format!("sslmode={word}")).encryption(), encryption, "{word}");
        }
        assert_eq!(parse("schema=a").encryption(), Encryption::Unstated);
    }

    #[test]
    fn every_listed_parameter_is_kept() {
        let table = [
            "application_name=a-b.c_d~1",
            "channel_binding=disable",
            "channel_binding=prefer",
            "channel_binding=require",
            "connect_timeout=0",
            "connect_timeout=123456789",
            "connection_limit=1",
            "pgbouncer=true",
            "pgbouncer=false",
            "pool_timeout=10",
            "schema=_a1",
            "schema=A_b",
            "sslnegotiation=postgres",
            "sslnegotiation=direct",
            "sslrootcert=system",
            "sslrootcert=/etc/ssl/ca-1.2.pem",
            "target_session_attrs=any",
            "target_session_attrs=read-write",
            "target_session_attrs=read-only",
            "target_session_attrs=primary",
            "target_session_attrs=standby",
            "target_session_attrs=prefer-standby",
            "uselibpqcompat=true",
            "uselibpqcompat=false",
        ];
        for pair in table {
            let target = parse(pair);
            let kept: Vec<_> =
                target.parameters().map(|(key, value)| format!("{key}={value}")).collect();
            assert_eq!(kept, [pair]);
        }
    }

    #[test]
    fn the_movers_are_these() {
        let known = "PGHOST PGHOSTADDR PGPORT PGDATABASE PGUSER PGUSERNAME PGSERVICE PGSERVICEFILE \
                     PGSYSCONFDIR PGOPTIONS PGSSLSNI PGTARGETSESSIONATTRS PGLOADBALANCEHOSTS \
                     PGREQUIREPEER PGGSSENCMODE PGSSLMODE PGSSLROOTCERT PGCHANNELBINDING \
                     PGSSLNEGOTIATION";
        assert_eq!(MOVERS.join(" "), known);
    }
}
