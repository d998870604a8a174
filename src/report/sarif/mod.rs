//! SARIF 2.1.0, as code scanning reads it.
//!
//! DELIBERATE: it contains no text of a source, and no path except those that were given.

mod model;

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use self::model::{
    ArtifactLocation, Configuration, Descriptor, Driver, Fingerprints, Invocation, Level, Location,
    Log, LogicalLocation, Message, Multiformat, Notification, PhysicalLocation, Properties,
    ResultProperties, Run, SarifResult, SarifTool, TextRegion,
};
use super::Tool;
use super::decision::{Decision, Entry, POLICY};
use super::escape::uri;
use super::json::document;
use super::place::{Files, Region};
use crate::finding::{Label, Ruling};
use crate::policy::{Policy, PolicyError};
use crate::rules::{RULES, Rule};
use crate::source::Place;

pub(super) fn decision(tool: Tool, decision: &Decision<'_>) -> String {
    let Decision { policy, asked, ruling, .. } = decision;
    let fallback = Place::at(policy.source(), policy.name_span());
    let entries: Vec<_> = decision.entries().collect();
    let properties = Properties {
        gate: Some(asked),
        environment: decision.environment(),
        outcome: ruling.name(),
        policy: Some(policy.name()),
        policy_source: policy.origin_name(),
        policy_sha256: Some(policy.sha256()),
    };
    let invocation = match ruling {
        Ruling::Undecided => Invocation::failed(decision.unjudged()),
        Ruling::Refused | Ruling::Permitted => Invocation::succeeded(),
    };
    let rules = RULES.iter().map(|rule| descriptor(rule)).collect();
    let results = results(&entries, &fallback, Files::beside(policy));
    log(tool, rules, results, invocation, properties)
}

pub(super) fn policy_error(tool: Tool, error: &PolicyError, entries: &[Entry<'_>]) -> String {
    let fallback = Place::whole(error.policy());
    let results = results(entries, &fallback, Files::all());
    let properties = Properties::of_policy("misused", error.policy().name());
    log(tool, vec![about_policy()], results, Invocation::failed(None), properties)
}

pub(super) fn policy_valid(tool: Tool, policy: &Policy) -> String {
    let properties = Properties {
        policy: Some(policy.name()),
        policy_sha256: Some(policy.sha256()),
        ..Properties::of_policy(Ruling::Permitted.name(), policy.origin_name())
    };
    log(tool, vec![about_policy()], Vec::new(), Invocation::succeeded(), properties)
}

/// One result for everything that got looser in `policy`.
pub(super) fn changes(tool: Tool, policy: &Policy, looser: &[Entry<'_>]) -> String {
    let ruling = if looser.is_empty() { Ruling::Permitted } else { Ruling::Refused };
    let properties = Properties {
        policy: Some(policy.name()),
        policy_sha256: Some(policy.sha256()),
        ..Properties::of_policy(ruling.name(), policy.origin_name())
    };
    let fallback = Place::at(policy.source(), policy.name_span());
    let results = results(looser, &fallback, Files::beside(policy));
    log(tool, vec![about_changes()], results, Invocation::succeeded(), properties)
}

fn log(
    tool: Tool,
    rules: Vec<Descriptor<'_>>,
    results: Vec<SarifResult<'_>>,
    invocation: Invocation,
    properties: Properties<'_>,
) -> String {
    let Tool { name, version } = tool;
    let driver = Driver { name, version, semantic_version: version, rules };
    document(&Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: SarifTool { driver },
            column_kind: "unicodeCodePoints",
            invocations: [invocation],
            results,
            properties,
        }],
    })
}

fn descriptor(rule: &'static Rule) -> Descriptor<'static> {
    Descriptor {
        id: rule.id,
        short_description: Multiformat::plain(rule.summary),
        full_description: Multiformat::plain(refuses(rule.explain).unwrap_or(rule.summary)),
        help: Multiformat { text: rule.explain, markdown: Some(rule.explain) },
        default_configuration: Configuration { level: Level::Error },
    }
}

/// The first section of an explanation.
fn refuses(explain: &'static str) -> Option<&'static str> {
    let (_, rest) = explain.split_once("## Refuses\n")?;
    let section = rest.split_once("\n\n## ").map_or(rest, |(section, _)| section);
    Some(section.trim())
}

fn about_policy() -> Descriptor<'static> {
    Descriptor {
        id: POLICY,
        short_description: Multiformat::plain("the policy can be used"),
        full_description: Multiformat::plain(
            "A policy with an unknown key, a wrong value or a contradiction is not used at all.",
        ),
        help: Multiformat::plain("docs/policy.md describes every key."),
        default_configuration: Configuration { level: Level::Error },
    }
}

fn about_changes() -> Descriptor<'static> {
    Descriptor {
        short_description: Multiformat::plain("the policy permits no more than it did"),
        full_description: Multiformat::plain(
            "A change that lets a gate open where it was shut is for somebody to agree to.",
        ),
        help: Multiformat::plain("`guard-cli policy diff` tells what got looser."),
        ..about_policy()
    }
}

