//! `man`

use clap::{Args, CommandFactory};
use koomy_guard::report::Format;

use crate::args::Cli;
use crate::console::{Console, TOOL};
use crate::exit::Exit;
use crate::names;
use crate::stop::Stop;

#[derive(Debug, Args)]
pub(crate) struct Man {
    /// The command, with its subcommand if it has one
    #[arg(value_name = "COMMAND")]
    path: Vec<String>,
}

impl Man {
    /// Runs the command.
    pub(crate) fn run(self, console: Console) -> Result<Exit, Stop> {
        console.demand(&[Format::Human])?;
        let mut program = Cli::command();
        program.build();
        let source = format!("{} {}", TOOL.name, TOOL.version);
        let page = clap_mangen::Man::new(find(program, &self.path)?).source(source);
        let mut roff = Vec::new();
        match page.render(&mut roff) {
            Ok(()) => Ok(console.print(&String::from_utf8_lossy(&roff), Exit::Permitted)),
            Err(_) => Err(Stop::misuse("the page could not be written")),
        }
    }
}

fn find(program: clap::Command, path: &[String]) -> Result<clap::Command, Stop> {
    let mut found = program;
    for name in path {
        let known: Vec<_> = found.get_subcommands().map(clap::Command::get_name).collect();
        let meant = names::did_you_mean(name, &known);
        found = found
            .find_subcommand(name)
            .cloned()
            .ok_or_else(|| Stop::misuse(format!("there is no such command{meant}")))?;
    }
    Ok(found)
}
