//! Servers, a policy that knows them, and the shop in front of them.

use std::collections::BTreeMap;
use std::fs::File;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use test_servers::Cluster;

/// The sandbox's server.
pub(crate) static SANDBOX: LazyLock<Cluster> =
    LazyLock::new(|| with_shop("shop_sandbox", &password(SANDBOX_ENV)));

/// Production's server.
pub(crate) static PRODUCTION: LazyLock<Cluster> =
    LazyLock::new(|| with_shop("shop", &password(PRODUCTION_ENV)));

/// Production's server, after somebody gave it the sandbox's database and password: only
/// its identity is different.
pub(crate) static ALIKE: LazyLock<Cluster> =
    LazyLock::new(|| with_shop("shop_sandbox", &password(SANDBOX_ENV)));

fn with_shop(database: &str, password: &str) -> Cluster {
    let cluster = Cluster::start();
    cluster.create_role("shop", password);
    cluster.create_database(database, "shop");
    cluster.try_sql(("shop", password), database, SCHEMA).unwrap();
    cluster
}

/// The variables of one of the example's env files, with some changes.
pub(crate) fn variables(file: &str, changes: &[(&str, &str)]) -> BTreeMap<String, String> {
    let lines = file.lines().filter(|line| !line.starts_with('#'));
    let written = lines.filter_map(|line| line.split_once('='));
    let all = written.chain(changes.iter().copied());
    all.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// The value of a variable of an env file.
pub(crate) fn value(file: &str, name: &str) -> String {
    variables(file, &[]).remove(name).unwrap()
}

pub(crate) fn password(file: &str) -> String {
    let url = value(file, "DATABASE_URL");
    let (_, rest) = url.split_once("shop:").unwrap();
    rest.split_once('@').unwrap().0.to_owned()
}

/// The URL of production's database.
pub(crate) fn production_url() -> String {
    let password = password(PRODUCTION_ENV);
    format!("postgresql://shop:{password}@localhost:{}/shop", PRODUCTION.port())
}

/// The URL of the sandbox's database behind a port.
pub(crate) fn sandbox_url(port: u16) -> String {
    format!("postgresql://shop:{}@localhost:{port}/shop_sandbox", password(SANDBOX_ENV))
}

/// A directory with the example's policy, adapted to these servers.
pub(crate) struct Stage(TempDir);

impl Stage {
    /// Makes one with production at its own port, and the sandbox at `port`.
    pub(crate) fn new(main: &Cluster, port: u16) -> Self {
        let pin = |port: u16, cluster: &Cluster| {
            let id = cluster.system_identifier();
            format!("hosts = [\"localhost\"]\nports = [{port}]\nsystem_identifier = \"{id}\"")
        };
        let home = tempfile::tempdir().unwrap();
        let policy = replaced(POLICY, "endpoints = [\"db.shop.example\"]", &pin(main.port(), main));
        let policy = replaced(&policy, "hosts    = [\"localhost\"]", &pin(port, &SANDBOX));
        std::fs::write(home.path().join("policy.toml"), policy).unwrap();
        Self(home)
    }

    /// Starts the shop in its sandbox, behind a port.
    pub(crate) fn sandbox(&self, port: u16) -> Shop {
        self.open(BINARY, &variables(SANDBOX_ENV, &[("DATABASE_URL", &sandbox_url(port))]))
    }

    /// Starts the shop in production.
    pub(crate) fn production(&self) -> Shop {
        self.open(BINARY, &variables(PRODUCTION_ENV, &[("DATABASE_URL", &production_url())]))
    }

    /// Starts a build of the shop and waits until it is open.
    #[track_caller]
    pub(crate) fn open(&self, binary: &str, variables: &BTreeMap<String, String>) -> Shop {
        for _ in 0..5 {
            let mut shop = self.start(binary, variables);
            if shop.is_open() {
                return shop;
            }
            // Another program has taken the port.
            assert!(shop.log().contains("in use"), "{}", shop.log());
        }
        panic!("no free port");
    }

    /// Starts a build of the shop, which may refuse. No variable is inherited.
    pub(crate) fn start(&self, binary: &str, variables: &BTreeMap<String, String>) -> Shop {
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let log = self.0.path().join(format!("{port}.log"));
        let mut command = Command::new(binary);
        command.env_clear().envs(variables).env("PORT", port.to_string());
        command.args(["--policy", "policy.toml"]).current_dir(self.0.path());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(File::create(&log).unwrap());
        Shop { child: command.spawn().unwrap(), port, log: log.to_str().unwrap().to_owned() }
    }
}

#[track_caller]
fn replaced(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "{from}");
    text.replace(from, to)
}

/// The shop, until it is dropped.
pub(crate) struct Shop {
    child: Child,
    pub(crate) port: u16,
    log: String,
}

impl Shop {
    /// Waits until it is open; `false` if it ends before.
    fn is_open(&mut self) -> bool {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            if self.child.try_wait().unwrap().is_some() {
                return false;
            }
            if self.log().contains("open") && TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("not open after {PATIENCE:?}: {}", self.log());
    }

    /// Waits until it ends, and returns its exit code.
    #[track_caller]
    pub(crate) fn ended(&mut self) -> Option<i32> {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            if let Some(status) = self.child.try_wait().unwrap() {
                return ExitStatus::code(&status);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("it runs: {}", self.log());
    }

    /// Its complete output, which must not contain a secret.
    #[track_caller]
    pub(crate) fn log(&self) -> String {
        let log = std::fs::read_to_string(Path::new(&self.log)).unwrap();
        for secret in [password(SANDBOX_ENV), password(PRODUCTION_ENV), debug_secret()] {
            assert!(!log.contains(&secret), "a secret is in {log}");
        }
        log
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn debug_secret() -> String {
    value(SANDBOX_ENV, "DEBUG_SECRET")
}

pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_axum-service");
pub(crate) const SANDBOX_ENV: &str = include_str!("../../sandbox.env");
pub(crate) const PRODUCTION_ENV: &str = include_str!("../../production.env");
pub(crate) const POLICY: &str = include_str!("../../policy.toml");
const SCHEMA: &str = include_str!("../../schema.sql");
const PATIENCE: Duration = Duration::from_secs(60);
