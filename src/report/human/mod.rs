//! Text for people: one line if permitted; otherwise the place of each finding, with the
//! line of the policy that decided.

mod identity;
mod quote;
mod snippet;

use std::fmt::Write;

pub(super) use self::identity::{identities, known_as};
use self::snippet::Blocks;
use super::decision::{Decision, Entry, Member, Subject};
use super::escape::visible;
use super::{Color, Style, Tool, counted};
use crate::facts::Observed;
use crate::finding::{Finding, Ruling};
use crate::gate::{Note, Verdict};
use crate::policy::diff::Change;
use crate::policy::{Origin, Policy, PolicyError};

pub(super) fn decision(style: Style, tool: Tool, decision: &Decision<'_>) -> String {
    match decision.ruling {
        Ruling::Permitted => line(style, Ruling::Permitted, &permitted(decision)),
        Ruling::Refused | Ruling::Undecided => shut(style, tool, decision),
    }
}

fn shut(style: Style, tool: Tool, decision: &Decision<'_>) -> String {
    let blocks = Blocks::new(style, decision.policy);
    let mut out = String::new();
    for entry in decision.entries() {
        out.push_str(&blocks.write(&entry));
    }
    if let Subject::Several { members, between } = &decision.subject {
        for member in members {
            let ruling = member.verdict.ruling();
            out.push_str(&line(style, ruling, &one_of_several(member)));
        }
        if let Some(outcome) = between.outcome() {
            let findings = counted(between.as_slice().len(), "finding", "findings");
            let text = format!("{}: between them, {findings}", outcome.name());
            out.push_str(&line(style, outcome.into(), &text));
        }
    }
    out.push_str(&line(style, decision.ruling, &summary(tool, decision)));
    out
}

/// Writes the line that says what was permitted.
pub(super) fn permitted(decision: &Decision<'_>) -> String {
    let mut out = format!("permitted: {} (", visible(&who(decision)));
    let policy = decision.policy;
    let (name, source) = (visible(policy.name()), visible(policy.origin_name()));
    let rules = counted(decision.rules_asked.len(), "rule", "rules");
    let _infallible = write!(out, "policy {name}, {source}; {rules} asked");
    match &decision.subject {
        Subject::One { scope: _, seen } => {
            seen.iter().for_each(|verdict| connections(&mut out, verdict));
        }
        Subject::Several { .. } => out.push_str("; nothing is shared"),
    }
    out.push(')');
    out
}

/// Writes a line for each note, and one with the way out.
pub(super) fn notes(verdict: &Verdict<'_>) -> String {
    let text = |Note { message, help, .. }: &Note| {
        format!("note: {}\n  help: {}\n", visible(message), visible(help))
    };
    verdict.notes.iter().map(text).collect()
}

fn connections(out: &mut String, verdict: &Verdict<'_>) {
    for (connection, destination) in verdict.destinations() {
        if let Some(database) = destination.database {
            let (variable, database) = (visible(&destination.variable.name), &database.name.value);
            let _infallible = write!(out, "; {variable} leads to {}", visible(database));
            if let Some(Observed::Seen(_)) = verdict.live.answer(&connection.name.value) {
                out.push_str(", whose server was asked");
            }
        }
    }
}

fn who(decision: &Decision<'_>) -> String {
    match &decision.subject {
        Subject::One { scope, seen: _ } => scope.name().to_owned(),
        Subject::Several { members, between: _ } => {
            members.iter().map(|member| member.name).collect::<Vec<_>>().join(", ")
        }
    }
}

fn one_of_several(member: &Member<'_>) -> String {
    let Member { name, source, verdict } = member;
    let ruling = verdict.ruling();
    let (word, name, source) = (ruling.name(), visible(name), visible(source));
    let mut out = format!("{word}: {name} ({source})");
    if ruling != Ruling::Permitted {
        let findings = counted(verdict.findings.as_slice().len(), "finding", "findings");
        let _infallible = write!(out, ", {findings}");
    }
    out
}

