//! `guard-cli`: refuses to start a program where it must not run.

mod args;
mod child;
mod cmd;
mod connection;
mod console;
mod decision;
mod deferred;
mod exit;
mod file;
mod git;
mod launch;
mod lead;
mod lead_report;
mod live;
mod neon;
mod probe;
mod starter;
mod stop;
mod usage;

use std::ffi::OsString;

use clap::Parser;

use crate::args::Cli;
use crate::exit::Exit;

fn main() -> Exit {
    let args: Vec<OsString> = std::env::args_os().collect();
    match Cli::try_parse_from(&args) {
        Ok(cli) => cmd::run(cli),
        Err(error) => usage::explain(&error, &args),
    }
}
