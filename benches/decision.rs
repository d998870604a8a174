//! The cost of a decision inside a process.
//!
//! `floor` reads every byte that a decision must read, so that on a busy machine the
//! figures can be read as ratios.
#![expect(clippy::expect_used, reason = "a benchmark that cannot run says why")]

use std::fmt::Write as _;
use std::path::Path;

use divan::{Bencher, black_box};
use koomy_guard::facts::{Facts, Observed};
use koomy_guard::gate::{Gate, decide};
use koomy_guard::policy::Phase;
use koomy_guard::{Policy, Ruling, observe};

fn main() {
    let sandbox = sandbox();
    let policy = Policy::built_in().expect("the tests parse it");
    let verdict = decide(Gate::Boot, &policy, &sandbox);
    assert_eq!(verdict.ruling(), Ruling::Permitted, "the permitted path is what is timed");
    divan::main();
}

/// One pass over the policy's text and over every value.
#[divan::bench]
fn floor(bencher: Bencher<'_, '_>) {
    let facts = sandbox();
    let policy = Policy::built_in().expect("the tests parse it");
    let text = policy.source().shown().unwrap_or_default();
    bencher.bench(|| {
        let Observed::Seen(variables) = &facts.variables else { return 0 };
        let values = variables.iter().flat_map(|seen| seen.value.expose());
        text.bytes().chain(values.copied()).fold(0_u64, |sum, byte| sum + u64::from(byte))
    });
}

/// From the policy's text to the verdict: what a boot costs, without reading files.
#[divan::bench]
fn policy_text_to_verdict(bencher: Bencher<'_, '_>) {
    let facts = sandbox();
    bencher.bench(|| {
        let policy = Policy::built_in().expect("the tests parse it");
        decide(Gate::Boot, &policy, black_box(&facts)).ruling()
    });
}

/// Parsing the policy alone.
#[divan::bench]
fn policy_text_to_policy() -> Policy {
    Policy::built_in().expect("the tests parse it")
}

/// Reading an env file from disk.
#[divan::bench]
fn env_file_to_facts() -> Facts {
    sandbox()
}

/// A decision when the policy is already parsed.
#[divan::bench]
fn warm_decision(bencher: Bencher<'_, '_>) {
    let facts = sandbox();
    let policy = Policy::built_in().expect("the tests parse it");
    bencher.bench(|| decide(Gate::Boot, black_box(&policy), black_box(&facts)).ruling());
}

/// A decision among many undeclared variables, as in a shell.
#[divan::bench(args = [10, 100, 1_000])]
fn warm_decision_with_more_variables(bencher: Bencher<'_, '_>, count: usize) {
    let names: Vec<_> =
        (0..count).map(|n| (format!("SHELL_VARIABLE_{n}"), n.to_string())).collect();
    let pairs = names.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let Observed::Seen(sandbox) = sandbox().variables else { return };
    let own: Vec<_> = sandbox.iter().filter_map(|s| Some((s.name.as_str(), s.text()?))).collect();
    let own = own.iter().map(|(name, secret)| (*name, secret.expose()));
    let facts = Facts::assume().variables(pairs.chain(own)).facts();
    let policy = Policy::built_in().expect("the tests parse it");
    bencher.bench(|| decide(Gate::Boot, black_box(&policy), black_box(&facts)).ruling());
}

/// Parsing a policy with many environments, databases and variables.
#[divan::bench(args = [10, 100, 1_000])]
fn policy_with_more_of_everything(bencher: Bencher<'_, '_>, count: usize) {
    let text = policy(count);
    bencher.bench(|| Policy::parse("policy.toml", black_box(&text)).expect("it is valid"));
}

/// A decision with such a policy.
#[divan::bench(args = [10, 100, 1_000])]
fn warm_decision_with_more_of_everything(bencher: Bencher<'_, '_>, count: usize) {
    let policy = Policy::parse("policy.toml", &policy(count)).expect("it is valid");
    let facts = Facts::assume()
        .variable("APP_ENV", format!("stage-{}", count - 1))
        .variable("DATABASE_URL", format!("postgresql://app:pw@db-{}/app", count - 1))
        .facts();
    assert_eq!(decide(Gate::Boot, &policy, &facts).ruling(), Ruling::Permitted);
    bencher.bench(|| decide(Gate::Boot, black_box(&policy), black_box(&facts)).ruling());
}

fn sandbox() -> Facts {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/koomy/sandbox.env");
    observe::env_files(&[file], Phase::Boot)
}

fn policy(count: usize) -> String {
    let mut text = "version = 1\nname = \"grown\"\n[variables.APP_ENV]\nis = \"environment\"\n\
        [connections.primary]\nurl = \"DATABASE_URL\"\n"
        .to_owned();
    for n in 0..count {
        let _ = write!(
            text,
            "[environments.stage-{n}]\ndata = \"synthetic\"\ndatabases = [\"db-{n}\"]\n\
             domains = [\"stage-{n}.example.net\"]\n\
             [databases.db-{n}]\nendpoints = [\"db-{n}\"]\ndatabase = \"app\"\n\
             [variables.SETTING_{n}]\nis = \"integer\"\n"
        );
    }
    text
}
