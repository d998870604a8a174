//! Whole processes that take turns.

#[path = "../../../benches/turns/mod.rs"]
mod turns;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use turns::{quantile, ratios, take_turns};

/// A command under a name.
pub(crate) struct Contestant {
    name: &'static str,
    command: Vec<String>,
}

impl Contestant {
    pub(crate) fn new(name: &'static str, command: &[&str]) -> Self {
        Self { name, command: command.iter().map(|&word| word.to_owned()).collect() }
    }
}

/// Times each command in turns, and prints what each took; every one is compared
/// with the one that stands at its place in `against`. Calls `before` each run.
pub(crate) fn compare<const N: usize>(
    mut contestants: [Contestant; N],
    against: [usize; N],
    rounds: usize,
    directory: &Path,
    before: impl Fn(),
) {
    let figures = take_turns(
        &mut contestants,
        |round| round < rounds,
        |contestant| {
            before();
            run(&contestant.command, directory)
        },
    );
    println!("{:30} {:>9} {:>9} {:>7}", "", "median µs", "least µs", "ratio");
    for ((contestant, taken), base) in contestants.iter().zip(&figures).zip(against) {
        let base = figures.get(base).map_or(&[][..], Vec::as_slice);
        let (median, least) = (quantile(taken, 0.5), quantile(taken, 0.0));
        let ratio = quantile(&ratios(taken, base), 0.5);
        println!("{:30} {median:>9.0} {least:>9.0} {ratio:>7.2}", contestant.name);
    }
}

/// Runs a command to its end, and gives the microseconds that it took.
pub(crate) fn run(command: &[String], directory: &Path) -> f64 {
    let (program, arguments) = command.split_first().expect("a program");
    let mut command = Command::new(program);
    command.args(arguments).env_clear().current_dir(directory);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let start = Instant::now();
    let status = command.status().expect("it starts");
    let took = start.elapsed();
    assert!(status.success(), "{program}: {status}");
    took.as_secs_f64() * 1e6
}

/// The program that is timed: as Cargo builds it, or the one that `GUARD_CLI` names.
pub(crate) fn guard() -> String {
    let named = std::env::var("GUARD_CLI");
    let guard = named.unwrap_or_else(|_| env!("CARGO_BIN_EXE_guard-cli").to_owned());
    std::fs::canonicalize(guard).expect("the program").display().to_string()
}
