//! One JSON document, `koomy-guard/v1`, to which v1 only adds keys.
//!
//! DELIBERATE: the format has structs of its own, so that changes in the core do not
//! change it.

mod live;

use std::borrow::Cow;

use serde::Serialize;

use self::live::AnswerObject;
use super::decision::{Decision, Entry, Member, Subject};
use super::escape::visible_json;
use super::place::Files;
use super::{SCHEMA, Tool};
use crate::finding::{Finding, Label, Ruling};
use crate::gate::{Note, Verdict};
use crate::policy::diff::Change;
use crate::policy::{Policy, PolicyError};
use crate::source::{Location, Place};

#[derive(Serialize)]
struct DecisionDocument<'a, E> {
    schema: &'static str,
    tool: ToolObject,
    policy: PolicyObject<'a>,
    gate: &'static str,
    environment: Option<&'a str>,
    outcome: &'static str,
    rules_asked: &'a [&'static str],
    findings: Vec<FindingObject<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<NoteObject<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    live: Option<Vec<AnswerObject<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    environments: Option<Vec<EnvironmentObject<'a>>>,
    #[serde(flatten)]
    extra: E,
}

/// A document that only one command writes.
#[derive(Serialize)]
struct OtherDocument<E> {
    schema: &'static str,
    #[serde(flatten)]
    keys: E,
}

#[derive(Serialize)]
struct PolicyDocument<'a> {
    schema: &'static str,
    tool: ToolObject,
    policy: PolicyObject<'a>,
    outcome: &'static str,
    problems: Vec<ProblemObject<'a>>,
}

#[derive(Serialize)]
struct ToolObject {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct PolicyObject<'a> {
    name: Option<&'a str>,
    source: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<&'a str>,
}

#[derive(Serialize)]
struct FindingObject<'a> {
    rule: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    outcome: &'static str,
    subject: &'a str,
    message: &'a str,
    help: &'a str,
    places: Vec<PlaceObject<'a>>,
}

/// An observation that shuts no gate but that somebody should read.
#[derive(Serialize)]
struct NoteObject<'a> {
    subject: &'a str,
    message: &'a str,
    help: &'a str,
}

#[derive(Serialize)]
struct EnvironmentObject<'a> {
    environment: &'a str,
    source: &'a str,
    outcome: &'static str,
    findings: Vec<FindingObject<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<NoteObject<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    live: Option<Vec<AnswerObject<'a>>>,
}

#[derive(Serialize)]
struct ProblemObject<'a> {
    message: &'a str,
    help: Option<&'a str>,
    places: Vec<PlaceObject<'a>>,
}

#[derive(Serialize)]
struct PlaceObject<'a> {
    role: &'static str,
    source: &'a str,
    #[serde(flatten)]
    location: Option<LocationObject>,
}

#[derive(Serialize)]
struct ChangesDocument<'a> {
    changes: Vec<ChangeObject<'a>>,
}

#[derive(Serialize)]
struct ChangeObject<'a> {
    direction: &'static str,
    subject: &'a str,
    message: &'a str,
    place: SpotObject<'a>,
}

/// A place without a part in a finding.
#[derive(Serialize)]
struct SpotObject<'a> {
    source: &'a str,
    #[serde(flatten)]
    location: Option<LocationObject>,
}

#[derive(Serialize)]
struct LocationObject {
    line: usize,
    column: usize,
}

pub(super) fn decision(tool: Tool, decision: &Decision<'_>, extra: impl Serialize) -> String {
    let policy = decision.policy;
    let (notes, live, environments) = match &decision.subject {
        Subject::One { scope: _, seen: None } => (Vec::new(), None, None),
        Subject::One { scope: _, seen: Some(verdict) } => {
            (self::notes(verdict), live::answers(policy, verdict), None)
        }
        Subject::Several { members, between: _ } => {
            let objects = members.iter().map(|member| environment(policy, member));
            (Vec::new(), None, Some(objects.collect()))
        }
    };
    document(&DecisionDocument {
        schema: SCHEMA,
        tool: ToolObject::from(tool),
        policy: PolicyObject::from(policy),
        gate: decision.asked,
        environment: decision.environment(),
        outcome: decision.ruling.name(),
        rules_asked: &decision.rules_asked,
        findings: findings(decision.findings.iter().copied(), Files::beside(policy)),
        notes,
        live,
        environments,
        extra,
    })
}

