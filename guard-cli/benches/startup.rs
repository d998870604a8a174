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

mod processes;

use std::path::{Path, PathBuf};
use std::process::Command;

use nix::sys::resource::{UsageWho, getrusage};
use processes::{Contestant, guard, run};

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    match arguments.iter().position(|argument| argument == PEAK) {
        Some(at) => peak(arguments.get(at + 1..).unwrap_or_default()),
        // `cargo test --benches` only wants to see that it runs.
        None if !arguments.iter().any(|argument| argument == "--bench") => compare(1),
        None => compare(ROUNDS),
    }
}

fn compare(rounds: usize) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let guard = guard();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    let sandbox = root.join("examples/koomy/sandbox.env").display().to_string();
    let policy = root.join("policy.example.toml").display().to_string();
    let nothing = do_nothing(directory.path()).display().to_string();
    let check = [guard.as_str(), "check", "--env-file", &sandbox];
    let exec = [guard.as_str(), "exec", "--env-file", &sandbox, "--", "/bin/true"];
    let contestants = [
        Contestant::new("a program that does nothing", &[&nothing]),
        Contestant::new("check", &check),
        Contestant::new("check --policy FILE", &[&check[..], &["--policy", &policy]].concat()),
        Contestant::new("env true", &["/usr/bin/env", "/bin/true"]),
        Contestant::new("exec -- true", &exec),
    ];
    processes::compare(contestants, [0, 0, 0, 3, 3], rounds, directory.path(), || {});
    println!("peak memory: nothing {}, check {} KiB", measured(&[&nothing]), measured(&check));
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
    run(command, Path::new("."));
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("the kernel counts");
    println!("{}", usage.max_rss());
}

const PEAK: &str = "--peak";
const ROUNDS: usize = 300;
