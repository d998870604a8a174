//! Small texts: random words, quoted names and values, URLs.

use std::fs::File;
use std::io::Read;

/// Makes a word from `bytes` random bytes in hexadecimal.
pub(crate) fn word(bytes: usize) -> String {
    let mut random = vec![0; bytes];
    let mut source = File::open("/dev/urandom").expect("/dev/urandom opens");
    source.read_exact(&mut random).expect("/dev/urandom is read");
    random.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Quotes the name of a role, a database or a setting for SQL.
pub(crate) fn name(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// Quotes a value for SQL and for `postgresql.conf`.
pub(crate) fn value(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Makes the URL of a database on the loopback.
pub(crate) fn url(scheme: &str, user: &str, password: &str, port: u16, database: &str) -> String {
    let [user, password, database] = [user, password, database].map(encoded);
    format!("{scheme}://{user}:{password}@localhost:{port}/{database}")
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let encode = |byte: u8| match plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}
