//! `completions`

use clap::{Args, CommandFactory};
use clap_complete::Shell;
use koomy_guard::report::Format;

use crate::args::Cli;
use crate::console::Console;
use crate::exit::Exit;
use crate::stop::Stop;

#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    /// Runs the command.
    pub(crate) fn run(self, console: Console) -> Result<Exit, Stop> {
        console.demand(&[Format::Human])?;
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "guard-cli", &mut script);
        Ok(console.print(&String::from_utf8_lossy(&script), Exit::Permitted))
    }
}
