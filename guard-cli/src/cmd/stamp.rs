//! `stamp`

use std::io::{self, BufRead, IsTerminal};

use clap::Args;
use koomy_guard::facts::{Cause, Observed, Seen};
use koomy_guard::finding::{Finding, Findings, Ruling};
use koomy_guard::gate::Verdict;
use koomy_guard::observe::database::{Patience, postgres};
use koomy_guard::policy::{Connection, Policy};
use koomy_guard::report::{Format, Judgement};
use koomy_guard::rules::{
    DATABASE_IDENTITY_MATCHES, DATABASE_ROLE_IS_LEAST_PRIVILEGED, DATABASE_STAMP_MATCHES,
    Destination, Rule,
};
use koomy_guard::stamp::{self, Plan, StampRefusal};
use serde_json::json;

use crate::args::Global;
use crate::connection::Chosen;
use crate::console::{Console, complain, say};
use crate::exit::Exit;
use crate::policy;
use crate::stop::Stop;

#[derive(Debug, Args)]
pub(crate) struct Stamp {
    #[command(flatten)]
    chosen: Chosen,
    /// Write without asking
    #[arg(long)]
    yes: bool,
    /// Adopt a copy of a database with real data, so that it may be used here
    #[arg(long, requires = "reason")]
    adopt_copy: bool,
    /// Why the copy may be used here; one line, kept in the stamp
    #[arg(long, value_name = "TEXT", requires = "adopt_copy")]
    reason: Option<String>,
}

impl Stamp {
    /// Runs the command.
    pub(crate) fn run(self, global: &Global, console: Console) -> Result<Exit, Stop> {
        let policy = policy::of_run(global, console)?;
        let Self { chosen, yes, adopt_copy: _, reason } = self;
        let patience = chosen.waiting.patience();
        let (facts, selection) = chosen.observe(&policy)?;
        let mut verdict = selection.judge(&policy, &facts);
        verdict.findings = decisive(&verdict.findings);
        selection.demand(&policy, &facts, &mut verdict);
        let case = Subject { policy: &policy, verdict: &verdict, console };
        if verdict.ruling() != Ruling::Permitted {
            return Err(case.stop(&Judgement::of(ASKED, &verdict)));
        }
        let plan = case.plan(reason.as_deref())?;
        if plan.is_written() {
            return Ok(case.done(&plan, Written::No));
        }
        case.agree(&plan, yes)?;
        case.write(&plan, patience)?;
        Ok(case.done(&plan, Written::Now))
    }
}

/// DELIBERATE: what the stamp says now is for the plan to judge, and the role
/// that stamps may be another than the one that a program has.
fn decisive(findings: &Findings) -> Findings {
    let is_decisive = |finding: &&Finding| !APART.iter().any(|rule| rule.id == finding.rule().id);
    findings.iter().filter(is_decisive).cloned().collect()
}

/// What is stamped, and what permits it.
struct Subject<'a> {
    policy: &'a Policy,
    verdict: &'a Verdict<'a>,
    console: Console,
}

/// Whether a stamp was written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Written {
    /// Not by this run.
    No,
    /// By this run.
    Now,
}

