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
