//! `policy diff`

use clap::Args;
use koomy_guard::policy::diff::{Change, Direction, diff};
use koomy_guard::report::Format;
use serde_json::json;

use crate::args::Global;
use crate::console::Console;
use crate::exit::Exit;
use crate::stop::Stop;
use crate::{git, json, policy};

/// The options of `policy diff`.
#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// The revision to compare with
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    since: String,
}

impl Diff {
    /// Runs the command.
    pub(crate) fn run(self, global: &Global, console: Console) -> Result<Exit, Stop> {
        let Some(path) = policy::path(global) else {
            return Err(Stop::misuse(
                "the built-in policy has no revisions; name a file with `--policy`",
            ));
        };
        if matches!(console.format, Format::Sarif | Format::Github) {
            return Err(console.no_such_form());
        }
        let new = policy::of_run(global, console)?;
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
                let document = json!({"changes": changes});
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
    json!({
        "direction": direction.name(),
        "subject": subject,
        "message": message,
        "place": json::place(place),
    })
}