fn summary(tool: Tool, decision: &Decision<'_>) -> String {
    let policy = decision.policy;
    let found = match decision.unjudged() {
        Some(why) => why.to_owned(),
        None => counted(decision.findings.len(), "finding", "findings"),
    };
    let mut out = format!(
        "{}: {found}; {}; policy {} ({})",
        decision.ruling.name(),
        visible(&who(decision)),
        visible(policy.name()),
        visible(policy.origin_name()),
    );
    if let Some(rule) = rule_to_explain(&decision.findings) {
        let _infallible = write!(out, "; see `{} explain {rule}`", tool.name);
    }
    out
}

/// The rule of the findings if there is only one, or a placeholder.
fn rule_to_explain(findings: &[&Finding]) -> Option<&'static str> {
    let (first, rest) = findings.split_first()?;
    let id = first.rule().id;
    Some(if rest.iter().all(|finding| finding.rule().id == id) { id } else { "RULE" })
}

pub(super) fn policy_error(style: Style, error: &PolicyError, entries: &[Entry<'_>]) -> String {
    let blocks = Blocks::of_policy(style, error);
    let mut out: String = entries.iter().map(|entry| blocks.write(entry)).collect();
    let summary = format!(
        "error: {} in {}; nothing was asked",
        counted(entries.len(), "problem", "problems"),
        visible(error.policy().name()),
    );
    out.push_str(&line(style, Ruling::Refused, &summary));
    out
}

/// A line for each change, and its place.
pub(super) fn changes(changes: &[Change]) -> String {
    if changes.is_empty() {
        return format!("{UNCHANGED}\n");
    }
    let lines = |change: &Change| format!("{}\n  {}\n", changed(change), change.place);
    changes.iter().map(lines).collect()
}

/// Nothing changed that a gate would see.
pub(super) const UNCHANGED: &str = "nothing got looser or stricter";

/// What changed, in one line.
pub(super) fn changed(change: &Change) -> String {
    let Change { direction, subject, message, place: _ } = change;
    format!("{}: {subject}: {message}", direction.name())
}

pub(super) fn policy_valid(style: Style, policy: &Policy) -> String {
    line(style, Ruling::Permitted, &valid(policy))
}

/// Writes the line that says what a policy contains.
pub(super) fn valid(policy: &Policy) -> String {
    let variables = policy.variables().count() + policy.patterns().len();
    format!(
        "valid: policy {} ({}); {}, {}, {}, {}",
        visible(policy.name()),
        visible(policy.origin_name()),
        counted(policy.environments().len(), "environment", "environments"),
        counted(policy.databases().len(), "database", "databases"),
        counted(policy.connections().len(), "connection", "connections"),
        counted(variables, "variable", "variables"),
    )
}

/// The path of a policy, for a place in it.
fn policy_path(policy: &Policy) -> String {
    let name = visible(policy.source().name());
    match policy.origin() {
        Origin::BuiltIn | Origin::Embedded => format!("{} {name}", policy.origin_name()),
        Origin::File => name.into_owned(),
    }
}

/// Ends a line, with its first word in the colour of the ruling.
fn line(style: Style, ruling: Ruling, text: &str) -> String {
    let (word, rest) = text.split_at(text.find(':').unwrap_or(0));
    match style.color {
        Color::Plain => format!("{text}\n"),
        Color::Ansi => format!("{}{word}\u{1b}[0m{rest}\n", sequence(ruling)),
    }
}

/// Bold, and the colour that the blocks use for the same ruling.
fn sequence(ruling: Ruling) -> &'static str {
    match ruling {
        Ruling::Permitted => "\u{1b}[1m\u{1b}[92m",
        Ruling::Refused => "\u{1b}[1m\u{1b}[91m",
        Ruling::Undecided => "\u{1b}[1m\u{1b}[33m",
    }
}
