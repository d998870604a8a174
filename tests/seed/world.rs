//! Two branches of one project, a policy, and an environment for a test.

use std::fmt::{Debug, Display, Write as _};

use koomy_guard::Policy;
use koomy_guard::facts::{Facts, Identity};
use koomy_guard::observe::database::postgres::identify;
use koomy_guard::policy::Phase;
use koomy_guard::secret::Secret;
use koomy_guard::source::{Place, Source};
use koomy_guard::stamp::{Plan, plan, write};
use koomy_guard::target::{Engine, Target};
use postgres::{Client, NoTls};
use test_servers::{Cluster, Neon};

/// The password of the tests, which must not appear in any output.
pub(crate) const PASSWORD: &str = "canary'pass/%\"1";

pub(crate) fn neon(branch: &str) -> Neon {
    Neon {
        project_id: "calm-field-1".to_owned(),
        branch_id: format!("br-{branch}-1"),
        endpoint_id: format!("ep-{branch}-1"),
        timeline_id: "0123abcd".to_owned(),
        tenant_id: "t".to_owned(),
    }
}

/// Production and a branch made from it: the same data, roles and passwords, and the same
/// system identifier.
pub(crate) struct World {
    pub(crate) production: Cluster,
    pub(crate) sandbox: Cluster,
}

impl World {
    pub(crate) fn new() -> Self {
        let production = with_shop(Cluster::builder().neon(neon("main")).start());
        let child = Cluster::builder().neon(neon("dev"));
        let sandbox = production.basebackup_as(child);
        Self { production, sandbox }
    }

    /// The same, with a table of cities on both and a stamp on the sandbox.
    pub(crate) fn stamped() -> Self {
        let world = Self::new();
        for cluster in [&world.production, &world.sandbox] {
            with_cities(cluster);
        }
        world.stamp("sandbox", &world.sandbox);
        world
    }

    pub(crate) fn policy(&self) -> Policy {
        let main = pinned("main", self.production.port());
        let dev = pinned("dev", self.sandbox.port());
        policy(&format!("{main}{dev}"))
    }

    /// An environment whose `DATABASE_URL` claims to lead to the sandbox.
    pub(crate) fn facts(&self) -> Facts {
        facts("sandbox", self.sandbox.port(), "shop")
    }

    /// A plan to stamp the database on a cluster as one of `environment`.
    pub(crate) fn plan(&self, environment: &str, cluster: &Cluster) -> Plan {
        let policy = self.policy();
        plan_of(&policy, environment, &identity(cluster, "shop"), None).unwrap()
    }

    pub(crate) fn stamp(&self, environment: &str, cluster: &Cluster) {
        write(&mut client(cluster.port(), "shop"), &self.plan(environment, cluster)).unwrap();
    }
}

/// A plan to stamp the server with `identity` as the first database of `environment`.
pub(crate) fn plan_of(
    policy: &Policy,
    environment: &str,
    identity: &Identity,
    adopt: Option<&str>,
) -> Result<Plan, koomy_guard::stamp::StampRefusal> {
    let environment = policy.environment(environment).unwrap();
    let database = policy.database(environment.databases[0].value).unwrap();
    plan(policy, environment, database, &target_of(database), identity, adopt)
}

/// The first address of a database.
pub(crate) fn target_of(database: &koomy_guard::policy::Database) -> Target {
    let host = database.hosts.iter().chain(&database.endpoints).next().unwrap();
    let (host, port, name) = (&host.value, database.ports[0], &database.database.value);
    let url = Secret::new(format!("postgresql://app:pw@{host}:{port}/{name}"));
    Target::parse(Engine::Postgres, &url).unwrap()
}

fn pinned(branch: &str, port: u16) -> String {
    format!(
        "[databases.{branch}]\nprovider = 'neon'\nproject = 'calm-field-1'\n\
         branch = {{ names = ['{branch}'], id = 'br-{branch}-1' }}\n\
         hosts = ['localhost']\nports = [{port}]\ndatabase = 'shop'\n"
    )
}

/// A policy with the environments production (`main`) and sandbox (`dev`).
pub(crate) fn policy(databases: &str) -> Policy {
    let text = format!(
        "version = 1\nname = 'n'\n\
         [environments.production]\ndata = 'real'\ndatabases = ['main']\n\
         [environments.sandbox]\ndata = 'synthetic'\nseed = true\ndatabases = ['dev']\n\
         [environments.sandbox.tripwire]\n'public.users' = {{ rows = 3 }}\n\
         [variables.APP_ENV]\nis = 'environment'\n\
         [connections.primary]\nurl = 'DATABASE_URL'\n{databases}"
    );
    Policy::parse("policy.toml", &text).unwrap_or_else(|problems| panic!("{problems}\n{text}"))
}

pub(crate) fn facts(environment: &str, port: u16, database: &str) -> Facts {
    let assumed = Facts::assume().variable("APP_ENV", environment);
    assumed.variable("DATABASE_URL", url(port, database)).phase(Phase::Seed).facts()
}

pub(crate) fn url(port: u16, database: &str) -> String {
    let mut password = String::new();
    for byte in PASSWORD.bytes() {
        let _ = write!(password, "%{byte:02X}");
    }
    format!("postgresql://app:{password}@localhost:{port}/{database}")
}

/// A connection of the program's own, configured only with setters.
pub(crate) fn client(port: u16, database: &str) -> Client {
    postgres::Config::from(config(port, database)).connect(NoTls).unwrap()
}

pub(crate) fn config(port: u16, database: &str) -> tokio_postgres::Config {
    let mut config = tokio_postgres::Config::new();
    config.host("localhost").port(port).user("app").password(PASSWORD).dbname(database);
    config
}

/// Who a cluster's server says it is.
pub(crate) fn identity(cluster: &Cluster, database: &str) -> Identity {
    let place = Place::whole(&Source::named("a test"));
    identify(&mut client(cluster.port(), database), &[], &place).unwrap()
}

/// A cluster with a role `app` that owns only the database `shop`.
pub(crate) fn with_shop(cluster: Cluster) -> Cluster {
    cluster.create_role("app", PASSWORD);
    cluster.create_database("shop", "app");
    cluster
}

pub(crate) fn with_cities(cluster: &Cluster) {
    let text = "CREATE TABLE public.cities (name text); ALTER TABLE public.cities OWNER TO app";
    cluster.sql("shop", text);
}

pub(crate) fn cities(cluster: &Cluster) -> String {
    cluster.sql("shop", "SELECT string_agg(name, ',' ORDER BY name) FROM public.cities")
}

/// Everything that an error or a value prints, which must not contain the password.
pub(crate) fn said(what: impl Debug + Display) -> String {
    let said = format!("{what}\n{what:?}");
    assert!(!said.contains("canary"), "the password is in: {said}");
    what.to_string()
}

/// What the server said in a driver's error.
pub(crate) fn raised(error: &postgres::Error) -> (String, String) {
    let refusal = error.as_db_error().unwrap_or_else(|| panic!("no error of a server: {error:?}"));
    said(error);
    (refusal.code().code().to_owned(), refusal.message().to_owned())
}
