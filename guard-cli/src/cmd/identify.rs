//! `identify`

use clap::Args;
use koomy_guard::report::{self, Format};

use crate::args::Global;
use crate::connection::Chosen;
use crate::console::{Console, TOOL};
use crate::exit::Exit;
use crate::file;

/// Ask the servers at the other ends of the connections who they are
///
/// Shows what each server says of itself, which database of the policy that is
/// by its own word and by its address, and what its stamp says. Read-only; no
/// password is shown. Only a connection with one target that is a database of
/// the environment is dialed. What is wrong with other variables is for `check`.
///
/// Ends with 0 if each server is the one that the policy names, with 1 if one is
/// not, and with 3 if one could not be asked.
#[derive(Debug, Args)]
pub(crate) struct Identify {
    #[command(flatten)]
    chosen: Chosen,
}

impl Identify {
    /// Runs the command.
    pub(crate) fn run(self, global: &Global, console: Console) -> Result<Exit, Exit> {
        let policy = file::policy(global, console)?;
        let (facts, selection) = self.chosen.observe(&policy)?;
        let mut verdict = selection.judge(&policy, &facts);
        selection.demand(&policy, &facts, &mut verdict);
        let exit = Exit::of(verdict.outcome());
        console.note(&verdict);
        let (format, style) = (console.format, console.style());
        let judged = report::judged(format, style, TOOL, &policy, &verdict, ASKED);
        let report = match (format, exit) {
            (Format::Human, Exit::Permitted) => {
                report::identities(&policy, &verdict) + "each server is what the policy says\n"
            }
            (Format::Human, _) => report::identities(&policy, &verdict) + "\n" + &judged,
            (Format::Json | Format::Sarif | Format::Github, _) => judged,
        };
        Ok(console.print(&report, exit))
    }
}

/// DELIBERATE: no gate. The connections alone were judged, and nothing may start.
const ASKED: &str = "identify";
