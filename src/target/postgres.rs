//! The PostgreSQL dialect: what nine measured drivers read alike.
//!
//! `postgresql://user[:password]@host[:port]/database[?parameters]`, and for a
//! Unix socket `postgresql://user[:password]@/database?host=/directory`.

use super::engine::{Dialect, Encryption};
use super::parameter::Kind;

/// Variables with which a driver leaves the URL it was given.
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
