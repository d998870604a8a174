//! Chooses the values that are looked for.

use std::borrow::Cow;

use crate::secret::{MINIMUM_BITS, Secret, withstands};

/// A variable's value that must not leave.
#[derive(Clone, Copy, Debug)]
pub struct Value<'a> {
    variable: &'a str,
    secret: &'a Secret,
    kind: Kind,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    /// With at least this many bits.
    Secret(u32),
    Connection,
    Address,
}

impl<'a> Value<'a> {
    /// Makes the value of a secret, which is looked for if it is strong.
    ///
    /// If it is a URL with a password, the password alone is looked for as well.
    pub const fn secret(variable: &'a str, secret: &'a Secret) -> Self {
        Self { variable, secret, kind: Kind::Secret(MINIMUM_BITS) }
    }

    /// Sets how many bits of guessing the secret must withstand to be looked for: as many
    /// as a policy says are enough for it, but at least 40.
    pub const fn of_bits(mut self, bits: u32) -> Self {
        self.kind = match self.kind {
            Kind::Secret(_) if bits < FEWEST_BITS => Kind::Secret(FEWEST_BITS),
            Kind::Secret(enough) if bits < enough => Kind::Secret(bits),
            Kind::Secret(_) | Kind::Connection | Kind::Address => self.kind,
        };
        self
    }

    /// Makes the value of a database's URL.
    ///
    /// If it has a password, however weak, the whole URL is looked for; the password
    /// alone if it is strong.
    pub const fn connection(variable: &'a str, secret: &'a Secret) -> Self {
        Self { variable, secret, kind: Kind::Connection }
    }

    /// Makes a value that may be a URL with a password, and is looked for only then.
    pub const fn address(variable: &'a str, secret: &'a Secret) -> Self {
        Self { variable, secret, kind: Kind::Address }
    }
}

/// The part of a variable's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Part {
    /// All of it.
    Whole,
    /// The password in the URL.
    Password,
    /// One line of the key.
    Line,
}

impl Part {
    /// The words for it, for the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Whole => "the value",
            Self::Password => "the password",
            Self::Line => "a line of the value",
        }
    }
}

/// A variable whose value is not looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Omission {
    /// The variable.
    pub variable: String,
    /// The part of its value.
    pub part: Part,
}

/// A text that is looked for.
pub(super) struct Watched {
    pub(super) variable: String,
    pub(super) part: Part,
    pub(super) secret: Secret,
}

/// What is looked for of these values, and what is left out.
pub(super) fn all<'a>(
    values: impl IntoIterator<Item = Value<'a>>,
) -> (Vec<Watched>, Vec<Omission>) {
    let (mut watched, mut omitted) = (Vec::new(), Vec::new());
    for value in values {
        let text = value.secret.expose().trim();
        let passwords = passwords(text);
        let whole = match value.kind {
            Kind::Secret(bits) => is_found_by_chance(text, bits),
            Kind::Connection | Kind::Address if !passwords.is_empty() => text.len() < MIN_BYTES,
            Kind::Connection => is_found_by_chance(text, MINIMUM_BITS),
            Kind::Address => continue,
        };
        let parts = [(Part::Whole, Secret::new(text), whole)].into_iter();
        let passwords = passwords.into_iter().map(|password| {
            let weak = is_found_by_chance(password.expose(), MINIMUM_BITS);
            (Part::Password, password, weak)
        });
        let lines = lines(text).map(|line| (Part::Line, Secret::new(line), false));
        for (part, secret, weak) in parts.chain(passwords).chain(lines) {
            let variable = value.variable.to_owned();
            if weak {
                omitted.push(Omission { variable, part });
            } else {
                watched.push(Watched { variable, part, secret });
            }
        }
    }
    omitted.dedup();
    (watched, omitted)
}

/// Whether a text like this occurs in answers by chance.
fn is_found_by_chance(text: &str, bits: u32) -> bool {
    text.len() < MIN_BYTES || !withstands(text, bits)
}

/// The passwords in a URL, as written and decoded.
fn passwords(text: &str) -> Vec<Secret> {
    let written = text.split_once("://").and_then(|(_, rest)| {
        let authority = rest.split(['/', '?', '#']).next()?;
        let user = match authority.rsplit_once('@') {
            Some((user, _)) => user,
            // A password with a character that should have been escaped; a port is not
            // one.
            None => {
                let (_, begun) = authority.split_once(':')?;
                let is_port = begun.bytes().all(|byte| byte.is_ascii_digit());
                rest.rsplit_once('@').filter(|_| !is_port)?.0
            }
        };
        user.split_once(':').map(|(_, password)| password)
    });
    let Some(written) = written.filter(|password| !password.is_empty()) else { return Vec::new() };
    let meant = decoded(written);
    let meant = (meant != written).then(|| Secret::new(meant));
    [Secret::new(written)].into_iter().chain(meant).collect()
}

/// Decodes percent signs that are followed by two hexadecimal digits.
fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let digits = tail.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let digits = digits.filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        rest = match byte.filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                tail.get(2..).unwrap_or_default()
            }
            None => {
                bytes.push(*first);
                tail
            }
        };
    }
    String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// The lines of a key in PEM, which other programs break at other places.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let sign = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
    let several = text.contains('\n');
    let lines = text.lines().map(str::trim).filter(move |_| several);
    lines.filter(move |line| line.len() >= MIN_LINE_BYTES && line.bytes().all(sign))
}

