//! `sql`

use std::path::PathBuf;

use clap::{Args, Subcommand};
use koomy_guard::facts::Observed;
use koomy_guard::gate::{Gate, decide};
use koomy_guard::policy::{Environment, Phase, Policy};
use koomy_guard::report::Format;
use koomy_guard::{assertion, observe};
use serde_json::json;

use super::expect;
use crate::args::Global;
use crate::connection::{known, usual};
use crate::console::{Console, TOOL, complain};
use crate::exit::Exit;
use crate::file::{self, policy_of};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Assert(Assert),
}

impl Command {
    /// Runs the command.
    pub(crate) fn run(self, global: &Global, console: Console) -> Result<Exit, Exit> {
        match self {
            Self::Assert(assert) => assert.run(global, console),
        }
    }
}

/// Print the block that a seed runs first, in its own transaction
///
/// The block raises unless the server is a database of the environment, takes
/// writes, and is stamped for that environment or is empty; what the seed writes
/// is undone with it. It closes the gap between a look and a write: another
/// server, another connection of a pool. It holds nothing secret.
#[derive(Debug, Args)]
pub(crate) struct Assert {
    /// The connection, by its name in the policy [default: the only one, or `primary`]
    #[arg(long, value_name = "NAME")]
    connection: Option<String>,
    /// The environment [default: the one that this process or the env files name]
    #[arg(long, value_name = "NAME", conflicts_with = "env_file")]
    environment: Option<String>,
    /// Take the environment from this file; repeated, later files lie over earlier ones
    #[arg(long, value_name = "FILE")]
    env_file: Vec<PathBuf>,
}

impl Assert {
    fn run(self, global: &Global, console: Console) -> Result<Exit, Exit> {
        let policy = file::policy(global, console)?;
        let Self { connection, environment, env_file } = self;
        let connection = match &connection {
            Some(name) => known(&policy, name)?,
            None => usual(&policy)?,
        };
        let environment = match environment {
            Some(name) => {
                let name = expect(&policy, name)?;
                policy.environment(&name).ok_or(Exit::Misused)?
            }
            None => seen(&policy, &env_file)?,
        };
        let sql = assertion::of_policy(&policy, environment, connection)
            .map(|statement| format!("{statement};\n"));
        let exit = if sql.is_ok() { Exit::Permitted } else { Exit::Refused };
        match (console.format, sql) {
            (Format::Human, Ok(sql)) => Ok(console.print(&sql, exit)),
            (Format::Human, Err(refusal)) => {
                complain(&format!("refused: {refusal}"));
                Err(exit)
            }
            (Format::Json, sql) => {
                let (sql, message) = match sql {
                    Ok(sql) => (Some(sql), None),
                    Err(refusal) => (None, Some(refusal.to_string())),
                };
                let document = json!({
                    "schema": "koomy-guard/v1",
                    "tool": {"name": TOOL.name, "version": TOOL.version},
                    "policy": policy_of(&policy),
                    "environment": environment.name.value,
                    "connection": connection,
                    "outcome": exit.outcome(),
                    "sql": sql,
                    "message": message,
                });
                Ok(console.print_json(&document, exit))
            }
            (Format::Sarif | Format::Github, _) => Err(console.no_such_form()),
        }
    }
}

/// The environment that the process or the files name.
fn seen<'a>(policy: &'a Policy, files: &[PathBuf]) -> Result<&'a Environment, Exit> {
    let facts = match files {
        [] => observe::process(Phase::Seed),
        files => observe::env_files(files, Phase::Seed),
    };
    let name = decide(Gate::Seed, policy, &facts).environment.map(|it| it.name.value.clone());
    if let Some(environment) = name.and_then(|name| policy.environment(&name)) {
        return Ok(environment);
    }
    match facts.variables {
        Observed::Seen(_) => {
            complain(&format!(
                "refused: `{}` names no environment of the policy\n  help: set it, or say \
                 `--environment NAME`",
                policy.environment_variable()
            ));
            Err(Exit::Refused)
        }
        Observed::Absent | Observed::Unreadable(_) => {
            complain("the environment could not be read; `guard-cli check` says why");
            Err(Exit::Undecided)
        }
    }
}
