//! The value of a variable, as it was found.

use std::fmt;

use secrecy::{ExposeSecret, SecretSlice};

use super::Secret;

/// The value of a variable.
#[derive(Clone)]
pub enum Value {
    /// UTF-8 without NUL: what programs expect.
    Text(Secret),
    /// Anything else. Kept so that it can be handed on, never shown.
    Bytes(SecretSlice<u8>),
}

impl Value {
    /// Takes text out of sight.
    pub fn text_of(value: impl Into<String>) -> Self {
        Self::from_bytes(value.into().into_bytes())
    }

    /// Sorts bytes into text and the rest.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        if bytes.contains(&0) {
            return Self::Bytes(bytes.into());
        }
        match String::from_utf8(bytes) {
            Ok(text) => Self::Text(Secret::new(text)),
            Err(error) => Self::Bytes(error.into_bytes().into()),
        }
    }

    /// The value, if it is text.
    pub fn text(&self) -> Option<&Secret> {
        match self {
            Self::Text(secret) => Some(secret),
            Self::Bytes(_) => None,
        }
    }

    /// The bytes themselves. Whoever calls this must not print them.
    pub fn expose_bytes(&self) -> &[u8] {
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
