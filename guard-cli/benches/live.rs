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

mod processes;

use std::path::{Path, PathBuf};
use std::time::Duration;

use processes::{Contestant, guard};
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
    let contestants = contestants(directory.path(), &cluster, &url);
    processes::compare(contestants, [0; 4], rounds, directory.path(), || {
        // The server ends a session a moment after its client has gone.
        while cluster.active_connections() > 0 {
            std::thread::sleep(Duration::from_millis(1));
        }
    });
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

fn contestants(directory: &Path, cluster: &Cluster, url: &str) -> [Contestant; 4] {
    let guard = guard();
    let policy = directory.join("policy.toml").display().to_string();
    let psql = psql().display().to_string();
    let verified = format!("{url}&sslrootcert={}", cluster.root_certificate().display());
    let check = [&guard, "check", "--policy", &policy, "--env-file", "env"];
    let live = [&check[..], &["--live"]].concat();
    [
        Contestant::new(
            "psql -c 'select 1'",
            &[&psql, "-X", "-q", "-A", "-t", "-c", "select 1", &verified],
        ),
        Contestant::new("check --live", &live),
        Contestant::new("check", &check),
        Contestant::new("psql --version", &[&psql, "--version"]),
    ]
}

/// The program itself: Debian's `psql` is a script in front of it.
fn psql() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let programs = versions.map(|version| version.path().join("bin/psql"));
    programs.filter(|program| program.exists()).max().unwrap_or_else(|| PathBuf::from("psql"))
}

const ROUNDS: usize = 100;
