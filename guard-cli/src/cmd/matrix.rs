//! `check --matrix`: several environments side by side.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use clap::builder::{OsStringValueParser, TypedValueParser};
use koomy_guard::facts::Facts;
use koomy_guard::gate::{Gate, compare};
use koomy_guard::policy::Phase;
use koomy_guard::{Policy, observe};

use crate::console::Console;
use crate::exit::Exit;
use crate::live::Asking;
use crate::names;
use crate::stop::Stop;

/// `NAME=FILE`
#[derive(Clone, Debug)]
pub(super) struct Pair {
    name: String,
    file: PathBuf,
}

/// Judges the environments, each with its files, and compares them.
///
/// # Errors
///
/// Fewer than two environments, or one that the policy does not have.
pub(super) fn run(
    policy: &Policy,
    pairs: &[Pair],
    phase: Phase,
    asking: Asking,
    console: Console,
) -> Result<Exit, Stop> {
    let names = names(pairs);
    if names.len() < 2 {
        return Err(Stop::misuse(
            "`--matrix` compares at least two environments; give `NAME=FILE` of another",
        ));
    }
    let mut facts: Vec<Facts> = Vec::new();
    for name in &names {
        let expected = Some(names::environment(policy, name)?.name.value.clone());
        let files: Vec<_> =
            pairs.iter().filter(|pair| pair.name == *name).map(|p| &p.file).collect();
        let seen = Facts { expected, ..observe::env_files(&files, phase) };
        facts.push(asking.ask(Gate::Boot, policy, seen));
    }
    let comparison = compare(policy, &facts);
    comparison.verdicts.iter().for_each(|verdict| console.note(verdict));
    let report = console.report().comparison(policy, &comparison);
    Ok(console.print(&report, Exit::of(comparison.ruling())))
}

/// The names, in the order in which they first come.
fn names(pairs: &[Pair]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for Pair { name, .. } in pairs {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}

/// Reads `NAME=FILE`; the name ends at the first `=`.
pub(super) fn pair() -> impl TypedValueParser<Value = Pair> {
    OsStringValueParser::new().try_map(|text| {
        let bytes = text.as_bytes();
        let at = bytes.iter().position(|byte| *byte == b'=').ok_or(NO_PAIR)?;
        let (name, file) = bytes.split_at_checked(at).ok_or(NO_PAIR)?;
        match (std::str::from_utf8(name), file.strip_prefix(b"=")) {
            (Ok(name), Some(file)) if !name.is_empty() && !file.is_empty() => {
                Ok(Pair { name: name.to_owned(), file: OsStr::from_bytes(file).into() })
            }
            (Ok(_) | Err(_), _) => Err(NO_PAIR),
        }
    })
}

const NO_PAIR: &str = "write the name of an environment, `=`, and a file";
