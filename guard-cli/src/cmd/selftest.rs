//! `selftest`

use clap::Args;
use koomy_guard::Policy;
use koomy_guard::gate::Gate;
use koomy_guard::report::{Format, Judgement, Scope};
use koomy_guard::rules::{RULES, Rule};
use koomy_guard::selftest::{self, Proof, SelfTest, Tried};
use koomy_guard::source::Place;
use serde_json::json;

use crate::args::Global;
use crate::console::Console;
use crate::exit::Exit;
use crate::stop::Stop;
use crate::{json, policy};

#[derive(Debug, Args)]
pub(crate) struct Selftest {}

impl Selftest {
    /// Runs the command.
    pub(crate) fn run(self, global: &Global, console: Console) -> Result<Exit, Stop> {
        let Self {} = self;
        let policy = policy::of_run(global, console)?;
        let result = selftest::run(&policy);
        let exit = exit(&result);
        match console.format {
            Format::Human => Ok(console.print(&table(&policy, &result), exit)),
            Format::Json => Ok(console.print_json(&document(&policy, &result, exit), exit)),
            Format::Sarif | Format::Github => {
                let report = console.report().judgement(&policy, &judgement(&policy, &result), ());
                Ok(console.print(&report, exit))
            }
        }
    }
}

fn exit(result: &SelfTest) -> Exit {
    if result.tried.iter().any(|tried| tried.proof == Proof::Silent) {
        Exit::Refused
    } else if result.impossible.is_empty() {
        Exit::Permitted
    } else {
        Exit::Undecided
    }
}

fn table(policy: &Policy, result: &SelfTest) -> String {
    let widest = RULES.iter().map(|rule| rule.id.len()).max().unwrap_or_default();
    let mut text = String::new();
    for Tried { rule, proof, environment } in &result.tried {
        let place = match environment {
            Some(name) => format!(" in {}", name.escape_debug()),
            None => String::new(),
        };
        text += &format!("{:widest$}  {}{place}\n", rule.id, proof.name());
    }
    for rule in not_asked() {
        text += &format!("{:widest$}  not asked of variables; `probe` asks a service\n", rule.id);
    }
    for (name, findings) in &result.impossible {
        text += &format!("\nno variables satisfy {}:\n", name.escape_debug());
        for finding in findings {
            text += &format!("  {}: {}\n", finding.rule().id, finding.message().escape_debug());
        }
    }
    let count = |proof| result.tried.iter().filter(|tried| tried.proof == proof).count();
    text += &format!(
        "\n{}: {} rules refused what was planted, {} were silent, {} had nothing to violate\n",
        policy.name().escape_debug(),
        count(Proof::Refused),
        count(Proof::Silent),
        count(Proof::NothingToViolate),
    );
    text
}

/// The rules that are asked of a running service, and not of variables.
fn not_asked() -> impl Iterator<Item = &'static Rule> {
    Rule::of(Gate::Probe)
}

/// The same as every report has it.
fn judgement(policy: &Policy, result: &SelfTest) -> Judgement<'static> {
    let place = |name: &str| {
        let span = policy.environment(name).map_or(policy.name_span(), |it| it.name.span);
        Place::at(policy.source(), span)
    };
    let is_silent = |tried: &&Tried| tried.proof == Proof::Silent;
    let silent =
        result.tried.iter().filter(is_silent).map(|Tried { rule, environment, .. }| {
            let name = environment.as_deref().unwrap_or_default();
            let help = "report this: a rule that lets a violation pass is a bug in the guard";
            rule.refuses(name, place(name)).says("a planted violation was not refused").help(help)
        });
    let impossible = result.impossible.iter().flat_map(|(name, findings)| {
        findings.iter().map(move |finding| {
            let message = format!("no variables satisfy `{name}`: {}", finding.message());
            finding.rule().leaves_undecided(name, place(name)).says(message).help(finding.help())
        })
    });
    Judgement {
        asked: "selftest",
        scope: Scope::Every,
        rules_asked: result.tried.iter().map(|tried| tried.rule.id).collect(),
        findings: silent.chain(impossible).collect(),
        seen: None,
    }
}

fn document(policy: &Policy, result: &SelfTest, exit: Exit) -> serde_json::Value {
    let rules = result.tried.iter().map(|Tried { rule, proof, environment }| {
        json!({"rule": rule.id, "proof": proof.name(), "environment": environment})
    });
    let impossible = result.impossible.iter().map(|(name, findings)| {
        let findings = findings
            .iter()
            .map(|finding| json!({"rule": finding.rule().id, "message": finding.message()}));
        json!({"environment": name, "findings": findings.collect::<Vec<_>>()})
    });
    json!({
        "tool": json::tool(),
        "policy": json::policy(policy),
        "outcome": exit.outcome(),
        "rules": rules.collect::<Vec<_>>(),
        "not_asked": not_asked().map(|rule| rule.id).collect::<Vec<_>>(),
        "impossible": impossible.collect::<Vec<_>>(),
    })
}
