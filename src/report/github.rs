//! Workflow commands of GitHub Actions, one a line.

use std::fmt::Write;

use super::decision::{Decision, Entry, outcome_name};
use super::escape::{data, property, visible};
use super::human;
use crate::finding::Label;
use crate::policy::Policy;
use crate::source::{Location, Place};

pub(super) fn decision(decision: &Decision<'_>) -> String {
    match (decision.outcome, decision.unjudged()) {
        (None, _) => notice(&human::permitted(decision)),
        (outcome @ Some(_), Some(why)) => {
            format!("::error title={}::{}\n", property(outcome_name(outcome)), data(why))
        }
        (Some(_), None) => errors(decision.entries()),
    }
}

pub(super) fn policy_error(entries: &[Entry<'_>]) -> String {
    errors(entries)
}

pub(super) fn policy_valid(policy: &Policy) -> String {
    notice(&human::valid(policy))
}

fn notice(text: &str) -> String {
    format!("::notice::{}\n", data(text))
}

fn errors<'a, E: std::borrow::Borrow<Entry<'a>>>(entries: impl IntoIterator<Item = E>) -> String {
    let mut out = String::new();
    for entry in entries {
        error(&mut out, entry.borrow());
    }
    out
}

fn error(out: &mut String, entry: &Entry<'_>) {
    let title = format!("{}[{}]", entry.severity.name(), entry.rule);
    let _infallible = write!(out, "::error title={}", property(&title));
    if let Some((place, Location { line, column })) = place(&entry.labels) {
        let file = property(&visible(place.source.name()));
        let _infallible = write!(out, ",file={file},line={line},col={column}");
    }
    let _infallible = write!(out, "::{}", data(&visible(&entry.message)));
    if let Some(help) = &entry.help {
        let _infallible = write!(out, "{}", data(&format!("\nhelp: {}", visible(help))));
    }
    out.push('\n');
}

/// The cause or, where that has no lines, what decided.
fn place(labels: &[Label]) -> Option<(&Place, Location)> {
    labels.iter().find_map(|label| Some((&label.place, label.place.location()?)))
}
