//! `check`

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use koomy_guard::gate::{Gate, decide};
use koomy_guard::policy::Phase;

use super::matrix::{self, Pair};
use crate::args::Global;
use crate::console::Console;
use crate::exit::Exit;
use crate::judged::Judged;
use crate::live::Asking;
use crate::policy;
use crate::stop::Stop;

#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    judged: Judged,
    #[command(flatten)]
    asking: Asking,
    /// The phase to judge: it decides what must be set, and `seed` asks the seed gate
    #[arg(long, value_name = "PHASE", default_value = "boot", value_parser = phase())]
    phase: Phase,
    /// Judge several environments and compare them; a name may have several files
    #[arg(long, value_name = "NAME=FILE", num_args = 1.., value_parser = matrix::pair())]
    #[arg(conflicts_with_all = ["env_file", "environment"])]
    matrix: Vec<Pair>,
}

impl Check {
    /// Runs the command.
    pub(crate) fn run(self, global: &Global, console: Console) -> Result<Exit, Stop> {
        let policy = policy::of_run(global, console)?;
        if !self.matrix.is_empty() {
            if gate(self.phase) == Gate::Seed {
                return Err(Stop::misuse(
                    "`--matrix` does not ask the seed gate; judge one environment at a time",
                ));
            }
            return matrix::run(&policy, &self.matrix, self.phase, self.asking, console);
        }
        let facts = self.judged.observe(&policy, self.phase)?;
        let gate = gate(self.phase);
        let facts = self.asking.ask(gate, &policy, facts);
        let verdict = decide(gate, &policy, &facts);
        console.note(&verdict);
        let report = console.report().verdict(&policy, &verdict);
        Ok(console.print(&report, Exit::of(verdict.ruling())))
    }
}

/// DELIBERATE: `--phase seed` asks what a seed is asked. A "permitted" of the boot
/// gate, in production, would read as leave to seed it.
fn gate(phase: Phase) -> Gate {
    match phase {
        Phase::Seed => Gate::Seed,
        Phase::Boot | Phase::Ci | Phase::Build => Gate::Boot,
    }
}

fn phase() -> impl TypedValueParser<Value = Phase> {
    PossibleValuesParser::new(Phase::ALL.map(Phase::name))
        .try_map(|name| Phase::from_name(&name).ok_or("no such phase"))
}
