//! Where a database URL leads, and which environments may use it.

use std::fmt::Write as _;

use koomy_guard::facts::Facts;
use koomy_guard::gate::{Gate, decide};
use koomy_guard::policy::Policy;
use koomy_guard::secret::Secret;
use koomy_guard::target::{Engine, Target};

use crate::compare_with;
use crate::koomy::{self, PLACES};

/// The part after `postgresql://app:PASSWORD@`, grouped by what it tries.
const GROUPS: [(&str, &[&str]); 5] = [
    (
        "each database of the policy",
        &[
            "ep-koomy-main-10000001.eu-central-1.aws.neon.tech/koomy?sslmode=require",
            "ep-koomy-development-20000002.eu-central-1.aws.neon.tech/koomy?sslmode=require",
            "ep-koomy-local-30000003.eu-central-1.aws.neon.tech/koomy?sslmode=require",
            "localhost/koomy_local",
            "127.0.0.1:5432/koomy_local",
        ],
    ),
    (
        "another way to the same database",
        &[
            "ep-koomy-main-10000001-pooler.eu-central-1.aws.neon.tech/koomy?sslmode=require",
            "ep-koomy-main-10000001.eu-central-1.aws.neon.tech:5432/koomy?sslmode=verify-full",
            "ep-koomy-development-20000002-pooler.eu-central-1.aws.neon.tech/koomy?sslmode=require",
        ],
    ),
    (
        "nearly the same database",
        &[
            "ep-koomy-main-10000001.eu-central-1.aws.neon.tech/postgres?sslmode=require",
            "ep-koomy-main-10000001.eu-central-1.aws.neon.tech:6543/koomy?sslmode=require",
            "ep-koomy-main-10000001.us-east-2.aws.neon.tech/koomy?sslmode=require",
            "xep-koomy-main-10000001.eu-central-1.aws.neon.tech/koomy?sslmode=require",
            "ep-koomy-main-10000001.eu-central-1.aws.neon.tech.evil.net/koomy?sslmode=require",
            "localhost/koomy",
            "localhost:5433/koomy_local",
            "db/koomy_local",
            "/koomy_local?host=/var/run/postgresql",
        ],
    ),
    (
        "over the network without verified TLS",
        &[
            "ep-koomy-main-10000001.eu-central-1.aws.neon.tech/koomy",
            "ep-koomy-main-10000001.eu-central-1.aws.neon.tech/koomy?sslmode=disable",
            "ep-koomy-main-10000001.eu-central-1.aws.neon.tech/koomy?sslmode=prefer",
            "localhost/koomy_local?sslmode=disable",
        ],
    ),
    (
        "what looks like production, and what is ambiguous",
        &[
            "db-prod.koomy.app/koomy?sslmode=require",
            "localhost/koomy_production",
            "ep-koomy-main-10000001.eu-central-1.aws.neon.tech,localhost/koomy?sslmode=require",
            "localhost/koomy_local?host=ep-koomy-main-10000001.eu-central-1.aws.neon.tech",
            "localhost/koomy_local?options=-csearch_path%3Dother",
            "LOCALHOST/koomy_local",
            "localhost/",
            "localhost",
            "",
        ],
    ),
];

#[test]
fn targets_and_environments() {
    let policy = Policy::built_in().unwrap();
    let mut rows = String::new();
    for (what, urls) in GROUPS {
        let _ = writeln!(rows, "\n# {what}");
        for rest in urls {
            let url = koomy::url(rest, 9);
            let cells = PLACES.map(|place| {
                let mut variables = koomy::variables(&place);
                koomy::set(&mut variables, "DATABASE_URL", Some(url.clone()));
                let pairs = variables.iter().map(|(name, value)| (name.as_str(), value.as_str()));
                let facts = Facts::assume().variables(pairs).facts();
                koomy::verdict(&decide(Gate::Boot, &policy, &facts).findings)
            });
            let [production, sandbox, local] = cells;
            let _ = writeln!(
                rows,
                "@{rest}\n    {:<19} {production:<20} {sandbox:<20} {local}",
                of(&policy, &url)
            );
        }
    }
    let head = format!(
        "# Where `DATABASE_URL` leads by the built-in policy, and who may go there.\n\
         # Each URL starts with `postgresql://app:PASSWORD`.\n\
         # Generated: `UPDATE=1 cargo test --test truth`.\n#\n{}#\n\
         # database              production           sandbox              local\n",
        koomy::legend(&rows)
    );
    let recorded = include_str!("target-environments.txt");
    compare_with("target-environments.txt", recorded, &(head + &rows));
}

fn of(policy: &Policy, url: &str) -> String {
    match Target::parse(Engine::Postgres, &Secret::new(url)) {
        Err(_) => "(ambiguous)".to_owned(),
        Ok(target) => policy
            .databases()
            .iter()
            .find(|database| database.is_reached_by(&target))
            .map_or("(unknown)".to_owned(), |database| database.name.value.clone()),
    }
}
