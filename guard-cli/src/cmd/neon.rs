//! `neon`

use std::path::Path;
use std::time::Duration;

use clap::{Args, Subcommand};
use koomy_guard::Policy;

use crate::args::Global;
use crate::console::Console;
use crate::exit::Exit;
use crate::neon::report::{Done, Report};
use crate::neon::{
    Account, Base, Client, Comparison, Key, KeyError, Repin, Replaceable, Wanted, compare, look,
    rewrite,
};
use crate::policy;
use crate::stop::Stop;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write the ids and hosts of Neon's branches into the policy file
    ///
    /// Reads the projects that the policy names from Neon's API, with the key in
    /// `NEON_API_KEY`, and writes `branch.id` and `endpoints` of each database
    /// with `provider = "neon"`. The rest of the file stays as it is. If an
    /// environment would share a branch with another, or has one that is not as it
    /// must be, nothing is written and the exit code is 1.
    Sync(Sync),
}

/// The options of `neon sync`.
#[derive(Debug, Args)]
pub(crate) struct Sync {
    /// Write nothing; end with 1 if the policy differs from the account
    #[arg(long)]
    check: bool,
    /// After a restore, pin the branch that now has the name of the pinned one
    #[arg(long, conflicts_with = "check")]
    repin: bool,
    /// The address of the API; `http` only on this machine
    #[arg(long, value_name = "URL", default_value = API)]
    #[arg(value_parser = Base::parse)]
    api: Base,
    /// The seconds that each request may take
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=300))]
    timeout: u64,
}

impl Command {
    /// Runs the command.
    pub(crate) fn run(self, global: &Global, console: Console) -> Result<Exit, Stop> {
        let Self::Sync(sync) = self;
        sync.run(global, console)
    }
}

impl Sync {
    fn run(self, global: &Global, console: Console) -> Result<Exit, Stop> {
        let Some(path) = policy::path(global) else {
            let help = "name a file with `--policy`; `guard-cli init` writes one";
            return Err(Stop::misuse("the built-in policy cannot be written").help(help));
        };
        let policy = policy::of_run(global, console)?;
        let wanted = Wanted::all(&policy).map_err(|wrong| Stop::misuse(wrong.join("\n")))?;
        if wanted.is_empty() {
            return Ok(undecided(&policy, console, NOTHING.0.to_owned(), NOTHING.1));
        }
        let mode = if self.check { Mode::Check } else { Mode::write(path)? };
        let repin = if self.repin { Repin::Asked } else { Repin::NotAsked };
        let no_key = |error: KeyError| Stop::misuse(error.to_string()).help(error.help());
        let key = Key::of_environment().map_err(no_key)?;
        let client = Client::new(self.api, key, Duration::from_secs(self.timeout));
        match look(&client, &wanted) {
            Err(trouble) => Ok(undecided(&policy, console, trouble.to_string(), trouble.help())),
            Ok(account) => Ok(judge(&policy, &wanted, &account, repin, mode, console)),
        }
    }
}

/// What may be done with the file.
enum Mode {
    Check,
    Write(Replaceable),
}

impl Mode {
    fn write(path: &Path) -> Result<Self, Stop> {
        Replaceable::at(path).map(Self::Write).map_err(|error| Stop::misuse(error.to_string()))
    }
}

fn judge(
    policy: &Policy,
    wanted: &[Wanted<'_>],
    account: &Account,
    repin: Repin,
    mode: Mode,
    console: Console,
) -> Exit {
    let compared = compare(policy, wanted, account, repin);
    let Comparison { pinned: _, changes, findings } = &compared;
    let in_step = Report {
        policy,
        done: Done::Nothing { databases: wanted.len() },
        changes: &[],
        findings: &[],
    };
    match mode {
        Mode::Check => {
            let drift = compared.drift(policy);
            let done = if drift.is_empty() { in_step.done } else { Done::Drifted };
            (Report { policy, done, changes, findings: &drift }).print(console)
        }
        Mode::Write(_) if !findings.is_empty() => {
            (Report { done: Done::Refused, findings, ..in_step }).print(console)
        }
        Mode::Write(_) if changes.is_empty() => in_step.print(console),
        Mode::Write(file) => write(policy, &compared, &file, console),
    }
}

fn write(policy: &Policy, compared: &Comparison<'_>, file: &Replaceable, console: Console) -> Exit {
    let new = match rewrite(policy, &compared.pinned) {
        Ok(new) => new,
        Err(error) => return undecided(policy, console, error.to_string(), error.help()),
    };
    let text = |policy: &Policy| policy.source().shown().unwrap_or_default().to_owned();
    if let Err(error) = file.replace(&text(policy), &text(&new)) {
        return undecided(policy, console, error.to_string(), "nothing was written");
    }
    let changes = &compared.changes;
    (Report { policy: &new, done: Done::Written, changes, findings: &[] }).print(console)
}

fn undecided(policy: &Policy, console: Console, message: String, help: &str) -> Exit {
    let done = Done::Undecided { message, help: help.to_owned() };
    (Report { policy, done, changes: &[], findings: &[] }).print(console)
}

const API: &str = "https://console.neon.tech/api/v2";
const NOTHING: (&str, &str) = (
    "the policy has no database with `provider = \"neon\"`, so nothing was compared",
    "add it to the databases that Neon runs",
);
