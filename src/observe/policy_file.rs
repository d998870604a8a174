//! A policy from a file.

use std::path::{Path, PathBuf};

use thiserror::Error;

use super::file::{self, POLICY_LIMIT, ReadError};
use crate::policy::{Policy, PolicyError, may_be_shown};

/// Reads a policy from a file, for [`boot_with`](crate::boot_with) and the other gates.
///
/// # Errors
///
/// - [`PolicyFileError::Unreadable`] when the file cannot be read.
/// - [`PolicyFileError::NotText`] when it is not UTF-8.
/// - [`PolicyFileError::NotAPolicy`] when it does not look like a policy at all.
/// - [`PolicyFileError::Policy`] when the policy has problems.
pub fn policy_file(path: &Path) -> Result<Policy, PolicyFileError> {
    let name = file::shown(path);
    let text = policy_text(path)?;
    Policy::parse(&name, &text).map_err(|error| match may_be_shown(&text) {
        true => PolicyFileError::Policy(error),
        false => PolicyFileError::NotAPolicy { path: PathBuf::from(name.as_str()) },
    })
}

fn policy_text(path: &Path) -> Result<String, PolicyFileError> {
    let bytes = file::read(path, POLICY_LIMIT)?;
    String::from_utf8(bytes).map_err(|error| {
        let good = error.as_bytes().iter().take(error.utf8_error().valid_up_to());
        let line = good.filter(|byte| **byte == b'\n').count() + 1;
        PolicyFileError::NotText { path: PathBuf::from(file::shown(path)), line }
    })
}

/// Why a file gives no policy.
#[derive(Error)]
#[non_exhaustive]
pub enum PolicyFileError {
    /// The file cannot be read.
    #[error(transparent)]
    Unreadable(#[from] ReadError),
    /// The file is not UTF-8.
    #[error("`{}` is not UTF-8 text: see line {line}", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
        /// The line of the first wrong byte, from 1.
        line: usize,
    },
    /// The file does not look like a policy, so nothing of it may be shown.
    #[error("`{}` does not look like a policy, so nothing of it is shown", path.display())]
    NotAPolicy {
        /// The file.
        path: PathBuf,
    },
    /// It is a policy with problems.
    #[error(transparent)]
    Policy(#[from] PolicyError),
}

impl PolicyFileError {
    /// What to do about it; the problems of a policy have their own help.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::Unreadable(error) => Some(error.help()),
            Self::NotText { .. } => Some("save it as UTF-8"),
            Self::NotAPolicy { .. } => {
                Some("a policy says `version = 1` and has `[environments.NAME]`")
            }
            Self::Policy(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_comes_from_a_file() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let policy = policy_file(&root.join("policy.example.toml")).unwrap();
        assert_eq!(policy.name(), "koomy");
        let said = |name: &str| policy_file(&root.join(name)).unwrap_err();
        assert!(matches!(said("nowhere.toml"), PolicyFileError::Unreadable(_)));
        assert!(matches!(said("src"), PolicyFileError::Unreadable(_)));
        assert!(matches!(said("examples/koomy/local.env"), PolicyFileError::NotAPolicy { .. }));
        assert!(matches!(said("rustfmt.toml"), PolicyFileError::NotAPolicy { .. }));
        for name in ["nowhere.toml", "examples/koomy/local.env"] {
            assert!(said(name).help().is_some(), "{name}");
        }
    }
}
