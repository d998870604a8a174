//! `sql`

use std::path::PathBuf;

use clap::{Args, Subcommand};
use koomy_guard::finding::Finding;
use koomy_guard::gate::{Gate, Verdict, decide};
use koomy_guard::policy::{Environment, Phase, Policy};
use koomy_guard::report::{Format, Judgement, Report, Scope};
use koomy_guard::rules::{
    DATABASE_BELONGS_TO_ENVIRONMENT, DATABASE_IDENTITY_MATCHES, ENVIRONMENT_IS_EXPECTED,
    ENVIRONMENT_IS_READABLE, Rule, SEED_DATABASE_IS_DISPOSABLE, SEED_ENVIRONMENT_IS_ALLOWED,
};
use koomy_guard::{assertion, observe};
use serde_json::json;

use crate::args::Global;
use crate::console::{Console, DOCUMENT};
use crate::exit::Exit;
use crate::names;
use crate::policy;
use crate::stop::Stop;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Assert(Assert),
}

impl Command {
    /// Runs the command.
    pub(crate) fn run(self, global: &Global, console: Console) -> Result<Exit, Stop> {
        match self {
            Self::Assert(assert) => assert.run(global, console),
        }
    }
}

/// Print the SQL block that a seed runs first, in its own transaction
///
/// The block raises an error, which also undoes what the seed writes, unless the
/// server is a database of the environment, takes writes, and is stamped for that
/// environment or is empty. It closes the gap between a check and a write, such as
/// another server or another connection of a pool. It holds nothing secret.
#[derive(Debug, Args)]
pub(crate) struct Assert {
    /// The connection, by its name in the policy [default: the only one, or `primary`]
    #[arg(long, value_name = "NAME")]
    connection: Option<String>,
    /// The environment [default: the one that this process or the env files name]
    #[arg(long, value_name = "NAME", conflicts_with = "env_file")]
    environment: Option<String>,
    /// Take the environment from this file; if repeated, later files override earlier ones
    #[arg(long, value_name = "FILE")]
    env_file: Vec<PathBuf>,
}

impl Assert {
    fn run(self, global: &Global, console: Console) -> Result<Exit, Stop> {
        console.demand(DOCUMENT)?;
        let policy = policy::of_run(global, console)?;
        let Self { connection, environment, env_file } = self;
        let connection = match &connection {
            Some(name) => names::connection(&policy, name)?,
            None => names::usual_connection(&policy)?,
        };
        let said = Said { policy: &policy, connection, console };
        let environment = match environment {
            Some(name) => names::environment(&policy, &name)?,
            None => said.seen(&env_file)?,
        };
        match assertion::of_policy(&policy, environment, connection) {
            Ok(statement) => Ok(said.print(environment, &format!("{statement};\n"))),
            Err(refusal) => {
                let finding = refusal.finding(&policy, environment, connection);
                Err(said.refuse(Some(environment), [finding]))
            }
        }
    }
}

/// What is said of a connection.
struct Said<'a> {
    policy: &'a Policy,
    connection: &'a str,
    console: Console,
}

impl<'a> Said<'a> {
    fn print(&self, environment: &'a Environment, sql: &str) -> Exit {
        let report = match self.console.format {
            Format::Json => {
                self.write(self.console.report(), &judgement(Some(environment), []), Some(sql))
            }
            Format::Human | Format::Sarif | Format::Github => sql.to_owned(),
        };
        self.console.print(&report, Exit::Permitted)
    }

    /// DELIBERATE: people are told on stderr. What is on stdout is run as SQL.
    fn refuse(
        &self,
        environment: Option<&'a Environment>,
        findings: impl IntoIterator<Item = Finding>,
    ) -> Stop {
        let judgement = judgement(environment, findings);
        let exit = Exit::of(judgement.ruling());
        match self.console.format {
            Format::Json => Stop::report(exit, self.write(self.console.report(), &judgement, None)),
            Format::Human | Format::Sarif | Format::Github => {
                Stop::aside(exit, self.write(self.console.aside(), &judgement, None))
            }
        }
    }

    fn write(&self, report: Report, judgement: &Judgement<'_>, sql: Option<&str>) -> String {
        let more = json!({"connection": self.connection, "sql": sql});
        report.judgement(self.policy, judgement, more)
    }

    /// The environment that the process or the files name.
    fn seen(&self, files: &[PathBuf]) -> Result<&'a Environment, Stop> {
        let facts = match files {
            [] => observe::process(Phase::Seed),
            files => observe::env_files(files, Phase::Seed),
        };
        let verdict = decide(Gate::Seed, self.policy, &facts);
        let named = verdict.environment.and_then(|it| self.policy.environment(&it.name.value));
        named.ok_or_else(|| self.refuse(None, self.nameless(&verdict)))
    }

    /// Why the environment is not known.
    fn nameless(&self, verdict: &Verdict<'_>) -> Vec<Finding> {
        let name = self.policy.environment_variable();
        let is_of_it = |finding: &&Finding| {
            finding.subject() == name || NAMING.iter().any(|rule| rule.id == finding.rule().id)
        };
        verdict.findings.iter().filter(is_of_it).cloned().collect()
    }
}

/// What came of it.
fn judgement<'a>(
    environment: Option<&'a Environment>,
    findings: impl IntoIterator<Item = Finding>,
) -> Judgement<'a> {
    Judgement {
        asked: ASKED,
        scope: Scope::One(environment),
        rules_asked: ASKS.iter().map(|rule| rule.id).collect(),
        findings: findings.into_iter().collect(),
        seen: None,
    }
}

/// DELIBERATE: no gate. What may be asserted does not permit a seed.
const ASKED: &str = "sql-assert";

/// The rules by which an environment is not known.
const NAMING: [&Rule; 2] = [&ENVIRONMENT_IS_EXPECTED, &ENVIRONMENT_IS_READABLE];

/// The rules by which an assertion may be refused.
const ASKS: [&Rule; 4] = [
    &DATABASE_BELONGS_TO_ENVIRONMENT,
    &DATABASE_IDENTITY_MATCHES,
    &SEED_DATABASE_IS_DISPOSABLE,
    &SEED_ENVIRONMENT_IS_ALLOWED,
];
