//! `policy`: check, show, schema; `diff` is next door.

use clap::Subcommand;
use koomy_guard::policy::{schema, show};
use koomy_guard::report::Format;

use super::diff::Diff;
use crate::args::Global;
use crate::console::{Console, DOCUMENT};
use crate::exit::Exit;
use crate::policy;
use crate::stop::Stop;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Report every problem of the policy, or that it has none
    Check,
    /// Print the policy as it is understood, every default filled in
    Show,
    /// Say what got looser or stricter since a revision of git
    ///
    /// Exit code 0 if nothing got looser, 1 if something did, 3 if the old
    /// policy cannot be read.
    Diff(Diff),
    /// Print the JSON Schema of the format, for editors
    Schema,
}

impl Command {
    /// Runs the command.
    pub(crate) fn run(self, global: &Global, console: Console) -> Result<Exit, Stop> {
        match self {
            Self::Check => {
                let policy = policy::of_run(global, console)?;
                let report = console.report().policy_valid(&policy);
                Ok(console.print(&report, Exit::Permitted))
            }
            Self::Show => {
                console.demand(DOCUMENT)?;
                let policy = policy::of_run(global, console)?;
                let shown = match console.format {
                    Format::Json => show::json(&policy),
                    Format::Human | Format::Sarif | Format::Github => show::human(&policy),
                };
                Ok(console.print(&shown, Exit::Permitted))
            }
            Self::Diff(options) => options.run(global, console),
            Self::Schema => {
                console.demand(DOCUMENT)?;
                Ok(console.print(&schema::schema(), Exit::Permitted))
            }
        }
    }
}
