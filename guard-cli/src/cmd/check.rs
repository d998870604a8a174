//! `check`

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use koomy_guard::Policy;
use koomy_guard::facts::Facts;
use koomy_guard::gate::{Gate, decide};
use koomy_guard::observe;
use koomy_guard::policy::Phase;

use super::expect;
use super::matrix::{self, Pair};
use crate::args::{Global, Judged};
use crate::console::Console;
use crate::exit::Exit;
use crate::file;
use crate::live::Asking;
use crate::stop::Stop;

#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    judged: Judged,
    #[command(flatten)]
    asking: Asking,
    /// The moment that is judged; it decides what must be set, and `seed` asks the seed gate
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
        let policy = file::policy(global, console)?;
        if !self.matrix.is_empty() {
            if gate(self.phase) == Gate::Seed {
                return Err(Stop::misuse("`--matrix` asks no seed gate; judge one environment"));
            }
            return matrix::run(&policy, &self.matrix, self.phase, self.asking, console);
        }
        let facts = observe(&policy, self.judged, self.phase)?;
        let gate = gate(self.phase);
        let facts = self.asking.ask(gate, &policy, facts);
        let verdict = decide(gate, &policy, &facts);
        console.note(&verdict);
        let report = console.report().verdict(&policy, &verdict);
        Ok(console.print(&report, Exit::of(verdict.outcome())))
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

/// Sees what is to be judged.
///
/// # Errors
///
/// An expected environment that the policy does not have.
pub(crate) fn observe(policy: &Policy, judged: Judged, phase: Phase) -> Result<Facts, Stop> {
    let Judged { env_file, environment } = judged;
    let expected = environment.map(|name| expect(policy, &name)).transpose()?;
    let expected = expected.map(|environment| environment.name.value.clone());
    let seen = match env_file.as_slice() {
        [] => observe::process(phase),
        files => observe::env_files(files, phase),
    };
    Ok(Facts { expected, ..seen })
}

fn phase() -> impl TypedValueParser<Value = Phase> {
    PossibleValuesParser::new(Phase::ALL.map(Phase::name))
        .try_map(|name| Phase::from_name(&name).ok_or("no such phase"))
}
