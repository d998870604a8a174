//! What `check --live` costs as a whole process, beside `psql -c 'select 1'`
//! of the same moment.
//!
//! All of them speak to one server with the same TLS, verified in full, and the
//! same SCRAM, and take turns in one run, so that a busy machine slows all
//! alike: read the ratios. `cargo bench --package guard-cli --bench live` times
//! the program as Cargo builds it; `GUARD_CLI=target/release/guard-cli` times
//! another build.
#![expect(clippy::expect_used, reason = "a benchmark that cannot run says why")]
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::disallowed_methods, reason = "times processes, and is told which")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use test_servers::Cluster;

fn main() {
    // `cargo test --benches` only wants to see that it runs.
    let rounds = if std::env::args().any(|argument| argument == "--bench") { ROUNDS } else { 1 };
    let cluster = Cluster::start();
    let password = ["q7Rk2mVx", "9TzLw4Hc", "8NbYp3Js"].concat();
    cluster.create_role("app", &password);
    cluster.create_database("shop", "app");
    let directory = tempfile::tempdir().expect("a temporary directory");
    let url = format!("{}?sslmode=verify-full", cluster.url("app", &password, "shop"));
    stage(directory.path(), &cluster, &url);
    let mut contenders = contenders(directory.path(), &cluster, &url);
    for _ in 0..rounds {
        for contender in &mut contenders {
            let took = run(&contender.command, directory.path(), &cluster);
            contender.times.push(took);
        }
    }
    report(&contenders);
}

struct Contender {
    name: &'static str,
    command: Vec<String>,
    times: Vec<Duration>,
}

/// A policy and an env file that `check --live` permits.
fn stage(directory: &Path, cluster: &Cluster, url: &str) {
    let policy = format!(
        "version = 1\nname = \"bench\"\n\
         [environments.sandbox]\ndata = \"synthetic\"\ndatabases = [\"dev\"]\n\
         [connections.primary]\nurl = \"DATABASE_URL\"\n\
         [variables.APP_ENV]\nis = \"environment\"\n\
         [databases.dev]\nhosts = [\"localhost\"]\nports = [{}]\ndatabase = \"shop\"\n\
         root_certificate = \"root.pem\"\nsystem_identifier = \"{}\"\n",
        cluster.port(),
        cluster.system_identifier(),
    );
    let env = format!("APP_ENV=sandbox\nDATABASE_URL={url}\n");
    for (name, text) in [("policy.toml", policy), ("env", env), ("root.pem", cluster.root_pem())] {
        std::fs::write(directory.join(name), text).expect("it can be written");
    }
}

fn contenders(directory: &Path, cluster: &Cluster, url: &str) -> [Contender; 4] {
    let guard =
        std::env::var("GUARD_CLI").unwrap_or_else(|_| env!("CARGO_BIN_EXE_guard-cli").to_owned());
    let guard = std::fs::canonicalize(guard).expect("the program").display().to_string();
    let policy = directory.join("policy.toml").display().to_string();
    let psql = psql().display().to_string();
    let verified = format!("{url}&sslrootcert={}", cluster.root_certificate().display());
    let check = [&guard, "check", "--policy", &policy, "--env-file", "env"];
    let live = [&check[..], &["--live"]].concat();
    [
        contender(
            "psql -c 'select 1'",
            &[&psql, "-X", "-q", "-A", "-t", "-c", "select 1", &verified],
        ),
        contender("check --live", &live),
        contender("check", &check),
        contender("psql --version", &[&psql, "--version"]),
    ]
}

/// The program itself: Debian's `psql` is a script in front of it.
fn psql() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let programs = versions.map(|version| version.path().join("bin/psql"));
    programs.filter(|program| program.exists()).max().unwrap_or_else(|| PathBuf::from("psql"))
}

fn contender(name: &'static str, command: &[&str]) -> Contender {
    let command = command.iter().map(|&word| word.to_owned()).collect();
    Contender { name, command, times: Vec::new() }
}

fn run(command: &[String], directory: &Path, cluster: &Cluster) -> Duration {
    // The server ends a session a moment after its client has gone.
    while cluster.active_connections() > 0 {
        std::thread::sleep(Duration::from_millis(1));
    }
    let (program, arguments) = command.split_first().expect("a program");
    let mut command = Command::new(program);
    command.args(arguments).env_clear().current_dir(directory);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let start = Instant::now();
    let status = command.status().expect("it starts");
    let took = start.elapsed();
    assert!(status.success(), "{program}: {status}");
    took
}

fn report(contenders: &[Contender]) {
    println!("{:30} {:>9} {:>9} {:>7}", "", "median µs", "least µs", "ratio");
    let base = contenders.first().map_or(&[][..], |base| &base.times);
    for contender in contenders {
        let pairs = contender.times.iter().zip(base);
        let mut ratios: Vec<_> =
            pairs.map(|(mine, base)| mine.as_secs_f64() / base.as_secs_f64()).collect();
        ratios.sort_by(f64::total_cmp);
        let mut times = contender.times.clone();
        times.sort();
        let median = times.get(times.len() / 2).map_or(0, Duration::as_micros);
        let least = times.first().map_or(0, Duration::as_micros);
        let ratio = ratios.get(ratios.len() / 2).copied().unwrap_or_default();
        println!("{:30} {median:>9} {least:>9} {ratio:>7.2}", contender.name);
    }
}

const ROUNDS: usize = 100;
