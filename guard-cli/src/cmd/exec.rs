//! `exec`

use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

use clap::Args;
use koomy_guard::facts::Observed;
use koomy_guard::gate::{Gate, Verdict, decide};
use koomy_guard::policy::{Phase, Policy};
use koomy_guard::report::{self, Format};

use super::check::observe;
use crate::args::{Global, Judged};
use crate::child::{self, Origin};
use crate::console::{Console, TOOL, complain, say};
use crate::exit::Exit;
use crate::{decision, file};

/// Judge an environment, then become a command in exactly that environment
///
/// The command gets what was judged and nothing else: URLs of connections in
/// their canonical form, no `PG*` variable that would move a connection. With
/// `--env-file`, that is what the files say; the variables that every program
/// needs (`PATH`, `HOME`, `USER`, `LOGNAME`, `SHELL`, `TERM`, `LANG`, `LC_*`,
/// `TZ`, `TMPDIR`, `PWD`) are added from this process where neither the files
/// nor the policy name them.
///
/// There is no shell and no process in between: signals and the exit code are
/// the command's own. One line on stderr says what was decided. A refusal is
/// reported on stderr for people and on stdout in the other formats.
#[derive(Debug, Args)]
pub(crate) struct Exec {
    #[command(flatten)]
    judged: Judged,
    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "CMD")]
    command: Vec<OsString>,
}

impl Exec {
    /// Runs the command; comes back only if it could not be started.
    pub(crate) fn run(self, global: &Global, console: Console) -> Result<Exit, Exit> {
        let policy = file::policy(global, console)?;
        let Self { judged, command } = self;
        let origin = if judged.env_file.is_empty() { Origin::Process } else { Origin::Files };
        let facts = observe(&policy, judged, Phase::Boot)?;
        let verdict = decide(Gate::Boot, &policy, &facts);
        match (&facts.variables, Exit::of(verdict.outcome())) {
            (Observed::Seen(variables), Exit::Permitted) => {
                let environment = child::environment(&policy, &verdict, variables, origin)?;
                say(&decision::line(console.format, &policy, &verdict));
                Err(become_command(&command, environment))
            }
            (Observed::Seen(_) | Observed::Absent | Observed::Unreadable(_), exit) => {
                Err(refuse(&policy, &verdict, console, exit))
            }
        }
    }
}

/// DELIBERATE: no child exists yet, so that machines may have stdout; people
/// are told on stderr, where the output of a command that never ran belongs.
fn refuse(policy: &Policy, verdict: &Verdict<'_>, console: Console, exit: Exit) -> Exit {
    let exit = if exit == Exit::Permitted { Exit::Undecided } else { exit };
    match console.format {
        Format::Human => {
            let style = console.style_on(&io::stderr());
            say(&report::verdict(Format::Human, style, TOOL, policy, verdict));
            exit
        }
        Format::Json | Format::Sarif | Format::Github => {
            let report = report::verdict(console.format, console.style(), TOOL, policy, verdict);
            console.print(&report, exit)
        }
    }
}

/// Replaces this process; returns only if that fails.
///
/// LIMIT: as with every program that the standard library starts, SIGPIPE is
/// back at its default and no signal is blocked.
fn become_command(command: &[OsString], environment: Vec<(String, OsString)>) -> Exit {
    let Some((program, args)) = command.split_first() else { return Exit::Misused };
    let error = Command::new(program).args(args).env_clear().envs(environment).exec();
    let place = "the command after `--`";
    if error.kind() == io::ErrorKind::NotFound {
        complain(&format!("{place} does not exist\n  help: check its name and `PATH`"));
        Exit::NotFound
    } else {
        complain(&format!("{place} cannot be executed: {}", error.kind()));
        Exit::NotExecutable
    }
}
