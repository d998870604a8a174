//! Workflow commands of GitHub Actions, one per line.

use std::borrow::Borrow;
use std::fmt::Write;

use super::decision::{Decision, Entry};
use super::escape::{data, property, visible};
use super::human;
use super::place::Files;
use crate::finding::{Label, Ruling};
use crate::policy::Policy;
use crate::policy::diff::{Change, Direction};
use crate::source::{Location, Place};

pub(super) fn decision(decision: &Decision<'_>) -> String {
    match (decision.ruling, decision.unjudged()) {
        (Ruling::Permitted, _) => notice(&human::permitted(decision)),
        (ruling @ (Ruling::Refused | Ruling::Undecided), Some(why)) => {
            format!("::error title={}::{}\n", property(ruling.name()), data(why))
        }
        (Ruling::Refused | Ruling::Undecided, None) => {
            errors(decision.entries(), Files::beside(decision.policy))
        }
    }
}

pub(super) fn policy_error(entries: &[Entry<'_>]) -> String {
    errors(entries, Files::all())
}

pub(super) fn policy_valid(policy: &Policy) -> String {
    notice(&human::valid(policy))
}

/// What got looser, and a notice of everything else.
pub(super) fn changes(looser: &[Entry<'_>], changes: &[Change]) -> String {
    let others = changes.iter().filter(|change| change.direction != Direction::Looser);
    let notices: String = others.map(|change| notice(&human::changed(change))).collect();
    match changes {
        [] => notice(human::UNCHANGED),
        [..] => errors(looser, Files::all()) + &notices,
    }
}

pub(super) fn notice(text: &str) -> String {
    format!("::notice::{}\n", data(&visible(text)))
}

fn errors<'a, E: Borrow<Entry<'a>>>(
    entries: impl IntoIterator<Item = E>,
    files: Files<'_>,
) -> String {
    let mut out = String::new();
    for entry in entries {
        error(&mut out, entry.borrow(), files);
    }
    out
}

fn error(out: &mut String, entry: &Entry<'_>, files: Files<'_>) {
    let title = format!("{}[{}]", entry.severity.name(), entry.rule);
    let _infallible = write!(out, "::error title={}", property(&title));
    if let Some((place, Location { line, column })) = place(&entry.labels, files) {
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
fn place<'a>(labels: &'a [Label], files: Files<'_>) -> Option<(&'a Place, Location)> {
    let place = labels.iter().map(|label| &label.place).find(|place| files.have_line(place))?;
    Some((place, place.location()?))
}
