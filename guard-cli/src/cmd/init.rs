//! `init`

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use koomy_guard::observe::file::{ENV_FILE_LIMIT, read, shown};
use koomy_guard::report::Format;
use koomy_guard::{Policy, dotenv};
use serde_json::json;

use crate::args::Global;
use crate::console::{Console, DOCUMENT};
use crate::exit::Exit;
use crate::policy::DEFAULT;
use crate::starter;
use crate::stop::Stop;

#[derive(Debug, Args)]
pub(crate) struct Init {
    /// Also declare the variables of this env file; only their names are used
    #[arg(long, value_name = "FILE")]
    env_file: Vec<PathBuf>,
}

impl Init {
    /// Runs the command.
    pub(crate) fn run(self, global: &Global, console: Console) -> Result<Exit, Stop> {
        console.demand(DOCUMENT)?;
        let mut names = Vec::new();
        for path in &self.env_file {
            names.extend(names_in(path)?);
        }
        let path = global.policy.as_deref().unwrap_or(Path::new(DEFAULT));
        let text = starter::policy(&names);
        Policy::parse(&shown(path), &text).map_err(|error| {
            Stop::misuse(format!(
                "these names do not make a valid policy; write one without `--env-file`\n{error}"
            ))
        })?;
        create(path, &text)?;
        Ok(match console.format {
            Format::Json => {
                let written = shown(path);
                let document = json!({"written": written});
                console.print_json(&document, Exit::Permitted)
            }
            Format::Human | Format::Sarif | Format::Github => {
                console.print(&format!("wrote `{}`\n", shown(path)), Exit::Permitted)
            }
        })
    }
}

fn names_in(path: &Path) -> Result<Vec<String>, Stop> {
    let bytes = read(path, ENV_FILE_LIMIT)
        .map_err(|error| Stop::misuse(error.to_string()).help(error.help()))?;
    let parsed = dotenv::parse(&shown(path), &bytes);
    Ok(parsed.entries.into_iter().map(|entry| entry.key).collect())
}

fn create(path: &Path, text: &str) -> Result<(), Stop> {
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => {
            let message = format!("`{}` already exists, and is not overwritten", shown(path));
            Stop::misuse(message).help("name another file with `--policy`")
        }
        kind => Stop::misuse(format!("cannot write `{}`: {kind}", shown(path))),
    })
}
