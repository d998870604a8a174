//! `seed`

use std::ffi::OsString;

use clap::Args;
use koomy_guard::gate::Gate;
use koomy_guard::policy::Phase;

use crate::args::Global;
use crate::console::Console;
use crate::exit::Exit;
use crate::judged::Judged;
use crate::launch::launch;
use crate::live::Waiting;
use crate::policy;
use crate::stop::Stop;

#[derive(Debug, Args)]
pub(crate) struct Seed {
    #[command(flatten)]
    judged: Judged,
    #[command(flatten)]
    waiting: Waiting,
    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "CMD")]
    command: Vec<OsString>,
}

impl Seed {
    /// Runs the command; comes back only if it could not be started.
    pub(crate) fn run(self, global: &Global, console: Console) -> Result<Exit, Stop> {
        let policy = policy::of_run(global, console)?;
        let Self { judged, waiting, command } = self;
        let origin = judged.origin();
        let facts = judged.observe(&policy, Phase::Seed)?;
        let facts = waiting.ask(Gate::Seed, &policy, facts);
        Err(launch(Gate::Seed, &policy, &facts, origin, &command, console))
    }
}
