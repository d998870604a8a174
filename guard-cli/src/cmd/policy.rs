//! `policy`: check, show, diff, schema.

use clap::{Args, Subcommand};
use koomy_guard::policy::diff::{Change, Direction, diff};
use koomy_guard::policy::{schema, show};
use koomy_guard::report::{self, Format};
use koomy_guard::source::Location;
use serde_json::json;

use crate::args::Global;
use crate::console::{Console, TOOL, misuse};
use crate::exit::Exit;
use crate::{file, git};

/// Look at the policy itself
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

/// The options of `policy diff`.
#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// The revision to compare with
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    since: String,
}

impl Command {
    /// Runs the command.
    pub(crate) fn run(self, global: &Global, console: Console) -> Result<Exit, Exit> {
        match self {
            Self::Check => {
                let policy = file::policy(global, console)?;
                let report = report::policy_valid(console.format, console.style(), TOOL, &policy);
                Ok(console.print(&report, Exit::Permitted))
            }
            Self::Show => {
                let policy = file::policy(global, console)?;
                match console.format {
                    Format::Human => Ok(console.print(&show::human(&policy), Exit::Permitted)),
                    Format::Json => Ok(console.print(&show::json(&policy), Exit::Permitted)),
                    Format::Sarif | Format::Github => Err(console.no_such_form()),
                }
            }
            Self::Diff(options) => options.run(global, console),
            // A schema has one form, whatever `--format` says.
            Self::Schema => Ok(console.print(&schema::schema(), Exit::Permitted)),
        }
    }
}

impl Diff {
    fn run(self, global: &Global, console: Console) -> Result<Exit, Exit> {
        let Some(path) = file::path(global) else {
            return Err(misuse(
                "the built-in policy has no revisions; name a file with `--policy`",
            ));
        };
        if matches!(console.format, Format::Sarif | Format::Github) {
            return Err(console.no_such_form());
        }
        let new = file::policy(global, console)?;
        let old = git::policy_at(&self.since, path)?;
        let changes = diff(&old, &new);
        let is_looser = changes.iter().any(|change| change.direction == Direction::Looser);
        let exit = if is_looser { Exit::Refused } else { Exit::Permitted };
        match console.format {
            Format::Human | Format::Sarif | Format::Github => {
                Ok(console.print(&lines(&changes), exit))
            }
            Format::Json => {
                let changes: Vec<_> = changes.iter().map(object).collect();
                let document = json!({"schema": "koomy-guard/v1", "changes": changes});
                Ok(console.print_json(&document, exit))
            }
        }
    }
}

fn lines(changes: &[Change]) -> String {
    if changes.is_empty() {
        return "nothing got looser or stricter\n".to_owned();
    }
    let line = |Change { direction, subject, message, place }: &Change| {
        format!("{}: {subject}: {message}\n  {place}\n", direction.name())
    };
    changes.iter().map(line).collect()
}

fn object(change: &Change) -> serde_json::Value {
    let Change { direction, subject, message, place } = change;
    let mut at = json!({"source": place.source.name()});
    if let Some(Location { line, column }) = place.location() {
        at = json!({"source": place.source.name(), "line": line, "column": column});
    }
    json!({"direction": direction.name(), "subject": subject, "message": message, "place": at})
}
