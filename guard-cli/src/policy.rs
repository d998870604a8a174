//! The policy of this run.

use std::io::ErrorKind;
use std::path::Path;

use koomy_guard::Policy;
use koomy_guard::observe::{self, PolicyFileError};

use crate::args::Global;
use crate::console::Console;
use crate::exit::Exit;
use crate::stop::Stop;

/// Loads the policy of this run.
///
/// # Errors
///
/// What is wrong with it.
pub(crate) fn of_run(global: &Global, console: Console) -> Result<Policy, Stop> {
    let parsed = match path(global) {
        None => Policy::built_in().map_err(PolicyFileError::from),
        Some(path) => observe::policy_file(path),
    };
    parsed.map_err(|error| match error {
        PolicyFileError::Policy(error) => {
            let report = console.report().policy_error(&error);
            Stop::report(Exit::Misused, report)
        }
        error => unreadable(&error),
    })
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

fn unreadable(error: &PolicyFileError) -> Stop {
    let stop = Stop::misuse(error.to_string());
    match error.help() {
        Some(help) => stop.help(help),
        None => stop,
    }
}

/// Where a policy is looked for, and where `init` writes one.
pub(crate) const DEFAULT: &str = "policy.toml";
