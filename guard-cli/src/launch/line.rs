//! What was decided, as one structured line that holds no value.

use koomy_guard::Policy;
use koomy_guard::facts::Live;
use koomy_guard::gate::{Note, Verdict};
use koomy_guard::report::{Format, SCHEMA};
use serde_json::json;

use crate::json;

/// The line of a permitted boot, with its line break.
pub(super) fn permitted(format: Format, policy: &Policy, verdict: &Verdict<'_>) -> String {
    let environment = verdict.environment.map_or("", |environment| &environment.name.value);
    let sha256 = policy.sha256().get(..SHORT).unwrap_or_default();
    let targets: Vec<_> = verdict
        .destinations()
        .map(|(connection, destination)| {
            let database = destination.database.map_or("", |database| &database.name.value);
            (connection.name.value.as_str(), database)
        })
        .collect();
    let asked = asked(verdict);
    match format {
        Format::Json => {
            let notes: Vec<_> = verdict.notes.iter().map(note).collect();
            let targets: serde_json::Map<_, _> =
                targets.into_iter().map(|(name, to)| (name.to_owned(), json!(to))).collect();
            let line = json!({
                "schema": SCHEMA, "gate": verdict.gate.name(), "outcome": "permitted",
                "environment": environment, "rules_asked": verdict.rules_asked, "targets": targets,
                "servers_asked": asked, "notes": notes,
                "policy": json::policy(policy),
            });
            format!("{line}\n")
        }
        Format::Human | Format::Sarif | Format::Github => {
            let targets: Vec<_> =
                targets.into_iter().map(|(name, to)| format!("{name}:{to}")).collect();
            format!(
                "guard-cli: {} permitted environment={} policy={} sha256={sha256} targets={}{} rules={}\n",
                verdict.gate.name(),
                word(environment),
                word(policy.name()),
                word(&targets.join(",")),
                if asked.is_empty() {
                    String::new()
                } else {
                    format!(" live={}", word(&asked.join(",")))
                },
                verdict.rules_asked.join(","),
            )
        }
    }
}

/// The connections whose servers were asked.
fn asked<'a>(verdict: &Verdict<'a>) -> Vec<&'a str> {
    match verdict.live {
        Live::NotAsked => Vec::new(),
        Live::Asked(answers) => answers.iter().map(|answer| answer.connection.as_str()).collect(),
    }
}

fn note(Note { subject, message, help }: &Note) -> serde_json::Value {
    json!({"subject": subject, "message": message, "help": help})
}

/// A word as it is; anything else in quotes, so that the line stays one line.
fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_.,:/".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("\"{}\"", text.escape_debug())
    }
}

const SHORT: usize = 12;
