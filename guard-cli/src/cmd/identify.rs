//! `identify`

use clap::Args;
use koomy_guard::report::{self, Format};

use crate::args::Global;
use crate::connection::Chosen;
use crate::console::{Console, TOOL, complain};
use crate::exit::Exit;
use crate::file;

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
        let verdict = selection.judge(&policy, &facts);
        let mut exit = Exit::of(verdict.outcome());
        if exit == Exit::Permitted && verdict.destinations().next().is_none() {
            complain("this environment sets no connection of the policy, so nobody was asked");
            exit = Exit::Undecided;
        }
        console.note(&verdict);
        let report = match (console.format, exit) {
            (Format::Human, Exit::Permitted) => {
                report::identities(&policy, &verdict) + "each server is what the policy says\n"
            }
            (Format::Human, _) => {
                let findings =
                    report::verdict(Format::Human, console.style(), TOOL, &policy, &verdict);
                format!("{}\n{findings}", report::identities(&policy, &verdict))
            }
            (format, _) => report::verdict(format, console.style(), TOOL, &policy, &verdict),
        };
        Ok(console.print(&report, exit))
    }
}
