//! Two computes of one Neon project, "production" and "development", two plain
//! clusters, and a policy that knows them.

use std::sync::LazyLock;

use test_servers::{Authority, Cluster, Neon};

use crate::guard::{FORMATS, Guard, Ran, Room};

/// One authority for all, so that TLS alone tells nobody apart.
pub(crate) static AUTHORITY: LazyLock<Authority> = LazyLock::new(Authority::new);

/// The compute that serves production.
pub(crate) static PRODUCTION: LazyLock<Cluster> = LazyLock::new(|| compute("main"));

/// The compute that serves the sandbox.
pub(crate) static DEVELOPMENT: LazyLock<Cluster> = LazyLock::new(|| compute("dev"));

/// A plain cluster for production.
pub(crate) static PLAIN_MAIN: LazyLock<Cluster> = LazyLock::new(|| with_shop(plain()));

/// A plain cluster for the sandbox.
pub(crate) static PLAIN_DEV: LazyLock<Cluster> = LazyLock::new(|| with_shop(plain()));

/// A compute on the branch `br-NAME-1`, with a database.
pub(crate) fn compute(name: &str) -> Cluster {
    with_shop(certified().neon(branch(name)).start())
}

/// The ids of a compute on the branch `br-NAME-1`.
pub(crate) fn branch(name: &str) -> Neon {
    Neon {
        project_id: "calm-field-1".to_owned(),
        branch_id: format!("br-{name}-1"),
        endpoint_id: format!("ep-{name}-1"),
        timeline_id: format!("timeline-{name}"),
        ..Neon::default()
    }
}

/// A cluster that is no compute of Neon's.
pub(crate) fn plain() -> Cluster {
    certified().start()
}

/// A cluster with a certificate of the one authority.
pub(crate) fn certified() -> test_servers::Builder {
    Cluster::builder().certificate(AUTHORITY.issue(&["localhost", "127.0.0.1"]))
}

/// Strong enough for real data; put together here so that no scanner trips on
/// it.
pub(crate) fn password() -> String {
    ["q7Rk2mVx", "9TzLw4Hc", "8NbYp3Js"].concat()
}

/// Gives a cluster the role and the database that every test uses.
pub(crate) fn with_shop(cluster: Cluster) -> Cluster {
    cluster.create_role("app", &password());
    cluster.create_database("shop", "app");
    cluster
}

/// SQL as the role of the tests.
pub(crate) fn as_app(cluster: &Cluster, text: &str) -> String {
    cluster.try_sql(("app", &password()), "shop", text).unwrap()
}

/// A URL to `localhost`.
pub(crate) fn url(port: u16) -> String {
    format!("postgresql://app:{}@localhost:{port}/shop?sslmode=verify-full", password())
}

/// A policy whose databases are computes of Neon's at these ports.
pub(crate) fn neon_policy(main: u16, dev: u16) -> String {
    let pins = |name: &str| {
        format!(
            "provider = \"neon\"\nproject = \"calm-field-1\"\n\
             branch = {{ names = [\"{name}\"], id = \"br-{name}-1\" }}\n\
             endpoints = [\"ep-{name}-1.eu-central-1.aws.neon.tech\"]\n"
        )
    };
    policy((main, &pins("main")), (dev, &pins("dev")))
}

/// A policy whose databases are plain clusters at these ports.
pub(crate) fn plain_policy(main: (u16, &Cluster), dev: (u16, &Cluster)) -> String {
    let pin =
        |cluster: &Cluster| format!("system_identifier = \"{}\"\n", cluster.system_identifier());
    policy((main.0, &pin(main.1)), (dev.0, &pin(dev.1)))
}

/// A policy whose databases have these pins at these ports of `localhost`.
pub(crate) fn policy((main, main_pins): (u16, &str), (dev, dev_pins): (u16, &str)) -> String {
    let database = |name: &str, port: u16, pins: &str| {
        format!(
            "[databases.{name}]\nhosts = [\"localhost\"]\nports = [{port}]\n\
             database = \"shop\"\nroot_certificate = \"root.pem\"\n{pins}"
        )
    };
    [ENVIRONMENTS, &database("main", main, main_pins), &database("dev", dev, dev_pins)].concat()
}

