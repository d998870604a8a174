//! `identify`

use clap::Args;
use koomy_guard::report::{self, Format, Judgement};

use crate::args::Global;
use crate::connection::Chosen;
use crate::console::Console;
use crate::exit::Exit;
use crate::policy;
use crate::stop::Stop;

#[derive(Debug, Args)]
pub(crate) struct Identify {
    #[command(flatten)]
    chosen: Chosen,
}

impl Identify {
    /// Runs the command.
    pub(crate) fn run(self, global: &Global, console: Console) -> Result<Exit, Stop> {
        let policy = policy::of_run(global, console)?;
        let (facts, selection) = self.chosen.observe(&policy)?;
        let mut verdict = selection.judge(&policy, &facts);
        selection.demand(&policy, &facts, &mut verdict);
        let exit = Exit::of(verdict.ruling());
        console.note(&verdict);
        let judged = console.report().judgement(&policy, &Judgement::of(ASKED, &verdict), ());
        let report = match (console.format, exit) {
            (Format::Human, Exit::Permitted) => {
                report::identities(&policy, &verdict) + "each server is what the policy says\n"
            }
            (Format::Human, _) => match report::identities(&policy, &verdict) {
                said if said.is_empty() => judged,
                said => said + "\n" + &judged,
            },
            (Format::Json | Format::Sarif | Format::Github, _) => judged,
        };
        Ok(console.print(&report, exit))
    }
}

/// DELIBERATE: no gate. The connections alone were judged, and nothing may start.
const ASKED: &str = "identify";
