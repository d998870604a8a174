//! Workflow commands of GitHub Actions, one per line.

use std::borrow::Borrow;
use std::fmt::Write;
use std::ptr;

use super::decision::{Decision, Entry, outcome_name};
use super::escape::{data, property, visible};
use super::human;
use crate::finding::Label;
use crate::policy::{Origin, Policy};
use crate::source::{Location, Place, Source};

pub(super) fn decision(decision: &Decision<'_>) -> String {
    match (decision.outcome, decision.unjudged()) {
        (None, _) => notice(&human::permitted(decision)),
        (outcome @ Some(_), Some(why)) => {
            format!("::error title={}::{}\n", property(outcome_name(outcome)), data(why))
        }
        (Some(_), None) => errors(decision.entries(), compiled_in(decision.policy)),
    }
}

pub(super) fn policy_error(entries: &[Entry<'_>]) -> String {
    errors(entries, None)
}

pub(super) fn policy_valid(policy: &Policy) -> String {
    notice(&human::valid(policy))
}

pub(super) fn notice(text: &str) -> String {
    format!("::notice::{}\n", data(&visible(text)))
}

/// The policy's source, if it is not a file of the repository.
fn compiled_in(policy: &Policy) -> Option<&Source> {
    match policy.origin() {
        Origin::BuiltIn | Origin::Embedded => Some(policy.source()),
        Origin::File => None,
    }
}

fn errors<'a, E: Borrow<Entry<'a>>>(
    entries: impl IntoIterator<Item = E>,
    no_file: Option<&Source>,
) -> String {
    let mut out = String::new();
    for entry in entries {
        error(&mut out, entry.borrow(), no_file);
    }
    out
}

fn error(out: &mut String, entry: &Entry<'_>, no_file: Option<&Source>) {
    let title = format!("{}[{}]", entry.severity.name(), entry.rule);
    let _infallible = write!(out, "::error title={}", property(&title));
    if let Some((place, Location { line, column })) = place(&entry.labels, no_file) {
        let file = property(&visible(place.source.name()));
        let _infallible = write!(out, ",file={file},line={line},col={column}");
    }
    let _infallible = write!(out, "::{}", data(&visible(&entry.message)));
    if let Some(help) = &entry.help {
        let _infallible = write!(out, "{}", data(&format!("\nhelp: {}", visible(help))));
    }
    out.push('\n');
}

/// The cause's place or, if that has no lines, the place that decided.
fn place<'a>(labels: &'a [Label], no_file: Option<&Source>) -> Option<(&'a Place, Location)> {
    let places = labels.iter().map(|label| &label.place);
    let mut files = places.filter(|place| !no_file.is_some_and(|no| ptr::eq(no, &*place.source)));
    files.find_map(|place| Some((place, place.location()?)))
}
