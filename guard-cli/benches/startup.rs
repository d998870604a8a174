//! What `guard-cli` costs as a whole process, beside a program that does
//! nothing and is built with the same profile.
//!
//! The commands take turns in one run, so that a busy machine slows all alike:
//! read the ratios. `cargo bench --package guard-cli` times the program as Cargo
//! builds it; `GUARD_CLI=target/release/guard-cli` times another build, against
//! a do-nothing program that is linked as `STARTUP_FLAGS` says.
#![expect(clippy::expect_used, reason = "a benchmark that cannot run says why")]
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::disallowed_methods, reason = "times processes, and is told which")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    match arguments.iter().position(|argument| argument == PEAK) {
        Some(at) => peak(arguments.get(at + 1..).unwrap_or_default()),
        // `cargo test --benches` only wants to see that it runs.
        None if !arguments.iter().any(|argument| argument == "--bench") => compare(1),
        None => compare(ROUNDS),
    }
}

struct Contender {
    name: &'static str,
    against: usize,
    command: Vec<String>,
    times: Vec<Duration>,
}

fn compare(rounds: usize) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let guard =
        std::env::var("GUARD_CLI").unwrap_or_else(|_| env!("CARGO_BIN_EXE_guard-cli").to_owned());
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    let sandbox = root.join("examples/koomy/sandbox.env").display().to_string();
    let policy = root.join("policy.example.toml").display().to_string();
    let nothing = do_nothing(directory.path()).display().to_string();
    let check = [guard.as_str(), "check", "--env-file", &sandbox];
    let exec = [guard.as_str(), "exec", "--env-file", &sandbox, "--", "/bin/true"];
    let mut contenders = [
        contender("a program that does nothing", 0, &[&nothing]),
        contender("check", 0, &check),
        contender("check --policy FILE", 0, &[&check[..], &["--policy", &policy]].concat()),
        contender("env true", 3, &["/usr/bin/env", "/bin/true"]),
        contender("exec -- true", 3, &exec),
    ];
    for _ in 0..rounds {
        for contender in &mut contenders {
            let took = run(&contender.command);
            contender.times.push(took);
        }
    }
    report(&contenders);
    println!("peak memory: nothing {}, check {} KiB", measured(&[&nothing]), measured(&check));
}

fn contender(name: &'static str, against: usize, command: &[&str]) -> Contender {
    let command = command.iter().map(|&word| word.to_owned()).collect();
    Contender { name, against, command, times: Vec::new() }
}

fn run(command: &[String]) -> Duration {
    let (program, arguments) = command.split_first().expect("a program");
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let start = Instant::now();
    let status = command.status().expect("it starts");
    let took = start.elapsed();
    assert!(status.success(), "{program}: {status}");
    took
}

fn report(contenders: &[Contender]) {
    println!("{:30} {:>9} {:>9} {:>7}", "", "median µs", "least µs", "ratio");
    for contender in contenders {
        let base = contenders.get(contender.against).map_or(&[][..], |base| &base.times);
        let mut ratios: Vec<_> = contender
            .times
            .iter()
            .zip(base)
            .map(|(mine, floor)| mine.as_secs_f64() / floor.as_secs_f64())
            .collect();
        ratios.sort_by(f64::total_cmp);
        let mut times = contender.times.clone();
        times.sort();
        let median = times.get(times.len() / 2).map_or(0, Duration::as_micros);
        let least = times.first().map_or(0, Duration::as_micros);
        let ratio = ratios.get(ratios.len() / 2).copied().unwrap_or_default();
        println!("{:30} {median:>9} {least:>9} {ratio:>7.2}", contender.name);
    }
}

/// A program that does nothing, built as the release profile builds.
fn do_nothing(directory: &Path) -> PathBuf {
    let (source, program) = (directory.join("nothing.rs"), directory.join("nothing"));
    std::fs::write(&source, "fn main() {}\n").expect("it can be written");
    let linked = std::env::var("STARTUP_FLAGS").unwrap_or_default();
    let status = Command::new("rustc")
        .args(["--edition", "2024", "-C", "opt-level=3", "-C", "lto=fat", "-C", "panic=abort"])
        .args(["-C", "codegen-units=1", "-C", "strip=symbols", "-o"])
        .arg(&program)
        .args(linked.split_whitespace())
        .arg(&source)
        .status()
        .expect("rustc starts");
    assert!(status.success());
    program
}

/// The peak memory of a command, in KiB: the largest child of a process that
/// has no other.
fn measured(command: &[&str]) -> String {
    let me = std::env::current_exe().expect("this program");
    let output = Command::new(me).arg(PEAK).args(command).output().expect("it starts");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn peak(command: &[String]) {
    run(command);
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("the kernel counts");
    println!("{}", usage.max_rss());
}

const PEAK: &str = "--peak";
const ROUNDS: usize = 300;
