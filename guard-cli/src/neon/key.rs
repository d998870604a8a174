//! The key to Neon's API.

use koomy_guard::secret::Secret;
use thiserror::Error;
use ureq::http::HeaderValue;

/// A key to Neon's API.
///
/// It goes into one header and nowhere else. It may read more than this program
/// does, passwords among it.
pub(crate) struct Key(HeaderValue);

impl Key {
    /// The key of this process's environment.
    ///
    /// # Errors
    ///
    /// [`KeyError`]; the value is never repeated.
    #[expect(clippy::disallowed_methods, reason = "the guard's own key, which is not judged")]
    pub(crate) fn of_environment() -> Result<Self, KeyError> {
        let value = std::env::var_os(NAME).filter(|value| !value.is_empty());
        let value = value.ok_or(KeyError::Missing)?.into_string().map_err(|_| KeyError::NoKey)?;
        Self::parse(&Secret::new(value))
    }

    /// The header that carries the key.
    pub(super) fn header(&self) -> HeaderValue {
        self.0.clone()
    }

    fn parse(secret: &Secret) -> Result<Self, KeyError> {
        let is_key = secret.expose().bytes().all(|byte| byte.is_ascii_graphic());
        let header = Secret::new(format!("Bearer {}", secret.expose()));
        let header = HeaderValue::from_str(header.expose()).ok().filter(|_| is_key);
        let mut header = header.ok_or(KeyError::NoKey)?;
        header.set_sensitive(true);
        Ok(Self(header))
    }
}

/// An environment that gives no key.
#[derive(Debug, Error)]
pub(crate) enum KeyError {
    #[error("`{NAME}` is not set")]
    Missing,
    #[error(
        "`{NAME}` does not hold a key: it has a space, a line break or another character that keys never have"
    )]
    NoKey,
}

impl KeyError {
    /// The way out.
    pub(crate) const fn help(&self) -> &'static str {
        match self {
            Self::Missing => {
                "make a key in Neon's console that may read the policy's projects, and set it for \
                 this command alone"
            }
            Self::NoKey => "set it to the key alone",
        }
    }
}

const NAME: &str = "NEON_API_KEY";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_one_word() {
        for (value, is_key) in [
            ("canary-value", true),
            ("canary value", false),
            ("canary\n", false),
            ("canary\r\nX: y", false),
            ("canary\u{e9}", false),
        ] {
            match Key::parse(&Secret::new(value)) {
                Ok(key) => {
                    assert!(is_key, "{value:?}");
                    assert!(!format!("{:?}", key.header()).contains("canary"));
                }
                Err(error) => {
                    assert!(!is_key && !format!("{error}{error:?}").contains("canary"));
                }
            }
        }
    }
}
