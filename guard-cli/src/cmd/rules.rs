//! `rules`

use clap::Args;
use koomy_guard::report::Format;
use koomy_guard::rules::{RULES, Rule};
use serde_json::json;

use crate::console::{Console, DOCUMENT};
use crate::exit::Exit;
use crate::stop::Stop;

#[derive(Debug, Args)]
pub(crate) struct Rules {}

impl Rules {
    /// Runs the command.
    pub(crate) fn run(self, console: Console) -> Result<Exit, Stop> {
        let Self {} = self;
        console.demand(DOCUMENT)?;
        match console.format {
            Format::Human | Format::Sarif | Format::Github => {
                Ok(console.print(&table(), Exit::Permitted))
            }
            Format::Json => Ok(console.print_json(&document(), Exit::Permitted)),
        }
    }
}

fn table() -> String {
    let widest = |length: fn(&Rule) -> usize| RULES.iter().map(|rule| length(rule)).max();
    let id = widest(|rule| rule.id.len()).unwrap_or_default();
    let gate = widest(|rule| gates(rule).len()).unwrap_or_default();
    RULES
        .iter()
        .map(|rule| format!("{:id$}  {:gate$}  {}\n", rule.id, gates(rule), rule.summary))
        .collect()
}

fn document() -> serde_json::Value {
    let rules: Vec<_> = RULES
        .iter()
        .map(|rule| {
            let gates: Vec<_> = rule.gates.iter().map(|gate| gate.name()).collect();
            json!({"id": rule.id, "gates": gates, "summary": rule.summary})
        })
        .collect();
    json!({"rules": rules})
}

fn gates(rule: &Rule) -> String {
    rule.gates.iter().map(|gate| gate.name()).collect::<Vec<_>>().join(",")
}
