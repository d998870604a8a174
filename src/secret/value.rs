//! A variable's value, whatever bytes it is made of.

use std::fmt;

use secrecy::{ExposeSecret, SecretSlice};

use super::Secret;

/// A variable's value: text, or bytes that no text can hold.
///
/// An environment may hold any bytes but NUL, and a file may hold that too.
/// Such a value is a fact like any other: it is kept, so that it can be judged
/// and handed on, and it is never printed.
#[derive(Clone)]
pub enum Value {
    /// UTF-8 without NUL.
    Text(Secret),
    /// Not UTF-8, or holding NUL.
    Bytes(SecretSlice<u8>),
}

impl Value {
    /// Takes bytes out of sight, as text wherever they are text.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        if bytes.contains(&0) {
            return Self::Bytes(bytes.into());
        }
        match String::from_utf8(bytes) {
            Ok(text) => Self::Text(Secret::new(text)),
            Err(error) => Self::Bytes(error.into_bytes().into()),
        }
    }

    /// The text, if the value is text.
    pub fn text(&self) -> Option<&Secret> {
        match self {
            Self::Text(secret) => Some(secret),
            Self::Bytes(_) => None,
        }
    }

    /// The bytes themselves. Whoever calls this must not print them.
    pub fn expose(&self) -> &[u8] {
        match self {
            Self::Text(secret) => secret.expose().as_bytes(),
            Self::Bytes(bytes) => bytes.expose_secret(),
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text(..)",
            Self::Bytes(_) => "Bytes(..)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_utf8_without_nul() {
        let table: [(&[u8], bool); 5] = [
            (b"", true),
            (b"canary", true),
            ("é".as_bytes(), true),
            (b"can\0ary", false),
            (b"can\xffary", false),
        ];
        for (bytes, is_text) in table {
            let value = Value::new(bytes);
            assert_eq!(value.text().is_some(), is_text, "{bytes:?}");
            assert_eq!(value.clone().expose(), bytes, "nothing is lost");
        }
    }

    #[test]
    fn debug_shows_nothing() {
        let shown = format!("{:?} {:?}", Value::new(*b"canary"), Value::new(*b"canary\xff"));
        assert_eq!(shown, "Text(..) Bytes(..)");
    }
}