/// Nothing shorter is looked for.
pub(super) const MIN_BYTES: usize = 8;
const FEWEST_BITS: u32 = 40;
const MIN_LINE_BYTES: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    type Parts = &'static [Part];

    #[test]
    fn what_is_looked_for_is_strong_or_a_connection() {
        let strong = "q7Rk2vXw9LmT4bNz8HsD";
        let url = |password: &str| format!("postgresql://app:{password}@db.shop.example/shop");
        let (secret, connection, address) =
            (Kind::Secret(MINIMUM_BITS), Kind::Connection, Kind::Address);
        let weak = Kind::Secret(FEWEST_BITS);
        // (what it is, how it is given, the value, what is looked for, what is left out)
        let table: [(&str, Kind, String, Parts, Parts); 15] = [
            ("secret", secret, strong.to_owned(), &[Part::Whole], &[]),
            ("with blanks", secret, format!(" {strong}\n"), &[Part::Whole], &[]),
            ("test", secret, "test".to_owned(), &[], &[Part::Whole]),
            ("true", secret, "true".to_owned(), &[], &[Part::Whole]),
            ("port", secret, "54321".to_owned(), &[], &[Part::Whole]),
            ("empty", secret, String::new(), &[], &[Part::Whole]),
            ("word", secret, "productionproduction".to_owned(), &[], &[Part::Whole]),
            ("short", secret, "q7Rk2vXw".to_owned(), &[], &[Part::Whole]),
            ("short, and enough", weak, "q7Rk2vXw".to_owned(), &[Part::Whole], &[]),
            ("word, and enough", weak, "production".to_owned(), &[], &[Part::Whole]),
            ("url", secret, url(strong), &[Part::Whole, Part::Password], &[]),
            ("url", connection, url("postgres"), &[Part::Whole], &[Part::Password]),
            ("url", address, url(strong), &[Part::Whole, Part::Password], &[]),
            ("plain url", address, "https://www.shop.example/q7Rk2vXw9LmT".to_owned(), &[], &[]),
            ("local", connection, "postgresql://localhost/shop".to_owned(), &[], &[Part::Whole]),
        ];
        for (what, kind, value, looked_for, left_out) in table {
            let (variable, secret) = ("NAME", &Secret::new(value));
            let (watched, omitted) = all([Value { variable, secret, kind }]);
            let watched: Vec<_> = watched.iter().map(|watched| watched.part).collect();
            let omitted: Vec<_> = omitted.iter().map(|omission| omission.part).collect();
            assert_eq!((&*watched, &*omitted), (looked_for, left_out), "{what}");
        }
    }

    #[test]
    fn a_variable_is_named_once_whatever_is_looked_for_of_it() {
        let url = Secret::new("redis://app:q7Rk2vXw9LmT4bNz8HsD@cache.shop.example");
        let (weak, strong) = (Secret::new("test"), Secret::new("Wd3nC6yJ5pGfZ8sX"));
        let values = [
            Value::address("CACHE_URL", &url),
            Value::secret("MODE", &weak),
            Value::secret("TOKEN", &strong),
        ];
        let shield = crate::shield::Shield::new(values);
        assert_eq!(shield.variables().collect::<Vec<_>>(), ["CACHE_URL", "TOKEN"]);
        assert_eq!(format!("{shield:?}"), "Shield([\"CACHE_URL\", \"TOKEN\"])");
        let omitted: Vec<_> = shield.omitted().iter().map(|it| it.variable.as_str()).collect();
        assert_eq!(omitted, ["MODE"]);
    }

    #[test]
    fn a_policy_may_say_that_fewer_bits_are_enough_but_not_that_few_are() {
        let secret = Secret::new("");
        for (said, enough) in [(0, 40), (40, 40), (50, 50), (64, 64), (200, 64)] {
            let Kind::Secret(bits) = Value::secret("NAME", &secret).of_bits(said).kind else {
                panic!("it is a secret");
            };
            assert_eq!(bits, enough, "{said}");
        }
    }

    #[test]
    fn a_password_is_looked_for_as_written_and_decoded() {
        let table = [
            ("postgresql://app:p%40ss@host/db", vec!["p%40ss", "p@ss"]),
            ("postgresql://app:pass@host/db?a=b@c", vec!["pass"]),
            ("redis://:pass@host", vec!["pass"]),
            ("postgresql://app:pa/ss@host/db", vec!["pa/ss"]),
            ("postgresql://app:p%zz%4@host/db", vec!["p%zz%4"]),
            ("postgresql://app:@host/db", vec![]),
            ("postgresql://app@host/db", vec![]),
            ("https://host/a:b@c", vec![]),
            ("https://host:8080/@user", vec![]),
            ("pass", vec![]),
        ];
        for (url, expected) in table {
            let found = passwords(url);
            let found: Vec<_> = found.iter().map(Secret::expose).collect();
            assert_eq!(found, expected, "{url}");
        }
    }

    #[test]
    fn a_key_is_looked_for_line_by_line() {
        let body = "q7Rk2vXw9LmT4bNz8HsDq7Rk2vXw9LmT4bNz8HsD+/=";
        let key = format!("-----BEGIN PRIVATE KEY-----\n{body}\n{body}\nshort\n-----END");
        assert_eq!(lines(&key).collect::<Vec<_>>(), [body, body]);
        assert_eq!(lines(body).count(), 0, "one line is the whole");
    }
}
