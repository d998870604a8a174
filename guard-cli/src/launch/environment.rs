//! The environment of a child: what was judged, and no second look.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use koomy_guard::facts::{Facts, Observed, Seen, Variables};
use koomy_guard::gate::Verdict;
use koomy_guard::observe;
use koomy_guard::policy::{Given, Phase, Policy};
use koomy_guard::target::Engine;

use crate::exit::Exit;
use crate::judged::Origin;
use crate::stop::Stop;

/// The variables of the child.
///
/// # Errors
///
/// A value that no process can be given: one that holds NUL.
pub(super) fn of_child(
    policy: &Policy,
    verdict: &Verdict<'_>,
    judged: &Variables,
    origin: Origin,
) -> Result<Vec<(String, OsString)>, Stop> {
    let mut child = match origin {
        Origin::Process => Vec::new(),
        Origin::Files => innocuous(policy),
    };
    for seen in judged.iter().filter(|seen| !moves(policy, &seen.name)) {
        child.push((seen.name.clone(), value(verdict, seen)?));
    }
    Ok(child)
}

/// The judged value, or the canonical form of a connection's URL.
fn value(verdict: &Verdict<'_>, seen: &Seen) -> Result<OsString, Stop> {
    let is_url = |given: &Given| match given {
        Given::Url(name) => name.value == seen.name,
        Given::Parts(_) => false,
    };
    if let Some((_, destination)) =
        verdict.destinations().find(|(connection, _)| is_url(&connection.given))
    {
        return Ok(destination.target.url().expose().into());
    }
    let bytes = seen.value.expose();
    if bytes.contains(&0) {
        let message = format!("`{}` holds a NUL, which cannot be passed to a process", seen.name);
        return Err(Stop::because(Exit::Refused, message));
    }
    Ok(OsStr::from_bytes(bytes).to_owned())
}

/// Whether a driver would leave the judged URL for this variable.
fn moves(policy: &Policy, name: &str) -> bool {
    Engine::moved_by(name).is_some() && !policy.is_part_of_connection(name)
}

/// What every program needs and no env file has, unless the policy speaks of
/// it. What the files say comes later, and wins.
fn innocuous(policy: &Policy) -> Vec<(String, OsString)> {
    let Facts { variables: Observed::Seen(process), .. } = observe::process(Phase::Boot) else {
        return Vec::new();
    };
    let is_free =
        |name: &str| policy.declared(name).is_none() && !policy.is_part_of_connection(name);
    INNOCUOUS
        .iter()
        .filter(|name| is_free(name))
        .filter_map(|name| process.find(name))
        .map(|seen| (seen.name.clone(), OsStr::from_bytes(seen.value.expose()).to_owned()))
        .collect()
}

const INNOCUOUS: &[&str] = &[
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "TERM",
    "TZ",
    "TMPDIR",
    "PWD",
    "LANG",
    "LANGUAGE",
    "LC_ALL",
    "LC_ADDRESS",
    "LC_COLLATE",
    "LC_CTYPE",
    "LC_IDENTIFICATION",
    "LC_MEASUREMENT",
    "LC_MESSAGES",
    "LC_MONETARY",
    "LC_NAME",
    "LC_NUMERIC",
    "LC_PAPER",
    "LC_TELEPHONE",
    "LC_TIME",
];
