//! Variables that the built-in policy permits.

use koomy_guard::Finding;
use koomy_guard::secret::{Class, Kind};

/// An environment, and how it differs from the others.
pub(crate) struct Place {
    pub(crate) name: &'static str,
    pub(crate) database: &'static str,
    pub(crate) class: Class,
    seed: u64,
}

/// The environments of the built-in policy.
pub(crate) const PLACES: [Place; 3] = [
    Place { name: "production", database: MAIN, class: Class::Live, seed: 100 },
    Place { name: "sandbox", database: DEVELOPMENT, class: Class::Test, seed: 200 },
    Place { name: "local", database: LOCAL, class: Class::Test, seed: 300 },
];

pub(crate) const MAIN: &str =
    "ep-koomy-main-10000001.eu-central-1.aws.neon.tech/koomy?sslmode=require";
pub(crate) const DEVELOPMENT: &str =
    "ep-koomy-development-20000002.eu-central-1.aws.neon.tech/koomy?sslmode=require";
pub(crate) const DEDICATED: &str =
    "ep-koomy-local-30000003.eu-central-1.aws.neon.tech/koomy?sslmode=require";
pub(crate) const LOCAL: &str = "localhost/koomy_local";
pub(crate) const UNKNOWN: &str =
    "ep-koomy-other-90000009.eu-central-1.aws.neon.tech/koomy?sslmode=require";

/// A value of a kind, the same for the same seed; empty if no form fits.
pub(crate) fn sample(kind: &str, class: Option<Class>, seed: u64) -> String {
    Kind::by_id(kind).and_then(|kind| kind.sample(class, seed)).unwrap_or_default()
}

/// A database URL with a strong password.
pub(crate) fn url(rest: &str, seed: u64) -> String {
    format!("postgresql://app:{}@{rest}", sample("random", None, seed))
}

/// A complete set of variables that the environment permits.
pub(crate) fn variables(place: &Place) -> Vec<(String, String)> {
    let Place { name, database, class, seed } = place;
    let mut variables = vec![
        ("KOOMY_ENV", (*name).to_owned()),
        ("NODE_ENV", if *name == "local" { "development" } else { "production" }.to_owned()),
        ("DATABASE_URL", url(database, seed + 1)),
        ("STRIPE_SECRET_KEY", sample("stripe-secret-key", Some(*class), seed + 2)),
        ("STRIPE_WEBHOOK_SECRET", sample("stripe-webhook-secret", None, seed + 3)),
        ("SENDGRID_API_KEY", sample("sendgrid-api-key", None, seed + 4)),
        ("JWT_SECRET", sample("random", None, seed + 5)),
        ("SESSION_SECRET", sample("random", None, seed + 6)),
    ];
    if *name == "sandbox" {
        variables.push(("DEBUG_SECRET", sample("random", None, seed + 7)));
    }
    variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Sets a variable to another value, or removes it.
pub(crate) fn set(variables: &mut Vec<(String, String)>, name: &str, value: Option<String>) {
    variables.retain(|(known, _)| known != name);
    variables.extend(value.map(|value| (name.to_owned(), value)));
}

/// The rules with findings, by their short names, or `permitted`.
pub(crate) fn verdict<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> String {
    let mut rules: Vec<_> = findings.into_iter().map(|finding| finding.rule().id).collect();
    rules.sort_unstable();
    rules.dedup();
    let rules: Vec<_> = rules.into_iter().map(short).collect();
    if rules.is_empty() { "permitted".to_owned() } else { rules.join("+") }
}

fn short(id: &'static str) -> &'static str {
    SHORT.iter().find(|(known, _)| *known == id).map_or(id, |(_, short)| short)
}

/// The meaning of the short names, for the head of a table.
pub(crate) fn legend(table: &str) -> String {
    let used = SHORT
        .iter()
        .filter(|(_, short)| table.split([' ', '+', '\n', '?']).any(|word| word == *short));
    used.map(|(id, short)| format!("# {short:<13}  {id}\n")).collect()
}

const SHORT: [(&str, &str); 18] = [
    ("database-belongs-to-environment", "database"),
    ("database-connection-is-encrypted", "tls"),
    ("database-identity-matches", "identity"),
    ("database-is-not-production-like", "prod-like"),
    ("database-is-not-shared", "shared-db"),
    ("database-role-is-least-privileged", "role"),
    ("database-stamp-matches", "stamp"),
    ("database-url-is-unambiguous", "url"),
    ("domain-belongs-to-environment", "domain"),
    ("secret-has-class", "class"),
    ("secret-is-not-placeholder", "placeholder"),
    ("secret-is-not-shared", "shared-secret"),
    ("secret-is-unique", "unique"),
    ("seed-database-is-disposable", "disposable"),
    ("seed-environment-is-allowed", "no-seed"),
    ("variable-is-allowed", "allowed"),
    ("variable-is-set", "missing"),
    ("variable-pair-is-allowed", "pair"),
];
