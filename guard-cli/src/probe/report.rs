//! What was found, as text.

use std::fmt::Write as _;

use koomy_guard::gate::Gate;
use koomy_guard::report::counted;
use serde_json::{Value, json};

use super::timing::Timing;
use super::{Finding, Found, Probe};
use crate::json;

/// What was asked, and what was found.
pub(crate) struct Report<'a> {
    pub(crate) probe: &'a Probe<'a>,
    pub(crate) found: &'a Found,
}

impl Report<'_> {
    /// Lines for people.
    pub(crate) fn human(&self) -> String {
        let Found { findings, timings, certificates, notes, requests } = self.found;
        let mut out: String = findings.iter().map(block).collect();
        for timing in timings {
            let Timing { path, effect, apart, samples } = timing;
            let apart = apart.as_micros();
            let _ = writeln!(
                out,
                "timing: `{path}`: effect {effect:.2} of 1, {apart} µs apart, {samples} samples of each"
            );
        }
        for (domain, days) in certificates {
            let _ = writeln!(out, "certificate: `{domain}`: {days} days left");
        }
        for note in notes {
            let _ = writeln!(out, "note: {note}");
        }
        let (outcome, origin) = (self.found.exit().outcome(), self.probe.origin);
        let environment = &self.probe.environment.name.value;
        let _ = writeln!(
            out,
            "{outcome}: {origin} as `{environment}` of policy {}; {}",
            self.probe.policy.name(),
            counted(*requests, "request", "requests")
        );
        out
    }

    /// The keys of the document.
    pub(crate) fn json(&self) -> Value {
        let Found { findings, timings, certificates, notes, requests } = self.found;
        let timing = |Timing { path, effect, apart, samples }: &Timing| {
            let apart = apart.as_secs_f64() * 1_000.0;
            json!({"path": path, "effect": effect, "milliseconds_apart": apart, "samples": samples})
        };
        let certificate =
            |(domain, days): &(String, i64)| json!({"domain": domain, "days_left": days});
        json!({
            "tool": json::tool(),
            "policy": json::policy(self.probe.policy),
            "gate": Gate::Probe.name(),
            "environment": self.probe.environment.name.value,
            "url": self.probe.origin.to_string(),
            "outcome": self.found.exit().outcome(),
            "findings": findings.iter().map(object).collect::<Vec<_>>(),
            "timings": timings.iter().map(timing).collect::<Vec<_>>(),
            "certificates": certificates.iter().map(certificate).collect::<Vec<_>>(),
            "notes": notes,
            "requests": requests,
        })
    }
}

fn block(finding: &Finding) -> String {
    let Finding { kind, outcome, subject, message, help } = finding;
    let name = kind.rule().map_or(kind.name(), |rule| rule.id);
    format!("{}[{name}]: `{subject}`: {message}\n  help: {help}\n", outcome.name())
}

fn object(finding: &Finding) -> Value {
    let Finding { kind, outcome, subject, message, help } = finding;
    json!({
        "kind": kind.name(),
        "rule": kind.rule().map(|rule| rule.id),
        "outcome": outcome.name(),
        "subject": subject,
        "message": message,
        "help": help,
        "places": [],
    })
}
