//! What was found, as text.

use std::fmt::Write as _;

use koomy_guard::finding::Finding;
use koomy_guard::report::{Format, counted};
use serde_json::{Value, json};

use super::timing::Timing;
use super::{Found, Probe};
use crate::console::Console;
use crate::exit::Exit;

/// What was asked, and what was found.
pub(crate) struct Report<'a> {
    pub(crate) probe: &'a Probe<'a>,
    pub(crate) found: &'a Found,
}

impl Report<'_> {
    /// Prints it in the form of every report.
    pub(crate) fn print(&self, console: Console) -> Exit {
        let report = match console.format {
            Format::Human => self.human(),
            Format::Json | Format::Sarif | Format::Github => {
                let judgement = self.probe.judgement(self.found);
                console.report().judgement(self.probe.policy, &judgement, self.more())
            }
        };
        console.print(&report, self.exit())
    }

    /// Lines for people.
    fn human(&self) -> String {
        let Found { findings, timings, certificates, notes, requests, .. } = self.found;
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
        let (outcome, origin) = (self.exit().outcome(), self.probe.origin);
        let environment = &self.probe.environment.name.value;
        let _ = writeln!(
            out,
            "{outcome}: {origin} as `{environment}` of policy {}; {}",
            self.probe.policy.name(),
            counted(*requests, "request", "requests")
        );
        out
    }

    /// How the command ends.
    pub(crate) fn exit(&self) -> Exit {
        Exit::of(self.probe.judgement(self.found).ruling())
    }

    /// What other reports do not have.
    fn more(&self) -> Value {
        let Found { timings, certificates, notes, requests, .. } = self.found;
        let timing = |Timing { path, effect, apart, samples }: &Timing| {
            let apart = apart.as_secs_f64() * 1_000.0;
            json!({"path": path, "effect": effect, "milliseconds_apart": apart, "samples": samples})
        };
        let certificate =
            |(domain, days): &(String, i64)| json!({"domain": domain, "days_left": days});
        json!({
            "url": self.probe.origin.to_string(),
            "timings": timings.iter().map(timing).collect::<Vec<_>>(),
            "certificates": certificates.iter().map(certificate).collect::<Vec<_>>(),
            "notes": notes,
            "requests": requests,
        })
    }
}

fn block(finding: &Finding) -> String {
    let (outcome, rule) = (finding.outcome().name(), finding.rule().id);
    let (subject, message, help) = (finding.subject(), finding.message(), finding.help());
    format!("{outcome}[{rule}]: `{subject}`: {message}\n  help: {help}\n")
}
