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

use crate::args::{Cli, Command};
use crate::console::Console;
use crate::deferred::Deferred;
use crate::exit::Exit;
use crate::stop::Stop;

/// Runs the command.
pub(crate) fn run(cli: Cli) -> Exit {
    let Cli { global, command } = cli;
    let console = Console::new(&global);
    let ended = match command {
        Command::Check(Deferred(check)) => check.run(&global, console),
        Command::Exec(Deferred(exec)) => exec.run(&global, console).map_err(Stop::before_child),
        Command::Identify(Deferred(identify)) => identify.run(&global, console),
        Command::Stamp(Deferred(stamp)) => stamp.run(&global, console),
        Command::Sql(Deferred(command)) => command.run(&global, console),
        Command::Seed(Deferred(seed)) => seed.run(&global, console).map_err(Stop::before_child),
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
    ended.unwrap_or_else(|stop| stop.tell(console))
}
