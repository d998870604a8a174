//! The policy of this run.

use std::io::ErrorKind;
use std::path::Path;

use koomy_guard::observe::{self, PolicyFileError};
use koomy_guard::{Policy, report};
use serde_json::{Value, json};

use crate::args::Global;
use crate::console::{Console, TOOL, misuse};
use crate::exit::Exit;

/// Loads the policy of this run; reports what is wrong with it.
///
/// # Errors
///
/// [`Exit::Misused`], after the reason was said.
pub(crate) fn policy(global: &Global, console: Console) -> Result<Policy, Exit> {
    let parsed = match path(global) {
        None => Policy::built_in().map_err(PolicyFileError::from),
        Some(path) => observe::policy_file(path),
    };
    parsed.map_err(|error| match error {
        PolicyFileError::Policy(error) => {
            let report = report::policy_error(console.format, console.style(), TOOL, &error);
            console.print(&report, Exit::Misused)
        }
        error => unreadable(&error),
    })
}

/// The policy, as every document names it.
pub(crate) fn policy_of(policy: &Policy) -> Value {
    json!({"name": policy.name(), "source": policy.origin_name(), "sha256": policy.sha256()})
}

/// The policy file of this run; `None` means the built-in policy.
///
/// DELIBERATE: a `./policy.toml` that is there and cannot be read, such as a
/// link that leads nowhere, is an error and no reason to fall back.
pub(crate) fn path(global: &Global) -> Option<&Path> {
    if let Some(path) = &global.policy {
        return Some(path);
    }
    let default = Path::new(DEFAULT);
    match std::fs::symlink_metadata(default) {
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Ok(_) | Err(_) => Some(default),
    }
}

fn unreadable(error: &PolicyFileError) -> Exit {
    let help = error.help().map(|help| format!("\n  help: {help}")).unwrap_or_default();
    misuse(&format!("{error}{help}"))
}

/// Where a policy is looked for, and where `init` writes one.
pub(crate) const DEFAULT: &str = "policy.toml";
