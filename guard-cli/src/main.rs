//! `guard-cli`: refuses to start a program where it must not run.

mod args;
mod cmd;
mod connection;
mod console;
mod deferred;
mod exit;
mod git;
mod json;
mod judged;
mod launch;
mod live;
mod names;
mod neon;
mod policy;
mod probe;
mod starter;
mod stop;
mod target;
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
