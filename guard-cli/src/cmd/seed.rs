//! `seed`

use std::ffi::OsString;

use clap::Args;
use koomy_guard::gate::Gate;
use koomy_guard::policy::Phase;

use super::check::observe;
use crate::args::{Global, Judged};
use crate::child::Origin;
use crate::console::Console;
use crate::exit::Exit;
use crate::file;
use crate::launch::launch;
use crate::live::Waiting;

/// Ask whether a database may be filled with data, then become the seed
///
/// As `exec`, at the seed gate: the policy must let this environment be seeded,
/// its servers are asked who they are, and each must be the one that the policy
/// names, hold no real data and bear a stamp of its own. Nothing is written.
///
/// Between this question and what the seed writes, a database can be restored,
/// re-pointed or reached by another connection. A seed closes that gap when it
/// runs what `sql assert` prints first, in its own transaction.
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
    pub(crate) fn run(self, global: &Global, console: Console) -> Result<Exit, Exit> {
        let policy = file::policy(global, console)?;
        let Self { judged, waiting, command } = self;
        let origin = Origin::of(&judged);
        let facts = observe(&policy, judged, Phase::Seed)?;
        let facts = waiting.ask(Gate::Seed, &policy, facts);
        Err(launch(Gate::Seed, &policy, &facts, origin, &command, console))
    }
}