pub(super) fn policy_error(tool: Tool, error: &PolicyError, entries: &[Entry<'_>]) -> String {
    document(&PolicyDocument {
        schema: SCHEMA,
        tool: ToolObject::from(tool),
        policy: PolicyObject { name: None, source: error.policy().name(), sha256: None },
        outcome: "misused",
        problems: entries.iter().map(problem).collect(),
    })
}

/// What changed in a policy.
pub(super) fn changes(changes: &[Change]) -> String {
    other(ChangesDocument { changes: changes.iter().map(change).collect() })
}

pub(super) fn policy_valid(tool: Tool, policy: &Policy) -> String {
    document(&PolicyDocument {
        schema: SCHEMA,
        tool: ToolObject::from(tool),
        policy: PolicyObject::from(policy),
        outcome: Ruling::Permitted.name(),
        problems: Vec::new(),
    })
}

/// Writes a document with these keys, for a single command.
pub(super) fn other(keys: impl Serialize) -> String {
    document(&OtherDocument { schema: SCHEMA, keys })
}

/// Writes one document and ends its last line.
pub(super) fn document(value: &impl Serialize) -> String {
    // INVARIANT: every map here has text as keys, so writing cannot fail. If it did, the
    // document would be empty, which permits nothing.
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    match visible_json(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(safe) => safe,
    }
}

fn findings<'a>(
    findings: impl IntoIterator<Item = &'a Finding>,
    files: Files<'a>,
) -> Vec<FindingObject<'a>> {
    let object = |finding: &'a Finding| FindingObject {
        rule: finding.rule().id,
        kind: finding.kind(),
        outcome: finding.outcome().name(),
        subject: finding.subject(),
        message: finding.message(),
        help: finding.help(),
        places: places(finding.labels(), files),
    };
    findings.into_iter().map(object).collect()
}

fn environment<'a>(policy: &'a Policy, member: &Member<'a>) -> EnvironmentObject<'a> {
    let Member { name, source, verdict } = *member;
    EnvironmentObject {
        environment: name,
        source,
        outcome: verdict.ruling().name(),
        findings: findings(&verdict.findings, Files::beside(policy)),
        notes: notes(verdict),
        live: live::answers(policy, verdict),
    }
}

fn notes<'a>(verdict: &'a Verdict<'_>) -> Vec<NoteObject<'a>> {
    let object = |Note { subject, message, help }: &'a Note| NoteObject { subject, message, help };
    verdict.notes.iter().map(object).collect()
}

fn change(Change { direction, subject, message, place }: &Change) -> ChangeObject<'_> {
    ChangeObject {
        direction: direction.name(),
        subject,
        message,
        place: SpotObject { source: place.source.name(), location: location(place) },
    }
}

fn problem<'a>(entry: &'a Entry<'_>) -> ProblemObject<'a> {
    ProblemObject {
        message: &entry.message,
        help: entry.help.as_deref(),
        places: places(&entry.labels, Files::all()),
    }
}

fn places<'a>(labels: &'a [Label], files: Files<'a>) -> Vec<PlaceObject<'a>> {
    let object = |label: &'a Label| PlaceObject {
        role: label.role.name(),
        source: files.name(&label.place),
        location: location(&label.place),
    };
    labels.iter().map(object).collect()
}

fn location(place: &Place) -> Option<LocationObject> {
    place.location().map(|Location { line, column }| LocationObject { line, column })
}

impl From<Tool> for ToolObject {
    fn from(Tool { name, version }: Tool) -> Self {
        Self { name, version }
    }
}

impl<'a> From<&'a Policy> for PolicyObject<'a> {
    fn from(policy: &'a Policy) -> Self {
        Self {
            name: Some(policy.name()),
            source: policy.origin_name(),
            sha256: Some(policy.sha256()),
        }
    }
}