/// A directory with a policy, a root certificate and env files.
pub(crate) struct Stage(Room);

impl Stage {
    /// With `sandbox.env` and `production.env`, which lead to these ports.
    pub(crate) fn new(policy: &str, main: u16, dev: u16) -> Self {
        Self::leading(policy, &url(main), &url(dev))
    }

    /// With env files that lead to these URLs.
    pub(crate) fn leading(policy: &str, main: &str, dev: &str) -> Self {
        let env = |name: &str, url: &str| format!("APP_ENV={name}\nDATABASE_URL={url}\n");
        let room = Room::new()
            .file("policy.toml", policy)
            .file("root.pem", AUTHORITY.pem())
            .file("production.env", env("production", main))
            .file("sandbox.env", env("sandbox", dev));
        Self(room)
    }

    pub(crate) fn room(&self) -> &Room {
        &self.0
    }

    /// The guard with a command and its options, on the env file of an
    /// environment.
    pub(crate) fn guard(&self, command: &[&str], environment: &str) -> Guard {
        let file = format!("{environment}.env");
        self.0.guard(command.iter().copied().chain(["--env-file", &file]))
    }

    /// `check --live`, as JSON.
    pub(crate) fn check(&self, environment: &str) -> Ran {
        self.run(&["check", "--live", "--format", "json"], environment)
    }

    /// Runs a command; nothing that it prints is secret.
    #[track_caller]
    pub(crate) fn run(&self, command: &[&str], environment: &str) -> Ran {
        self.guard(command, environment).run().keeps_secrets()
    }

    /// Runs `seed`, which writes a row if it is let.
    #[track_caller]
    pub(crate) fn seed(&self, environment: &str) -> Ran {
        let file = format!("{environment}.env");
        let command =
            ["seed", "--format", "json", "--env-file", &file, "--", "/bin/sh", "-c", "echo seeded"];
        self.0.guard(command).env("PATH", "/usr/bin:/bin").run().keeps_secrets()
    }

    /// Each format of `check --live` ends with `code`, names the rule and the
    /// file, has a way out that holds `help`, and prints no secret.
    #[track_caller]
    pub(crate) fn refuses(&self, environment: &str, rule: &str, words: &str) {
        self.ends(1, environment, rule, words);
    }

    /// As [`refuses`](Self::refuses), where nothing could be decided.
    #[track_caller]
    pub(crate) fn cannot_decide(&self, environment: &str, words: &str) {
        self.ends(3, environment, "database-identity-matches", words);
    }

    #[track_caller]
    fn ends(&self, code: i32, environment: &str, rule: &str, words: &str) {
        let ran = self.check(environment).ends(code);
        let document = ran.json();
        let findings = document["findings"].as_array().unwrap();
        let found = findings.iter().find(|finding| finding["rule"] == rule);
        let finding = found.unwrap_or_else(|| panic!("{rule}: {document:#}"));
        let message = finding["message"].as_str().unwrap();
        assert!(message.contains(words), "{words:?} in {message}");
        assert!(!finding["help"].as_str().unwrap().is_empty(), "{document:#}");
        let place = &finding["places"][0];
        assert_eq!(place["source"], format!("{environment}.env"), "{document:#}");
        assert_eq!(place["line"], 2, "{document:#}");
        for format in FORMATS {
            let command = ["check", "--live", "--format", format];
            let ran = self.run(&command, environment).ends(code);
            assert!(ran.stdout.contains(rule), "{format}: {ran:?}");
        }
    }
}

impl Ran {
    /// No password, in whatever case, and no user of the URL beside it.
    #[track_caller]
    pub(crate) fn keeps_secrets(self) -> Self {
        let printed = format!("{}{}", self.stdout, self.stderr);
        assert!(!printed.contains(&password()), "{printed}");
        assert!(!printed.contains("app:"), "{printed}");
        assert!(!printed.contains("panicked"), "{printed}");
        self
    }
}

const ENVIRONMENTS: &str = r#"
version = 1
name = "live"
[environments.production]
data = "real"
databases = ["main"]
[environments.sandbox]
data = "synthetic"
databases = ["dev"]
seed = true
[connections.primary]
url = "DATABASE_URL"
[variables.APP_ENV]
is = "environment"
"#;
