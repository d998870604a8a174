//! The command line, as data.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use koomy_guard::report::Format;

use crate::cmd;
use crate::deferred::Deferred;

/// Refuses to start a program where it must not run
#[derive(Debug, Parser)]
#[command(name = "guard-cli", version, arg_required_else_help = true, max_term_width = 100)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options that every command takes, before or after its name.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// The policy [default: ./policy.toml, or else the built-in one]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// The format of the report
    #[arg(long, global = true, value_name = "FORMAT", default_value = "human", value_parser = format())]
    pub(crate) format: Format,
    /// Whether to colour the report
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: When,
}

/// When something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The commands, one file each.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Judge an environment: that of this process, or of env files
    ///
    /// Without `--env-file` and `--matrix`, the variables of this process are
    /// judged. Env files are judged alone: nothing of this process is added.
    Check(Deferred<cmd::check::Check>),
    /// Judge an environment, then become a command in exactly that environment
    ///
    /// The command gets what was judged and nothing else: connection URLs in
    /// their canonical form, and no `PG*` variable that would redirect a connection. With
    /// `--env-file`, that is what the files say; the variables that every program
    /// needs (`PATH`, `HOME`, `USER`, `LOGNAME`, `SHELL`, `TERM`, `LANG`, `LC_*`,
    /// `TZ`, `TMPDIR`, `PWD`) are added from this process where neither the files
    /// nor the policy name them.
    ///
    /// There is no shell and no process in between: signals and the exit code are
    /// the command's own. One line on stderr says what was decided. A refusal is
    /// reported on stderr for people and on stdout in the other formats.
    Exec(Deferred<cmd::exec::Exec>),
    /// Ask whether a database may be seeded, then become the command that seeds it
    ///
    /// Like `exec`, but at the seed gate: the policy must allow this environment to be
    /// seeded. Its servers are asked who they are, and each must be the one that the
    /// policy names, hold no real data and carry a stamp of its own. Nothing is written.
    ///
    /// Between this question and what the seed writes, a database can be restored,
    /// pointed elsewhere or reached by another connection. A seed closes that gap if it
    /// first runs what `sql assert` prints, in its own transaction.
    Seed(Deferred<cmd::seed::Seed>),
    /// Say where a database URL leads, together with this process's `PG*` variables
    ///
    /// Accepted (exit code 0) means that every driver reads the URL in the same way.
    /// Whether an environment may use it is for `check` to decide. Without a URL, the
    /// connections of this process's environment are judged. No password is shown.
    Target(Deferred<cmd::target::Target>),
    /// Ask the database servers behind the connections who they are
    ///
    /// Shows what each server says about itself, which database of the policy it is
    /// by its own account and by its address, and what its stamp says. Nothing is
    /// written, and no password is shown. A server is contacted only if its connection
    /// leads to one database of the environment. Problems with other variables are for
    /// `check` to report.
    ///
    /// Ends with 0 if each server is the one that the policy names, with 1 if one is
    /// not, and with 3 if one could not be asked.
    Identify(Deferred<cmd::identify::Identify>),
    /// Write into a database which environment it belongs to, so that copies are recognised
    ///
    /// The only command that writes to a database. The server must be the database
    /// that the policy names, as `identify` shows it. You are told first what will be
    /// written; on a terminal, you have to type the name of the environment. A stamp
    /// that is already right is left alone.
    Stamp(Deferred<cmd::stamp::Stamp>),
    /// Print SQL that a program runs itself
    #[command(subcommand)]
    Sql(Deferred<cmd::sql::Command>),
    /// Look at the policy itself
    #[command(subcommand)]
    Policy(Deferred<cmd::policy::Command>),
    /// Pin the databases that Neon runs
    #[command(subcommand)]
    Neon(Deferred<cmd::neon::Command>),
    /// Check from outside whether a running service is as the policy says
    ///
    /// Every debug path of the policy must be answered like a path that does not
    /// exist, in status, headers, body and time; a domain of another environment
    /// must be refused; the certificate must be valid for the environment's domains
    /// for 14 days or more; no answer may hold the URL of a database.
    ///
    /// Only the given server is contacted, with at most 200 requests in two minutes.
    /// No redirect is followed, and no secret is sent.
    ///
    /// Ends with 0 if all of that holds, with 1 if something does not, and with 3 if
    /// something could not be checked.
    Probe(Deferred<cmd::probe::Probe>),
    /// Explain what a rule refuses, why, and what to do
    Explain(Deferred<cmd::explain::Explain>),
    /// List the rules, each with its gates and what must hold
    Rules(Deferred<cmd::rules::Rules>),
    /// Plant a violation of every rule, and require the refusal
    ///
    /// The variables are made up from the policy; those of this process are not read.
    /// Ends with 1 if a rule let a violation pass, and with 3 if no variables could
    /// satisfy an environment, so that nothing could be planted in it.
    Selftest(Deferred<cmd::selftest::Selftest>),
    /// Write a commented policy to start from; existing files are never overwritten
    Init(Deferred<cmd::init::Init>),
    /// Print a completion script for a shell
    Completions(Deferred<cmd::completions::Completions>),
    /// Print the manual page of this program, or of one of its commands, as roff
    Man(Deferred<cmd::man::Man>),
}

fn format() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(Format::ALL.iter().map(|format| format.name()))
        .try_map(|name| Format::from_name(&name).ok_or("no such format"))
}

const AFTER_HELP: &str = "\
Exit codes, the same in every format:
  0  permitted
  1  refused: at least one finding
  2  misuse: the command line or the policy is wrong, and nothing was asked
  3  undecided: something could not be read, or nothing was checked
`exec` and `seed` end as their command does; before it starts: 78 refused,
75 undecided, 64 misuse, 127 command not found, 126 command not executable.";
