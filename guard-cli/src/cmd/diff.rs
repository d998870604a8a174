//! `policy diff`

use clap::Args;
use koomy_guard::policy::diff::{Direction, diff};

use crate::args::Global;
use crate::console::Console;
use crate::exit::Exit;
use crate::stop::Stop;
use crate::{git, policy};

/// The options of `policy diff`.
#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// The revision to compare with
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    since: String,
}

impl Diff {
    /// Runs the command.
    pub(crate) fn run(self, global: &Global, console: Console) -> Result<Exit, Stop> {
        let Some(path) = policy::path(global) else {
            return Err(Stop::misuse(
                "the built-in policy has no revisions; name a file with `--policy`",
            ));
        };
        let new = policy::of_run(global, console)?;
        let old = git::policy_at(&self.since, path)?;
        let changes = diff(&old, &new);
        let is_looser = changes.iter().any(|change| change.direction == Direction::Looser);
        let exit = if is_looser { Exit::Refused } else { Exit::Permitted };
        Ok(console.print(&console.report().changes(&new, &changes), exit))
    }
}
