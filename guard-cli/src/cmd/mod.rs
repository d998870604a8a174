//! The commands, one file each.

pub(crate) mod check;
pub(crate) mod completions;
mod diff;
pub(crate) mod exec;
pub(crate) mod explain;
pub(crate) mod identify;
pub(crate) mod init;
pub(crate) mod man;
mod matrix;
pub(crate) mod neon;
pub(crate) mod policy;
pub(crate) mod probe;
pub(crate) mod rules;
pub(crate) mod seed;
pub(crate) mod selftest;
pub(crate) mod sql;
pub(crate) mod stamp;
pub(crate) mod target;

use koomy_guard::Policy;

use crate::args::{Cli, Command};
use crate::console::{Console, misuse};
use crate::deferred::Deferred;
use crate::exit::Exit;

/// Runs the command.
pub(crate) fn run(cli: Cli) -> Exit {
    let Cli { global, command } = cli;
    let console = Console::new(&global);
    let ended = match command {
        Command::Check(Deferred(check)) => check.run(&global, console),
        Command::Exec(Deferred(exec)) => exec.run(&global, console).map_err(Exit::before_child),
        Command::Identify(Deferred(identify)) => identify.run(&global, console),
        Command::Stamp(Deferred(stamp)) => stamp.run(&global, console),
        Command::Sql(Deferred(command)) => command.run(&global, console),
        Command::Seed(Deferred(seed)) => seed.run(&global, console).map_err(Exit::before_child),
        Command::Target(Deferred(target)) => target.run(&global, console),
        Command::Policy(Deferred(command)) => command.run(&global, console),
        Command::Neon(Deferred(command)) => command.run(&global, console),
        Command::Probe(Deferred(probe)) => probe.run(&global, console),
        Command::Explain(Deferred(explain)) => explain.run(console),
        Command::Rules(Deferred(rules)) => rules.run(console),
        Command::Selftest(Deferred(selftest)) => selftest.run(&global, console),
        Command::Init(Deferred(init)) => init.run(&global, console),
        Command::Completions(Deferred(completions)) => completions.run(console),
        Command::Man(Deferred(man)) => man.run(console),
    };
    match ended {
        Ok(exit) | Err(exit) => exit,
    }
}

/// The name of an environment that the policy has.
///
/// # Errors
///
/// Any other name; what was given is not repeated.
fn expect(policy: &Policy, name: String) -> Result<String, Exit> {
    if policy.environment(&name).is_some() {
        return Ok(name);
    }
    let known: Vec<_> = policy.environments().iter().map(|e| e.name.value.as_str()).collect();
    Err(misuse(&format!(
        "the policy `{}` has no environment of that name{}\n  help: it has `{}`",
        policy.name(),
        did_you_mean(&name, &known),
        known.join("`, `")
    )))
}

/// "; did you mean …?", if one of `known` looks like `name`.
pub(crate) fn did_you_mean(name: &str, known: &[&str]) -> String {
    known
        .iter()
        .map(|word| (strsim::jaro_winkler(name, word), word))
        .filter(|(likeness, _)| *likeness >= 0.8)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, word)| format!("; did you mean `{word}`?"))
        .unwrap_or_default()
}
