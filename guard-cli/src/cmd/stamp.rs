//! `stamp`

use std::io::{self, BufRead, IsTerminal};

use clap::Args;
use koomy_guard::facts::Observed;
use koomy_guard::finding::Findings;
use koomy_guard::gate::Verdict;
use koomy_guard::observe::database::{Patience, postgres};
use koomy_guard::policy::{Connection, Policy};
use koomy_guard::report::{self, Format};
use koomy_guard::rules::Destination;
use koomy_guard::stamp::{self, Plan, StampRefusal};
use serde_json::json;

use crate::args::Global;
use crate::connection::Chosen;
use crate::console::{Console, TOOL, complain, misuse, say};
use crate::exit::Exit;
use crate::file::{self, policy_of};

#[derive(Debug, Args)]
pub(crate) struct Stamp {
    #[command(flatten)]
    chosen: Chosen,
    /// Write without a question
    #[arg(long)]
    yes: bool,
    /// Adopt a copy of a database with real data, which may be used here
    #[arg(long, requires = "reason")]
    adopt_copy: bool,
    /// Why the copy may be used here; one line, kept in the stamp
    #[arg(long, value_name = "TEXT", requires = "adopt_copy")]
    reason: Option<String>,
}

impl Stamp {
    /// Runs the command.
    pub(crate) fn run(self, global: &Global, console: Console) -> Result<Exit, Exit> {
        match console.format {
            Format::Human | Format::Json => {}
            Format::Sarif | Format::Github => return Err(console.no_such_form()),
        }
        let policy = file::policy(global, console)?;
        let Self { chosen, yes, adopt_copy: _, reason } = self;
        let patience = chosen.waiting.patience();
        let (facts, selection) = chosen.observe(&policy)?;
        let mut verdict = selection.judge(&policy, &facts);
        verdict.findings = decisive(&verdict.findings);
        if verdict.outcome().is_some() {
            let report = report::verdict(console.format, console.style(), TOOL, &policy, &verdict);
            return Err(console.print(&report, Exit::of(verdict.outcome())));
        }
        let case = Subject { policy: &policy, verdict: &verdict, console };
        let plan = case.plan(reason.as_deref())?;
        if plan.is_written() {
            return Ok(case.report(&plan, Written::Before));
        }
        case.agree(&plan, yes)?;
        case.write(&plan, patience)?;
        Ok(case.report(&plan, Written::Now))
    }
}

/// DELIBERATE: what the stamp says now is for the plan to judge, and the role
/// that stamps may be another than the one that a program has.
fn decisive(findings: &Findings) -> Findings {
    let mut kept = Findings::new();
    for finding in findings.iter().filter(|finding| !APART.contains(&finding.rule().id)) {
        kept.push(finding.clone());
    }
    kept
}

/// What is stamped, and by whose leave.
struct Subject<'a> {
    policy: &'a Policy,
    verdict: &'a Verdict<'a>,
    console: Console,
}

/// Whether a stamp was written.
#[derive(Clone, Copy)]
enum Written {
    /// Not by this run.
    Before,
    /// By this run.
    Now,
}

