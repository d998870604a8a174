//! The cost of asking a server who it is, compared with the driver connecting and asking
//! one question over the same TLS and SCRAM.
//!
//! The contestants take turns, so that other work on the machine affects all of them
//! alike. Round trips are measured as a slope: how much longer it takes through a
//! forwarder that delays every packet, divided by that delay. Opening the connection is
//! not included.
//!
//! Without `--bench`, everything runs once, untimed.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark looks at the clock, prints, and says why it cannot run"
)]

#[path = "turns/mod.rs"]
mod turns;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use koomy_guard::Policy;
use koomy_guard::facts::{Facts, Live, Observed};
use koomy_guard::gate::{Gate, decide};
use koomy_guard::observe::database::{Patience, identities};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use test_servers::{Cluster, Forwarder};
use tokio_postgres_rustls::MakeRustlsConnect;
use turns::{quantile, ratios, take_turns};

fn main() {
    let timed = std::env::args().any(|argument| argument == "--bench");
    let cluster = Cluster::start();
    cluster.create_role("app", PASSWORD);
    cluster.create_role("owner", PASSWORD);
    cluster.create_database("shop", "owner");
    cluster.sql("shop", STAMP);
    let root = cluster.root_certificate();
    times(cluster.port(), &root, if timed { 300 } else { 1 });
    trips(cluster.port(), &root, if timed { 15 } else { 1 });
}