/// One result for each entry, in order.
fn results<'a>(
    entries: &'a [Entry<'_>],
    fallback: &'a Place,
    files: Files<'a>,
) -> Vec<SarifResult<'a>> {
    let mut seen = BTreeMap::new();
    let mut fingerprint = |entry: &'a Entry<'_>| {
        let count = seen.entry((entry.rule, entry.subject)).or_insert(0_usize);
        *count += 1;
        format!("{}:{count}", digest(entry))
    };
    let fallback = files.hold(fallback).then_some(fallback);
    let result = |entry| result(entry, cause(entry, fallback, files), files, fingerprint(entry));
    entries.iter().map(result).collect()
}

fn result<'a>(
    entry: &'a Entry<'_>,
    cause: Location<'a>,
    files: Files<'a>,
    fingerprint: String,
) -> SarifResult<'a> {
    let text = match &entry.help {
        None => entry.message.to_string(),
        Some(help) => format!("{}\n\nhelp: {help}", entry.message),
    };
    SarifResult {
        rule_id: entry.rule,
        rule_index: RULES.iter().position(|rule| rule.id == entry.rule).unwrap_or(0),
        level: Level::Error,
        message: Message { text },
        locations: [cause],
        related_locations: entry.labels.iter().skip(1).map(|label| related(label, files)).collect(),
        partial_fingerprints: Fingerprints { v1: fingerprint },
        properties: ResultProperties { outcome: entry.severity.name(), subject: entry.subject },
    }
}

/// The cause's location.
///
/// Code scanning demands a file. A cause without lines is therefore given by name beside
/// the line that decided, if that is in a file.
fn cause<'a>(entry: &'a Entry<'_>, fallback: Option<&'a Place>, files: Files<'a>) -> Location<'a> {
    let own = entry.labels.first().map(|label| &label.place);
    let by_name = own.filter(|place| !files.have_line(place));
    let mut places = entry.labels.iter().map(|label| &label.place);
    let place = places.find(|place| files.have_line(place)).or(fallback);
    Location {
        message: None,
        physical_location: place.map(physical),
        logical_locations: by_name
            .map(|own| logical(files.name(own), entry.subject))
            .into_iter()
            .collect(),
    }
}

fn related<'a>(label: &'a Label, files: Files<'a>) -> Location<'a> {
    let place = Some(&label.place);
    let in_file = place.filter(|place| files.have_line(place));
    let by_name = place.filter(|place| !files.have_line(place)).map(|place| files.name(place));
    Location {
        message: Some(Message { text: label.text.clone() }),
        physical_location: in_file.map(physical),
        logical_locations: by_name.map(|name| logical(name, name)).into_iter().collect(),
    }
}

fn physical(place: &Place) -> PhysicalLocation {
    let region = Region::of(place).map(|Region { start, end }| TextRegion {
        start_line: start.line,
        start_column: start.column,
        end_line: end.line,
        end_column: end.column,
    });
    PhysicalLocation {
        artifact_location: ArtifactLocation { uri: uri(place.source.name()) },
        region,
    }
}

fn logical<'a>(source: &str, name: &'a str) -> LogicalLocation<'a> {
    LogicalLocation { name, fully_qualified_name: format!("{source}::{name}") }
}

/// A hash of what does not change when a file is edited or moved.
fn digest(entry: &Entry<'_>) -> String {
    let hash = Sha256::new().chain_update(entry.rule).chain_update([0]).chain_update(entry.subject);
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Invocation {
    fn succeeded() -> Self {
        Self { execution_successful: true, tool_execution_notifications: Vec::new() }
    }

    fn failed(why: Option<&str>) -> Self {
        let notification = why.map(|why| Notification {
            level: Level::Error,
            message: Message { text: why.to_owned() },
        });
        Self {
            execution_successful: false,
            tool_execution_notifications: notification.into_iter().collect(),
        }
    }
}

impl<'a> Properties<'a> {
    fn of_policy(outcome: &'static str, policy_source: &'a str) -> Self {
        Self {
            gate: None,
            environment: None,
            outcome,
            policy: None,
            policy_source,
            policy_sha256: None,
        }
    }
}

impl Multiformat<'static> {
    fn plain(text: &'static str) -> Self {
        Self { text, markdown: None }
    }
}

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
