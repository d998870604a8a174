//! `explain`

use clap::Args;
use koomy_guard::report::Format;
use koomy_guard::rules::{RULES, Rule};
use serde_json::json;

use crate::console::{Console, DOCUMENT};
use crate::exit::Exit;
use crate::names;
use crate::stop::Stop;

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The rule's id, as printed in a finding
    #[arg(value_name = "RULE")]
    rule: String,
}

impl Explain {
    /// Runs the command.
    pub(crate) fn run(self, console: Console) -> Result<Exit, Stop> {
        console.demand(DOCUMENT)?;
        let rule = Rule::by_id(&self.rule).ok_or_else(|| unknown(&self.rule))?;
        match console.format {
            Format::Human | Format::Sarif | Format::Github => {
                let Rule { id, summary, explain, .. } = rule;
                let page = format!("# {id}\n\n{}.\n\n{explain}", capitalized(summary));
                Ok(console.print(&page, Exit::Permitted))
            }
            Format::Json => Ok(console.print_json(&document(rule), Exit::Permitted)),
        }
    }
}

fn document(rule: &Rule) -> serde_json::Value {
    let gates: Vec<_> = rule.gates.iter().map(|gate| gate.name()).collect();
    json!({
        "id": rule.id,
        "gates": gates,
        "summary": rule.summary,
        "explain": rule.explain,
    })
}

fn unknown(id: &str) -> Stop {
    let known: Vec<_> = RULES.iter().map(|rule| rule.id).collect();
    let meant = names::did_you_mean(id, &known);
    Stop::misuse(format!("no rule has that id{meant}")).help("`guard-cli rules` lists them")
}

fn capitalized(sentence: &str) -> String {
    let mut letters = sentence.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