/// A way to ask, and its name.
struct Contestant {
    name: &'static str,
    ask: fn(u16, &Path, Tls),
    tls: Tls,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tls {
    Off,
    On,
}

const CONTESTANTS: &[Contestant] = &[
    Contestant { name: "driver, asynchronous, SCRAM", ask: asynchronous, tls: Tls::Off },
    Contestant { name: "driver, synchronous, SCRAM", ask: synchronous, tls: Tls::Off },
    Contestant { name: "guard, SCRAM", ask: guard, tls: Tls::Off },
    Contestant { name: "driver, asynchronous, SCRAM and TLS", ask: asynchronous, tls: Tls::On },
    Contestant { name: "driver, synchronous, SCRAM and TLS", ask: synchronous, tls: Tls::On },
    Contestant { name: "guard, SCRAM and TLS", ask: guard, tls: Tls::On },
];

fn times(port: u16, root: &Path, rounds: usize) {
    let mut contestants: Vec<_> = CONTESTANTS.iter().collect();
    let taken =
        take_turns(&mut contestants, |round| round < rounds, |it| milliseconds(it, port, root));
    println!("{:<40} {:>9} {:>8}", "", "median", "ratio");
    for (contestant, own) in CONTESTANTS.iter().zip(&taken) {
        let alike = CONTESTANTS.iter().zip(&taken).find(|(other, _)| {
            other.name.starts_with("driver, sync") && other.tls == contestant.tls
        });
        let ratio = alike.map_or(1.0, |(_, floor)| quantile(&ratios(own, floor), 0.5));
        println!("{:<40} {:>6.2} ms {ratio:>8.2}", contestant.name, quantile(own, 0.5));
    }
}

fn trips(port: u16, root: &Path, rounds: usize) {
    let delay = Duration::from_millis(20);
    let [near, far] = [Duration::ZERO, delay].map(|delay| Forwarder::delayed(port, delay));
    println!("\n{:<40} {:>16}", "", "round trips");
    for contestant in CONTESTANTS {
        let through = |forwarder: &Forwarder| {
            let taken = (0..rounds).map(|_| milliseconds(contestant, forwarder.port(), root));
            quantile(&taken.collect::<Vec<_>>(), 0.5)
        };
        let longer = through(&far) - through(&near);
        let trips = longer / (2e3 * delay.as_secs_f64());
        println!("{:<40} {trips:>16.2}", contestant.name);
    }
}

fn milliseconds(contestant: &Contestant, port: u16, root: &Path) -> f64 {
    let start = Instant::now();
    (contestant.ask)(port, root, contestant.tls);
    start.elapsed().as_secs_f64() * 1e3
}

/// As in a program: already decided, except for the server's identity.
fn guard(port: u16, root: &Path, tls: Tls) {
    let query = if tls == Tls::On { "?sslmode=verify-full" } else { "" };
    let text = format!(
        "version = 1\nname = 'n'\n[environments.sandbox]\ndata = 'synthetic'\ndatabases = ['it']\n\
         [variables.APP_ENV]\nis = 'environment'\n[connections.primary]\nurl = 'DATABASE_URL'\n\
         [databases.it]\nhosts = ['localhost']\nports = [{port}]\ndatabase = 'shop'\n\
         root_certificate = '{}'\n",
        root.display()
    );
    let policy = Policy::parse("policy.toml", &text).expect("the policy is valid");
    let url = format!("postgresql://app:{PASSWORD}@localhost:{port}/shop{query}");
    let facts = Facts::assume().variable("APP_ENV", "sandbox").variable("DATABASE_URL", url);
    let facts = facts.facts();
    let verdict = decide(Gate::Boot, &policy, &facts);
    match identities(&policy, &verdict, Patience::default(), &|_| {}) {
        Live::Asked(answers) => {
            let seen = answers.iter().all(|answer| matches!(answer.identity, Observed::Seen(_)));
            assert!(seen && answers.len() == 1, "{answers:?}");
        }
        Live::NotAsked => panic!("nothing was asked"),
    }
}

fn config(port: u16, tls: Tls) -> tokio_postgres::Config {
    use tokio_postgres::config::SslMode;
    let mut config = tokio_postgres::Config::new();
    let mode = if tls == Tls::On { SslMode::Require } else { SslMode::Disable };
    config.host("localhost").port(port).user("app").password(PASSWORD).dbname("shop");
    config.ssl_mode(mode);
    config
}

/// The driver as its documentation shows it, with default rustls.
fn connector(root: &Path) -> MakeRustlsConnect {
    let mut roots = RootCertStore::empty();
    let pem = std::fs::read(root).expect("the root is there");
    let root = CertificateDer::from_pem_slice(&pem).expect("it is a certificate");
    roots.add(root).expect("it is an authority's");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider has them")
        .with_root_certificates(roots)
        .with_no_client_auth();
    MakeRustlsConnect::new(client)
}

fn synchronous(port: u16, root: &Path, tls: Tls) {
    let config = postgres::Config::from(config(port, tls));
    let mut client = config.connect(connector(root)).expect("it connects");
    let said = client.simple_query(QUESTION).expect("it answers");
    assert_eq!(said.len(), 3);
}

fn asynchronous(port: u16, root: &Path, tls: Tls) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("there is a runtime").block_on(async {
        let connected = config(port, tls).connect(connector(root)).await;
        let (client, connection) = connected.expect("it connects");
        let running = tokio::spawn(connection);
        let said = client.simple_query(QUESTION).await.expect("it answers");
        assert_eq!(said.len(), 3);
        drop(client);
        running.await.expect("it runs").expect("it ends well");
    });
}

const QUESTION: &str = "SELECT pg_catalog.current_database()";
const PASSWORD: &str = "a-password";

/// A database as it is in use: stamped.
const STAMP: &str = "
    CREATE SCHEMA koomy_guard;
    CREATE TABLE koomy_guard.stamp (
        env text, bound_kind text, project_id text, branch_id text, endpoint_id text,
        timeline_id text, system_identifier text, database_oid text, database_name text,
        stamped_at timestamptz, guard_version text, parent_stamp jsonb);
    GRANT USAGE ON SCHEMA koomy_guard TO PUBLIC;
    GRANT SELECT ON koomy_guard.stamp TO PUBLIC;
    INSERT INTO koomy_guard.stamp VALUES ('sandbox', 'plain', NULL, NULL, NULL, NULL, '7', '1',
        'shop', now(), '0.1.0', NULL)";