impl Subject<'_> {
    fn plan(&self, reason: Option<&str>) -> Result<Plan, Stop> {
        let (connection, destination) = self.destination()?;
        let Destination { variable, target, database } = destination;
        let identity = self.verdict.live.answer(&connection.name.value).and_then(Observed::seen);
        let (Some(environment), Some(database), Some(identity)) =
            (self.verdict.environment, *database, identity)
        else {
            return Err(self.refuse(
                DATABASE_IDENTITY_MATCHES
                    .leaves_undecided(&variable.name, variable.place.clone())
                    .says("the server was not asked, so nothing is written")
                    .help("see what `guard-cli identify` says about it"),
            ));
        };
        stamp::plan(self.policy, environment, database, target, identity, reason).map_err(
            |refusal| match refusal {
                StampRefusal::NoReason => Stop::misuse(refusal.to_string()),
                refusal => {
                    let finding = refusal.finding(self.policy, environment, database, variable);
                    self.refuse(finding)
                }
            },
        )
    }

    fn destination(&self) -> Result<(&Connection, &Destination<'_>), Stop> {
        let mut all = self.verdict.destinations();
        match (all.next(), all.next()) {
            (Some(only), None) => Ok(only),
            (None | Some(_), _) => {
                let message =
                    "this environment sets several connections, and one is stamped at a time";
                Err(Stop::misuse(message).help("say which with `--connection NAME`"))
            }
        }
    }

    /// Says once what will be written, and asks for consent unless told not to. Only
    /// the environment's name is consent.
    fn agree(&self, plan: &Plan, yes: bool) -> Result<(), Stop> {
        if yes {
            say(&plan.describe());
            return Ok(());
        }
        if !io::stdin().is_terminal() {
            let message = "there is no terminal to ask on, so nothing is written";
            return Err(Stop::misuse(message).help("`--yes` writes without a question"));
        }
        let name = self.verdict.environment.map_or("", |environment| &environment.name.value);
        say(&format!("{}type `{}` to write it: ", plan.describe(), name.escape_debug()));
        let mut answer = String::new();
        match io::stdin().lock().read_line(&mut answer) {
            Ok(_) if answer.trim_end_matches(['\r', '\n']) == name => Ok(()),
            Ok(_) | Err(_) => {
                Err(Stop::misuse("that is not the name of the environment, so nothing is written"))
            }
        }
    }

    fn write(&self, plan: &Plan, patience: Patience) -> Result<(), Stop> {
        let (_, destination) = self.destination()?;
        let variable = destination.variable;
        let undecided = |cause: Cause| {
            let Cause { message, help, place } = cause;
            let rule = &DATABASE_IDENTITY_MATCHES;
            self.refuse(rule.leaves_undecided(&variable.name, place).says(message).help(help))
        };
        let client = postgres::connect(self.policy, destination, patience, &complain);
        stamp::write(&mut client.map_err(undecided)?, plan).map_err(|error| {
            let code = error.code().map(|code| code.code());
            self.refuse(failed(code, variable))
        })
    }

    /// Ends with one finding.
    fn refuse(&self, finding: Finding) -> Stop {
        let findings = [finding].into_iter().collect();
        self.stop(&Judgement { findings, ..Judgement::of(ASKED, self.verdict) })
    }

    fn stop(&self, judgement: &Judgement<'_>) -> Stop {
        let report = self.report(judgement, Written::No);
        Stop::report(Exit::of(judgement.ruling()), report)
    }

    fn done(&self, plan: &Plan, written: Written) -> Exit {
        let description = plan.describe();
        let report = match (self.console.format, written) {
            (Format::Human, Written::No) => {
                format!("{description}the stamp is already right; nothing is written\n")
            }
            // The rest was said before.
            (Format::Human, Written::Now) => {
                format!("written: {}\n", description.lines().next().unwrap_or_default())
            }
            (Format::Json | Format::Sarif | Format::Github, _) => {
                self.report(&Judgement::of(ASKED, self.verdict), written)
            }
        };
        self.console.print(&report, Exit::Permitted)
    }

    fn report(&self, judgement: &Judgement<'_>, written: Written) -> String {
        let more = json!({"written": written == Written::Now});
        self.console.report().judgement(self.policy, judgement, more)
    }
}

/// Why the server did not take the stamp.
///
/// DELIBERATE: by the code alone. The server's words repeat what it was given.
fn failed(code: Option<&str>, variable: &Seen) -> Finding {
    let (name, place) = (&variable.name, variable.place.clone());
    let undecided = |message: String, help| {
        DATABASE_STAMP_MATCHES.leaves_undecided(name, place.clone()).says(message).help(help)
    };
    match code {
        Some(ELSEWHERE) => DATABASE_IDENTITY_MATCHES
            .refuses(name, place.clone())
            .says("the server is no longer the one that was asked, and nothing was written")
            .help("see where it leads now with `guard-cli identify`, then run this again"),
        Some(code) if MEANWHILE.contains(&code) => undecided(
            "the stamp changed in the meantime, and nothing was written".to_owned(),
            "run this again",
        ),
        None => undecided(
            "the connection broke, so it is not known whether the stamp was written".to_owned(),
            "run this again; a stamp that is right is left as it is",
        ),
        Some(DENIED) => undecided(
            "the role may not write the stamp, and nothing was written".to_owned(),
            "stamp as the role that owns the schema `koomy_guard`, or else the database",
        ),
        Some(code) => undecided(
            format!("the server refused with {}, and nothing was written", known(code)),
            "look the code up, or see the server's log",
        ),
    }
}

/// A server's code, which may be any text.
fn known(code: &str) -> &str {
    let is_code = code.len() == 5 && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_code { code } else { "no code" }
}

/// DELIBERATE: no gate, as with `identify`.
const ASKED: &str = "stamp";

const APART: [&Rule; 2] = [&DATABASE_STAMP_MATCHES, &DATABASE_ROLE_IS_LEAST_PRIVILEGED];

/// The server is not the one that was asked.
const ELSEWHERE: &str = "KG001";

/// The stamp is not the one that was read, or was written at the same time: then
/// two sessions make one schema, table or row, change one function, or wait for
/// each other.
const MEANWHILE: [&str; 8] =
    ["KG002", "23505", "42P06", "42P07", "42710", "40001", "40P01", "XX000"];

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
