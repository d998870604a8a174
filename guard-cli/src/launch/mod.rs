//! A command that this process becomes once a gate opens.

mod environment;
mod line;

use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

use koomy_guard::facts::{Facts, Observed};
use koomy_guard::gate::{Gate, Verdict, decide};
use koomy_guard::policy::Policy;
use koomy_guard::report::Format;

use crate::console::{Console, say};
use crate::exit::Exit;
use crate::judged::Origin;
use crate::stop::Stop;

/// Becomes `command` if `gate` opens, with exactly what was judged as its
/// environment; comes back only with the reason why not.
pub(crate) fn launch(
    gate: Gate,
    policy: &Policy,
    facts: &Facts,
    origin: Origin,
    command: &[OsString],
    console: Console,
) -> Stop {
    let verdict = decide(gate, policy, facts);
    console.note(&verdict);
    match (&facts.variables, Exit::of(verdict.ruling())) {
        (Observed::Seen(variables), Exit::Permitted) => {
            match environment::of_child(policy, &verdict, variables, origin) {
                Ok(environment) => {
                    say(&line::permitted(console.format, policy, &verdict));
                    become_command(command, environment)
                }
                Err(stop) => stop,
            }
        }
        (Observed::Seen(_) | Observed::Absent | Observed::Unreadable(_), exit) => {
            refuse(policy, &verdict, console, exit)
        }
    }
}

/// DELIBERATE: no child exists yet, so that machines may have stdout; people
/// are told on stderr, where the output of a command that never ran belongs.
fn refuse(policy: &Policy, verdict: &Verdict<'_>, console: Console, exit: Exit) -> Stop {
    let exit = if exit == Exit::Permitted { Exit::Undecided } else { exit };
    match console.format {
        Format::Human => Stop::aside(exit, console.aside().verdict(policy, verdict)),
        Format::Json | Format::Sarif | Format::Github => {
            Stop::report(exit, console.report().verdict(policy, verdict))
        }
    }
}

/// Replaces this process; returns only if that fails.
///
/// LIMIT: as with every program that the standard library starts, SIGPIPE is
/// back at its default and no signal is blocked.
fn become_command(command: &[OsString], environment: Vec<(String, OsString)>) -> Stop {
    let Some((program, args)) = command.split_first() else {
        return Stop::misuse("there is no command after `--`");
    };
    let error = Command::new(program).args(args).env_clear().envs(environment).exec();
    let place = "the command after `--`";
    if error.kind() == io::ErrorKind::NotFound {
        Stop::because(Exit::NotFound, format!("{place} does not exist"))
            .help("check its name and `PATH`")
    } else {
        let message = format!("{place} cannot be executed: {}", error.kind());
        Stop::because(Exit::NotExecutable, message)
    }
}
