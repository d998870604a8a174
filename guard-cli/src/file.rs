//! The policy of this run.

use std::io::ErrorKind;
use std::path::Path;

use koomy_guard::Policy;
use koomy_guard::observe::file::{self, POLICY_LIMIT, ReadError};
use koomy_guard::report;

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
        None => Policy::built_in(),
        Some(path) => {
            let text = text(path)?;
            if !looks_like_a_policy(&text) {
                return Err(no_policy(path));
            }
            Policy::parse(&file::shown(path), &text)
        }
    };
    parsed.map_err(|error| {
        let report = report::policy_error(console.format, console.style(), TOOL, &error);
        console.print(&report, Exit::Misused)
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

/// Reads a policy file as text.
///
/// # Errors
///
/// [`Exit::Misused`], after the reason was said.
pub(crate) fn text(path: &Path) -> Result<String, Exit> {
    let bytes = file::read(path, POLICY_LIMIT).map_err(|error| unreadable(&error))?;
    String::from_utf8(bytes).map_err(|error| {
        let good = error.as_bytes().iter().take(error.utf8_error().valid_up_to());
        let line = good.filter(|byte| **byte == b'\n').count() + 1;
        misuse(&format!("`{}` is not UTF-8 text: see line {line}", file::shown(path)))
    })
}

/// INVARIANT: reports quote the policy. An env file in its place would be
/// quoted with its values, so that what has nothing of a policy is not parsed.
fn looks_like_a_policy(text: &str) -> bool {
    text.lines().any(|line| {
        let line = line.trim_start_matches(['[', ' ', '\t', '\u{feff}']);
        WORDS.iter().any(|word| line.starts_with(word))
    })
}

fn no_policy(path: &Path) -> Exit {
    misuse(&format!(
        "`{}` does not look like a policy, so nothing of it is shown\n  \
         help: a policy says `version = 1` and has `[environments.NAME]`",
        file::shown(path)
    ))
}

fn unreadable(error: &ReadError) -> Exit {
    misuse(&format!("{error}\n  help: {}", error.help()))
}

/// Where a policy is looked for, and where `init` writes one.
pub(crate) const DEFAULT: &str = "policy.toml";

const WORDS: &[&str] = &["version", "environments", "databases", "connections", "variables"];
