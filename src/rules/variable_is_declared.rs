//! `variable-is-declared`

use super::{Case, Check, Met, Rule};
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::platform;
use crate::secret::Kind;
use crate::selftest::{Baseline, Violation, one};

pub(super) static RULE: Rule = Rule {
    id: "variable-is-declared",
    gates: &[Gate::Boot],
    summary: "a variable that looks like a secret or a connection is declared",
    explain: "\
## Refuses
A variable that the policy does not know and whose name looks like a secret
(`*_SECRET`, `*_TOKEN`, `*_PASSWORD`, `*_KEY`, …) or like a connection
(`DIRECT_URL`, `SHADOW_DATABASE_URL`, `*_DSN`, …); whose value has the form of a
provider's secret key, or is an address with a password; or that starts with the
policy's own `prefix`. Variables of the platform are known: Kubernetes' service
variables, and those that CI services set.

## Why
What nobody declared, nobody judges. The second connection string is as
dangerous as the first.

## Way out
Declare it under `[variables.NAME]`, or as a connection. If nothing needs it,
unset it.
",
    check: Check::One(check),
    violate,
};

fn violate(baseline: &Baseline<'_>, _: &[Baseline<'_>]) -> Option<Violation> {
    let names = ["SELFTEST_TOKEN", "SELFTEST_DATABASE_URL", "SELFTEST_PASSWORD"];
    let unknown = names.into_iter().find(|name| baseline.policy().declared(name).is_none())?;
    Some(one(baseline.with(unknown, "text")))
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for met in &case.met {
        if let Some(look) = look(case, met) {
            let seen = met.seen;
            let name = &seen.name;
            findings.push(
                Finding::refused(
                    &RULE,
                    name,
                    seen.place.clone(),
                    format!("`{name}` {look}, and the policy does not know it"),
                    format!("declare `[variables.{name}]`, or unset it"),
                )
                .because(case.source(), case.policy.name_span(), "this policy"),
            );
        }
    }
}

fn look(case: &Case<'_>, met: &Met<'_>) -> Option<&'static str> {
    let seen = met.seen;
    let name = seen.name.as_str();
    if met.is_judged() || seen.is_empty() || platform::sets(name, seen.text()) {
        return None;
    }
    if case.policy.prefix().is_some_and(|prefix| name.starts_with(&prefix.value)) {
        return Some("starts with the policy's prefix");
    }
    let upper = name.to_ascii_uppercase();
    if is_connection(&upper) {
        // `database-url-is-unambiguous` refuses what moves a connection.
        let moves = case.movers().any(|mover| mover.name == name);
        return (!moves).then_some("looks like a connection");
    }
    if is_secret(&upper) {
        return Some("looks like a secret");
    }
    if seen.text().and_then(Kind::detect).is_some() {
        return Some("holds what looks like a provider's secret key");
    }
    // LIMIT: a key with a byte that is no text has no provider's form any more.
    has_password(seen.lossy().expose()).then_some("holds an address with a password")
}

fn is_connection(name: &str) -> bool {
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    let starts = |starts: &[&str]| starts.iter().any(|start| name.starts_with(start));
    CONNECTIONS.contains(&name)
        || ends(CONNECTION_ENDS)
        || starts(&["DATABASE_URL"])
        || (ends(&["_URL", "_URI", "_URL_NON_POOLING"])
            && starts(&["POSTGRES", "PG", "MYSQL", "MARIADB", "MONGO", "REDIS", "NEON", "SUPABASE_DB"]))
}

fn is_secret(name: &str) -> bool {
    SECRETS.contains(&name)
        || (SECRET_ENDS.iter().any(|end| name.ends_with(end))
            && !PUBLIC_ENDS.iter().any(|end| name.ends_with(end)))
}

/// `scheme://user:password@host`
fn has_password(value: &str) -> bool {
    let Some((scheme, rest)) = value.split_once("://") else { return false };
    let is_scheme = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    !scheme.is_empty()
        && scheme.bytes().all(is_scheme)
        && authority
            .rsplit_once('@')
            .and_then(|(userinfo, _)| userinfo.split_once(':'))
            .is_some_and(|(_, password)| !password.is_empty())
}

const CONNECTIONS: &[&str] = &[
    "DIRECT_URL", "DB_URL", "DB_HOST", "DB_URI", "PGHOST", "PGHOSTADDR", "PGSERVICE", "PGDATABASE",
    "MYSQL_HOST", "POSTGRES_HOST", "DSN",
];
const CONNECTION_ENDS: &[&str] = &[
    "_DATABASE_URL", "_DATABASE_URI", "_DB_URL", "_DB_URI", "_DB_HOST", "_DIRECT_URL", "_DSN",
    "_CONNECTION_STRING", "DATABASE_URL_UNPOOLED",
];
const SECRETS: &[&str] = &[
    "SECRET", "TOKEN", "PASSWORD", "PASSWD", "API_KEY", "APIKEY", "PRIVATE_KEY", "CREDENTIALS",
    "PGPASSWORD", "PGPASSFILE", "MYSQL_PWD",
];
const SECRET_ENDS: &[&str] = &[
    "_SECRET", "_SECRETS", "_TOKEN", "_TOKENS", "_PASSWORD", "_PASSWD", "_PASSPHRASE", "_PASS",
    "_PWD", "_KEY", "_KEYS", "_APIKEY", "_CREDENTIAL", "_CREDENTIALS", "_KEY_BASE", "_SECRET_ID",
    "_SECRET_KEY_BASE", "_WEBHOOK_URL",
];
const PUBLIC_ENDS: &[&str] =
    &["_PUBLIC_KEY", "_PUBLIC_KEYS", "_PUBLISHABLE_KEY", "_CACHE_KEY", "_SORT_KEY", "_PARTITION_KEY", "OLD_PWD"];