impl Subject<'_> {
    fn plan(&self, reason: Option<&str>) -> Result<Plan, Exit> {
        let (connection, destination) = self.destination()?;
        let identity = self.verdict.live.answer(&connection.name.value).and_then(Observed::seen);
        let (Some(environment), Some(database), Some(identity)) =
            (self.verdict.environment, destination.database, identity)
        else {
            complain("the server was not asked, so nothing is written");
            return Err(Exit::Undecided);
        };
        stamp::plan(self.policy, environment, database, identity, reason).map_err(|refusal| {
            match refusal {
                StampRefusal::NoReason => misuse(&refusal.to_string()),
                refusal => self.refuse(&refusal.to_string()),
            }
        })
    }

    fn destination(&self) -> Result<(&Connection, &Destination<'_>), Exit> {
        let mut all = self.verdict.destinations();
        match (all.next(), all.next()) {
            (Some(only), None) => Ok(only),
            (None, _) => {
                complain(
                    "this environment sets no connection of the policy, so nothing is written",
                );
                Err(Exit::Undecided)
            }
            (Some(_), Some(_)) => Err(misuse(
                "this environment sets several connections, and one is stamped at a time\n  \
                 help: say which with `--connection NAME`",
            )),
        }
    }

    /// Says what will be written, and asks, unless told not to. Nothing but the
    /// environment's name is a yes.
    fn agree(&self, plan: &Plan, yes: bool) -> Result<(), Exit> {
        if yes {
            say(&plan.describe());
            return Ok(());
        }
        if !io::stdin().is_terminal() {
            return Err(misuse(
                "there is no terminal to ask on, so nothing is written\n  \
                 help: `--yes` writes without a question",
            ));
        }
        let name = self.verdict.environment.map_or("", |environment| &environment.name.value);
        say(&format!("{}type `{}` to write it: ", plan.describe(), name.escape_debug()));
        let mut answer = String::new();
        match io::stdin().lock().read_line(&mut answer) {
            Ok(_) if answer.trim_end_matches(['\r', '\n']) == name => Ok(()),
            Ok(_) | Err(_) => {
                complain("that is not its name, so nothing is written");
                Err(Exit::Misused)
            }
        }
    }

    fn write(&self, plan: &Plan, patience: Patience) -> Result<(), Exit> {
        let (_, destination) = self.destination()?;
        let Destination { variable, target, database } = destination;
        let place = &variable.place;
        let mut client =
            postgres::connect(self.policy, *database, target, place, patience, &complain).map_err(
                |cause| {
                    complain(&format!("{}\n  help: {}", cause.message, cause.help));
                    Exit::Undecided
                },
            )?;
        stamp::write(&mut client, plan).map_err(|error| {
            let code = error.code().map_or("", |code| code.code());
            self.failed(code)
        })
    }

    /// DELIBERATE: the code alone. The server's words repeat what it was given.
    fn failed(&self, code: &str) -> Exit {
        match code {
            ELSEWHERE | CHANGED => {
                self.refuse("the server or its stamp is no longer what was asked")
            }
            "" => {
                complain("the connection broke, so it is not known whether the stamp was written");
                Exit::Undecided
            }
            DENIED => {
                complain(
                    "the role may not write the stamp, and nothing was written\n  help: stamp as \
                     the role that owns the schema `koomy_guard`, or else the database",
                );
                Exit::Undecided
            }
            code => {
                let code = known(code);
                complain(&format!("the server refused with {code}, and nothing was written"));
                Exit::Undecided
            }
        }
    }

    fn refuse(&self, message: &str) -> Exit {
        self.say(Exit::Refused, Written::Before, &[format!("refused: {message}")])
    }

    fn report(&self, plan: &Plan, written: Written) -> Exit {
        let mut lines: Vec<_> = plan.describe().lines().map(str::to_owned).collect();
        lines.push(match written {
            Written::Before => "the stamp is right already; nothing is written".to_owned(),
            Written::Now => "written".to_owned(),
        });
        self.say(Exit::Permitted, written, &lines)
    }

    fn say(&self, exit: Exit, written: Written, lines: &[String]) -> Exit {
        let (policy, environment) = (self.policy, self.verdict.environment);
        match self.console.format {
            Format::Json => {
                let document = json!({
                    "schema": "koomy-guard/v1",
                    "tool": {"name": TOOL.name, "version": TOOL.version},
                    "policy": policy_of(policy),
                    "environment": environment.map(|environment| &environment.name.value),
                    "outcome": exit.outcome(),
                    "written": matches!(written, Written::Now),
                    "lines": lines,
                });
                self.console.print_json(&document, exit)
            }
            Format::Human | Format::Sarif | Format::Github => {
                self.console.print(&(lines.join("\n") + "\n"), exit)
            }
        }
    }
}

/// A server's code, which may be any text.
fn known(code: &str) -> &str {
    let is_code = code.len() == 5 && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_code { code } else { "no code" }
}

const APART: [&str; 2] = ["database-stamp-matches", "database-role-is-least-privileged"];

/// The server is another than the one that was asked.
const ELSEWHERE: &str = "KG001";

/// The stamp is another than the one that was read.
const CHANGED: &str = "KG002";

/// `insufficient_privilege`
const DENIED: &str = "42501";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_cannot_write_on_the_terminal() {
        for (code, said) in [("25006", "25006"), ("\u{1b}[2J9", "no code"), ("250060", "no code")] {
            assert_eq!(known(code), said);
        }
    }
}
