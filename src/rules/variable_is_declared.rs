//! `variable-is-declared`

use super::variable_has_format::is_boolean;
use super::{Case, Check, Matched, Rule};
use crate::facts::Seen;
use crate::finding::Findings;
use crate::gate::Gate;
use crate::naming::{self, Purpose};
use crate::platform;
use crate::policy::{Declared, Given, PartVariables, Policy};
use crate::secret::Kind;
use crate::selftest::{Baseline, Violation, one};
use crate::source::Spanned;

pub(super) static RULE: Rule = Rule {
    id: "variable-is-declared",
    gates: &[Gate::Boot, Gate::Seed],
    summary: "a variable that looks like a secret or a connection is declared",
    explain: "\
## Refuses
A variable that the policy does not declare and whose name looks like a secret
(`*_SECRET`, `*_TOKEN`, `*_PASSWORD`, `*_KEY`, …) or like a connection
(`DIRECT_URL`, `SHADOW_DATABASE_URL`, `*_DSN`, …), also with a word such as `_OLD`
or a number behind it; that names a part of a connection beside those the policy
names (`DB_SOCKET` and `DB_READ_HOST` beside `DB_HOST`); whose value has the form of
a provider's secret key, or is an address with a password or of a database; or that
starts with the policy's own `prefix`.

Not taken for a secret: a boolean; a number, unless the name is a password's; a
`*_KEY` or `*_TOKEN` that calls itself `PUBLIC`, `PUBLISHABLE` or `SITE`. A pattern
such as `DEBUG*` declares such names, but neither a connection nor a provider's key.
Variables that the platform sets are known: those of Kubernetes for its services, and
those of CI services.

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
    for matched in &case.matched {
        if let Some(look) = look(case, matched) {
            let seen = matched.seen;
            let name = &seen.name;
            findings.push(
                RULE.refuses(name, seen.place.clone())
                    .says(format!("`{name}` {look}, but the policy does not declare it"))
                    .help(format!("declare `[variables.{name}]`, or unset it"))
                    .because(case.source(), case.policy.name_span(), "this policy"),
            );
        }
    }
}

/// Whether a variable called `name` is refused as undeclared, whatever it holds.
pub(crate) fn is_refused(policy: &Policy, name: &str) -> bool {
    let declared = policy.declared(name);
    let is_known = declared.is_some_and(|declared| declared.variable().is_some())
        || policy.is_part_of_connection(name)
        || platform::sets(name, None);
    !is_known && look_of_name(policy, name, declared).is_some()
}

fn look(case: &Case<'_>, matched: &Matched<'_>) -> Option<&'static str> {
    let seen = matched.seen;
    let name = seen.name.as_str();
    if matched.variable().is_some()
        || matched.connects
        || seen.is_empty()
        || platform::sets(name, seen.text())
    {
        return None;
    }
    match look_of_name(case.policy, name, matched.declared) {
        // `database-url-is-unambiguous` refuses what moves a connection.
        Some(Look::Connection) => (!case.moves(matched)).then_some("looks like a connection"),
        Some(Look::Secret) if !is_setting(seen) => Some("looks like a secret"),
        Some(Look::Prefix) => Some("starts with the policy's prefix"),
        Some(Look::Secret) | None => look_of_value(seen),
    }
}

/// What the name of a variable looks like.
enum Look {
    Connection,
    Secret,
    Prefix,
}

/// A pattern says where such names are allowed; it says nothing about where a
/// connection leads, or whose key a value is.
fn look_of_name(policy: &Policy, name: &str, by_pattern: Option<Declared<'_>>) -> Option<Look> {
    let has_prefix = |prefix: &Spanned<String>| name.starts_with(&prefix.value);
    if by_pattern.is_none() && policy.prefix().is_some_and(has_prefix) {
        return Some(Look::Prefix);
    }
    match Purpose::of(name) {
        Some(Purpose::Connection) => Some(Look::Connection),
        Some(Purpose::Secret) | None if is_part_left_out(policy, name) => Some(Look::Connection),
        Some(Purpose::Secret) if by_pattern.is_none() => Some(Look::Secret),
        Some(Purpose::Secret) | None => None,
    }
}

fn look_of_value(seen: &Seen) -> Option<&'static str> {
    if seen.text().and_then(Kind::detect).is_some() {
        return Some("holds what looks like a provider's secret key");
    }
    // LIMIT: a key with a byte that is not text is not recognised.
    let value = seen.lossy();
    if has_password(value.expose()) {
        return Some("holds an address with a password");
    }
    is_of_database(value.expose()).then_some("holds the address of a database")
}

/// `DB_PORT` or `DB_SOCKET`, where a connection is made of `DB_HOST` and of no such
/// part: a program that reads it is led elsewhere than where the guard looked.
fn is_part_left_out(policy: &Policy, name: &str) -> bool {
    policy.connections().iter().any(|connection| match &connection.given {
        Given::Parts(PartVariables { host, .. }) => {
            let host = host.value.as_str();
            let end = host.strip_suffix("HOST").map(str::len);
            let end = end.or(host.rfind('_').map(|at| at + 1)).unwrap_or_default();
            let rest = host.get(..end).and_then(|stem| name.strip_prefix(stem));
            // A `PORT` or a `USER` without a prefix may belong to anything.
            rest.is_some_and(|rest| {
                if end == 0 { rest == "PORT" && host == "HOST" } else { naming::is_part(rest) }
            })
        }
        Given::Url(_) => false,
    })
}

/// `MAX_TOKENS=4096`, `DB_FOREIGN_KEYS=true`: not a secret; under the name of a
/// password, a number may be one.
fn is_setting(seen: &Seen) -> bool {
    seen.text().is_some_and(|text| {
        let text = text.expose();
        let digits = text.strip_prefix('-').unwrap_or(text);
        let is_number =
            digits.len() <= LONGEST_NUMBER && digits.bytes().all(|b| b.is_ascii_digit());
        is_boolean(&text.to_ascii_lowercase()) || is_number && !naming::is_password(&seen.name)
    })
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

/// A database's scheme before any `://`, as in `jdbc:postgresql://` or in JSON.
fn is_of_database(value: &str) -> bool {
    let is_scheme = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    value.match_indices("://").any(|(at, _)| {
        let before = value.get(..at).unwrap_or_default();
        let scheme = before.rsplit(|c| !is_scheme(c)).next().unwrap_or_default();
        let scheme = scheme.split('+').next().unwrap_or_default();
        DATABASES.iter().any(|name| scheme.eq_ignore_ascii_case(name))
    })
}

/// A time in seconds and the size of a large memory have ten digits.
const LONGEST_NUMBER: usize = 10;

const DATABASES: &[&str] =
    &["postgres", "postgresql", "mysql", "mariadb", "mongodb", "sqlserver", "prisma"];

#[cfg(test)]
mod tests;
