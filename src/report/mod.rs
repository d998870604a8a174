//! Stub, until the module itself is merged.
#![allow(missing_docs)]

use crate::finding::Finding;
use crate::gate::{Comparison, Verdict};
use crate::policy::{Origin, Policy, PolicyError};
use serde_json::{Value, json};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Human,
    Json,
    Sarif,
    Github,
}

impl Format {
    pub const ALL: [Self; 4] = [Self::Human, Self::Json, Self::Sarif, Self::Github];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Github => "github",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Color {
    Plain,
    Ansi,
}

#[derive(Clone, Copy, Debug)]
pub struct Style {
    pub color: Color,
    pub width: usize,
}

#[derive(Clone, Copy, Debug)]
pub struct Tool {
    pub name: &'static str,
    pub version: &'static str,
}

fn finding(finding: &Finding) -> Value {
    json!({
        "rule": finding.rule().id,
        "outcome": finding.outcome().name(),
        "subject": finding.subject(),
        "message": finding.message(),
        "help": finding.help(),
    })
}

fn outcome(outcome: Option<crate::Outcome>) -> &'static str {
    outcome.map_or("permitted", |outcome| outcome.name())
}

fn lines(format: Format, document: &Value) -> String {
    match format {
        Format::Json | Format::Sarif => format!("{document:#}\n"),
        Format::Human | Format::Github => format!("{document}\n"),
    }
}

pub fn verdict(
    format: Format,
    _style: Style,
    tool: Tool,
    policy: &Policy,
    verdict: &Verdict<'_>,
) -> String {
    let source = match policy.origin() {
        Origin::File => policy.source().name(),
        Origin::BuiltIn => "built-in",
    };
    lines(format, &json!({
        "schema": "koomy-guard/v1",
        "tool": {"name": tool.name, "version": tool.version},
        "policy": {"name": policy.name(), "source": source, "sha256": policy.sha256()},
        "gate": verdict.gate.name(),
        "environment": verdict.environment.map(|e| e.name.value.clone()),
        "outcome": outcome(verdict.outcome()),
        "rules_asked": verdict.rules_asked,
        "findings": verdict.findings.iter().map(finding).collect::<Vec<_>>(),
    }))
}

pub fn comparison(
    format: Format,
    _style: Style,
    _tool: Tool,
    _policy: &Policy,
    comparison: &Comparison<'_>,
    names: &[String],
) -> String {
    lines(format, &json!({
        "schema": "koomy-guard/v1",
        "gate": "compare",
        "outcome": outcome(comparison.outcome()),
        "names": names,
        "findings": comparison.findings.iter().map(finding).collect::<Vec<_>>(),
    }))
}

pub fn policy_error(format: Format, _style: Style, _tool: Tool, error: &PolicyError) -> String {
    match format {
        Format::Human => format!("{error}\n"),
        Format::Json | Format::Sarif | Format::Github => lines(format, &json!({
            "schema": "koomy-guard/v1",
            "problems": error.problems().iter().map(|p| p.kind.to_string()).collect::<Vec<_>>(),
        })),
    }
}

pub fn policy_valid(format: Format, _style: Style, _tool: Tool, policy: &Policy) -> String {
    lines(format, &json!({"schema": "koomy-guard/v1", "policy": policy.name(), "problems": []}))
}
