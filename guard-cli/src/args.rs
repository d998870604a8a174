//! The command line, as data.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use koomy_guard::report::Format;

use crate::cmd;

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
    /// The form of the report
    #[arg(long, global = true, value_name = "FORMAT", default_value = "human", value_parser = format())]
    pub(crate) format: Format,
    /// Whether the report has colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: When,
}

/// What is judged.
#[derive(Debug, Args)]
pub(crate) struct Judged {
    /// Judge exactly this file; repeated, later files lie over earlier ones
    #[arg(long, value_name = "FILE")]
    pub(crate) env_file: Vec<PathBuf>,
    /// The environment that is expected; a file that names another is refused
    #[arg(long, value_name = "NAME")]
    pub(crate) environment: Option<String>,
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
    Check(cmd::check::Check),
    Exec(cmd::exec::Exec),
    Seed(cmd::seed::Seed),
    Target(cmd::target::Target),
    Identify(cmd::identify::Identify),
    Stamp(cmd::stamp::Stamp),
    #[command(subcommand)]
    Sql(cmd::sql::Command),
    #[command(subcommand)]
    Policy(cmd::policy::Command),
    #[command(subcommand)]
    Neon(cmd::neon::Command),
    Probe(cmd::probe::Command),
    Explain(cmd::explain::Explain),
    Rules(cmd::rules::Rules),
    Selftest(cmd::selftest::Selftest),
    Init(cmd::init::Init),
    Completions(cmd::completions::Completions),
    Man(cmd::man::Man),
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
