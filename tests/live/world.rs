//! An environment, a policy and servers, for a test.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use koomy_guard::Policy;
use koomy_guard::facts::{Cause, Facts, Identity, Live, Observed, Server};
use koomy_guard::gate::{Gate, decide};
use koomy_guard::observe::database::{Patience, identities};
use test_servers::Cluster;

/// The password of the tests, which must not appear in any output.
pub(crate) const PASSWORD: &str = "canary'pass/%\"1";

/// Short enough for tests of servers that never answer.
pub(crate) const SHORT: Patience = Patience {
    connect: Duration::from_millis(1500),
    answer: Duration::from_millis(1500),
    retries: 0,
};

/// Long enough for a busy machine.
pub(crate) const LONG: Patience =
    Patience { connect: Duration::from_secs(60), answer: Duration::from_secs(60), retries: 0 };

/// A connection to a database, and what the policy says about it.
#[derive(Clone)]
pub(crate) struct Way<'a> {
    pub(crate) host: &'a str,
    pub(crate) port: u16,
    pub(crate) user: &'a str,
    pub(crate) password: &'a str,
    pub(crate) database: &'a str,
    /// The part of the URL after `?`.
    pub(crate) query: String,
    /// Lines for the database in the policy.
    pub(crate) policy: String,
    /// Tables for the environment in the policy.
    pub(crate) tripwire: &'a str,
    pub(crate) gate: Gate,
    pub(crate) patience: Patience,
}

impl<'a> Way<'a> {
    /// By TCP to the loopback, as `app` and in plain text.
    pub(crate) fn to(port: u16, database: &'a str) -> Self {
        Self {
            host: "localhost",
            port,
            user: "app",
            password: PASSWORD,
            database,
            query: String::new(),
            policy: String::new(),
            tripwire: "",
            gate: Gate::Boot,
            patience: LONG,
        }
    }

    /// Encrypted, trusting only this root.
    pub(crate) fn encrypted(mut self, root: &Path) -> Self {
        "sslmode=verify-full".clone_into(&mut self.query);
        self.policy = format!("root_certificate = '{}'\n", root.display());
        self
    }

    pub(crate) fn url(&self) -> String {
        let mut password = if self.password.is_empty() { "" } else { ":" }.to_owned();
        for byte in self.password.bytes() {
            let _ = write!(password, "%{byte:02X}");
        }
        let Self { host, port, user, database, query, .. } = self;
        let mark = if query.is_empty() { "" } else { "?" };
        format!("postgresql://{user}{password}@{host}:{port}/{database}{mark}{query}")
    }

    pub(crate) fn policy(&self) -> Policy {
        let Self { host, port, database, policy, tripwire, .. } = self;
        let text = format!(
            "version = 1\nname = 'n'\n\
             [environments.sandbox]\ndata = 'synthetic'\nseed = true\ndatabases = ['it']\n{tripwire}\
             [variables.APP_ENV]\nis = 'environment'\n\
             [connections.primary]\nurl = 'DATABASE_URL'\n\
             [databases.it]\nhosts = ['{host}']\nports = [{port}]\ndatabase = '{database}'\n{policy}"
        );
        Policy::parse("policy.toml", &text).unwrap_or_else(|problems| panic!("{problems}\n{text}"))
    }

    pub(crate) fn facts(&self) -> Facts {
        let url = self.url();
        Facts::assume().variable("APP_ENV", "sandbox").variable("DATABASE_URL", url).facts()
    }

    /// The answer, the notices, and the duration.
    pub(crate) fn look(&self) -> (Observed<Identity>, Vec<String>, Duration) {
        let (policy, facts) = (self.policy(), self.facts());
        let verdict = decide(self.gate, &policy, &facts);
        assert!(verdict.may_ask_servers(), "{:?}", verdict.findings);
        let told = std::cell::RefCell::new(Vec::new());
        let start = Instant::now();
        let notice = |text: &str| told.borrow_mut().push(text.to_owned());
        let live = identities(&policy, &verdict, self.patience, &notice);
        let taken = start.elapsed();
        let Live::Asked(mut answers) = live else { panic!("nothing was asked") };
        assert_eq!(answers.len(), 1);
        let answer = answers.remove(0);
        assert_eq!(answer.connection, "primary");
        let said = format!("{:?} {told:?}", answer.identity);
        assert!(!said.contains("canary"), "the password is in: {said}");
        (answer.identity, told.into_inner(), taken)
    }

    /// Who the server says it is.
    pub(crate) fn identity(&self) -> Identity {
        match self.look().0 {
            Observed::Seen(identity) => identity,
            Observed::Absent => panic!("absent"),
            Observed::Unreadable(causes) => panic!("{:?}", causes.first),
        }
    }

    /// A separate connection of the test, in plain text.
    pub(crate) fn client(&self) -> postgres::Client {
        let mut config = postgres::Config::new();
        config.host(self.host).port(self.port).user(self.user).password(self.password);
        config.dbname(self.database).connect(postgres::NoTls).unwrap()
    }

    /// Why the server did not say who it is.
    pub(crate) fn cause(&self) -> Cause {
        match self.look().0 {
            Observed::Unreadable(causes) if causes.rest.is_empty() => causes.first,
            other => panic!("{other:?}"),
        }
    }
}

/// A cluster with a role `app` that owns only the database `shop`.
pub(crate) fn with_shop(cluster: Cluster) -> Cluster {
    cluster.create_role("app", PASSWORD);
    cluster.create_role("owner", PASSWORD);
    cluster.create_database("shop", "owner");
    cluster
}

/// The part of an identity that only PostgreSQL has.
pub(crate) fn ids(identity: &Identity) -> (Vec<Option<&str>>, Option<(&str, u32)>) {
    match &identity.server {
        Server::Postgres { neon, cluster } => {
            let neon = neon.iter().flat_map(|neon| {
                [&neon.project, &neon.branch, &neon.endpoint, &neon.timeline].map(Option::as_deref)
            });
            let cluster = cluster.as_ref();
            let cluster = cluster.map(|c| (c.system_identifier.as_str(), c.database_oid));
            (neon.collect(), cluster)
        }
        Server::MySql { .. } => panic!("not PostgreSQL"),
    }
}
