//! `database-is-not-production-like`

use super::{Case, Check, Rule};
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::policy::{Data, Policy};
use crate::selftest::{Baseline, Violation, one};
use crate::target::Target;

/// `database-is-not-production-like`, which other judgements than a gate's may name.
pub static RULE: Rule = Rule {
    id: "database-is-not-production-like",
    gates: &[Gate::Boot, Gate::Seed],
    summary: "outside production, no host, database or user looks like production",
    explain: "\
## Refuses
Where the environment's data are not `real`: a host, database or user with a
word for production in it (`prod`, `production`, `prd`, or the name of an
environment with real data), even if the policy lists that database.
`preprod`, `non-prod` and the like are no such words, nor is a region.

## Why
A policy can be wrong. A database that calls itself production and is listed for
the sandbox is more likely a slip in the list than a slip in its name.

## Way out
Check where the connection leads. If the database truly is no production, rename
what says so.
",
    check: Check::One(check),
    violate,
};

fn violate(baseline: &Baseline<'_>, _: &[Baseline<'_>]) -> Option<Violation> {
    match baseline.environment().data {
        Data::Real => None,
        Data::Masked | Data::Synthetic => {
            baseline.with_address(|address| address.database = "production".to_owned()).map(one)
        }
    }
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(environment) = case.environment else { return };
    match environment.data {
        Data::Real => return,
        Data::Masked | Data::Synthetic => {}
    }
    for (_, destination) in case.destinations() {
        let Some(part) = production_like(case.policy, &destination.target) else { continue };
        let name = &destination.variable.name;
        let here = &environment.name.value;
        findings.push(
            Finding::refused(
                &RULE,
                name,
                destination.variable.place.clone(),
                format!("the {part} in `{name}` looks like production, and this is `{here}`"),
                format!("point it at a database of `{here}`, or rename a {part} that misleads"),
            )
            .because(
                case.source(),
                environment.name.span,
                "an environment without real data",
            ),
        );
    }
}

fn production_like(policy: &Policy, target: &Target) -> Option<&'static str> {
    let parts = [
        ("host", target.host().unwrap_or_default()),
        ("database", target.database()),
        ("user", target.user()),
    ];
    parts.into_iter().find(|(_, text)| looks_like_production(policy, text)).map(|(part, _)| part)
}

fn looks_like_production(policy: &Policy, text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let (mut rest, mut before) = (text.as_str(), "");
    for word in text.as_bytes().chunk_by(|one, next| Class::of(*one) == Class::of(*next)) {
        let Some((word, after)) = rest.split_at_checked(word.len()) else { return false };
        let class = word.bytes().next().map(Class::of);
        if class != Some(Class::Separator)
            && (is_production_word(word) || starts_with_production(policy, rest))
            && !NEGATIONS.contains(&before)
        {
            return true;
        }
        if class == Some(Class::Letter) {
            before = word;
        }
        rest = after;
    }
    false
}

/// What a byte of a name is; words end where it changes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    Digit,
    Separator,
    /// Of a letter outside ASCII.
    Foreign,
}

impl Class {
    fn of(byte: u8) -> Self {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => Self::Letter,
            b'0'..=b'9' => Self::Digit,
            0x80.. => Self::Foreign,
            0..=0x7f => Self::Separator,
        }
    }
}

fn is_production_word(word: &str) -> bool {
    let mut stems = SERVERS.iter().filter_map(|server| word.strip_suffix(server));
    PRODUCTION.contains(&word)
        || stems.any(|stem| PRODUCTION.contains(&stem))
        // `appprod`, but neither `preprod` nor `reproduction`.
        || word.strip_suffix("prod").is_some_and(|start| !NEGATIONS.contains(&start))
}

/// Whether `text` starts with the name of an environment with real data, one
/// separator as good as another, and no word goes on after it.
///
/// LIMIT: the name of a region says where a server stands, and not what is on it.
fn starts_with_production(policy: &Policy, text: &str) -> bool {
    let is_same = |(one, other): (&u8, &u8)| {
        one.eq_ignore_ascii_case(other)
            || [one, other].iter().all(|byte| Class::of(**byte) == Class::Separator)
    };
    let starts_with = |name: &str| {
        let Some((start, after)) = text.as_bytes().split_at_checked(name.len()) else {
            return false;
        };
        start.iter().zip(name.as_bytes()).all(is_same)
            && after.first().map(|next| Class::of(*next)) != name.bytes().last().map(Class::of)
    };
    let mut real = policy.environments().iter().filter(|it| it.data == Data::Real);
    real.any(|it| starts_with(&it.name.value) && !says_only_where(&it.name.value))
}

/// A number, or a region of a cloud such as `eu-west-3`.
fn says_only_where(name: &str) -> bool {
    let has_number = name.ends_with(|last: char| last.is_ascii_digit());
    has_number
        && (COMPASS.iter().any(|direction| name.contains(direction))
            || !name.contains(char::is_alphabetic))
}

const PRODUCTION: &[&str] = &["prod", "production", "prd"];
const SERVERS: &[&str] =
    &["db", "database", "sql", "server", "srv", "pg", "postgres", "mysql", "rds", "cluster"];
const NEGATIONS: &[&str] = &["pre", "non", "not", "no", "anti", "post", "sub", "re"];
const COMPASS: &[&str] = &["north", "south", "east", "west", "central"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{Ask, url};

    #[test]
    fn knows_the_words_for_production() {
        let policy = Policy::built_in().unwrap();
        let like = [
            "prod",
            "PROD",
            "production",
            "db-prod-1",
            "prod01",
            "koomy_production",
            "prd-eu",
            "proddb",
            "prod-db.example.com",
            "koomyprod",
            "app.prod.internal",
            "main-production",
            "prodmysql",
            "prodpostgres",
        ];
        let unlike = [
            "koomy",
            "preprod",
            "pre-prod",
            "non_prod",
            "nonprod",
            "product",
            "products",
            "producer",
            "reproduction",
            "development",
            "re-production",
            "sandbox",
            "livestock",
            "",
        ];
        for text in like {
            assert!(looks_like_production(&policy, text), "{text}");
        }
        for text in unlike {
            assert!(!looks_like_production(&policy, text), "{text}");
        }
    }

    #[test]
    fn knows_the_names_of_environments_with_real_data() {
        let table = [
            ("Live", "db-live", true),
            ("Live", "LIVE", true),
            ("Live", "live01", true),
            ("Live", "lively", false),
            ("Live", "non-live", false),
            ("Live", "db-play", false),
            ("eu-live", "eu-live-db", true),
            ("eu-live", "db.eu-live.example.com", true),
            ("eu-live", "shop_EU_LIVE", true),
            ("eu-live", "eu-lively", false),
            ("eu-live", "neu-live", false),
            ("eu-live", "pre-eu-live", false),
            ("eu-live", "eu", false),
            ("live2", "db-live2", true),
            ("live2", "live2db", true),
            ("live2", "live21", false),
            ("live2", "live", false),
            ("élan", "élan", true),
            ("élan", "lan", false),
            // A number says nothing, and a region where the server stands.
            ("2024", "db-2024", false),
            ("eu-west-3", "ep-a.eu-west-3.aws.neon.tech", false),
            ("europe-west1", "db.europe-west1.example", false),
        ];
        for (name, text, expected) in table {
            let policy = format!(
                "version = 1\nname = 'n'\n[environments.'{name}']\ndata = 'real'\n\
                 [environments.play]\ndata = 'synthetic'\n[variables.E]\nis = 'environment'\n"
            );
            let policy = Policy::parse("p", &policy).unwrap();
            assert_eq!(looks_like_production(&policy, text), expected, "{name}: {text}");
        }
    }

    #[test]
    fn outside_production_no_part_looks_like_it() {
        let ask = Ask::small(&RULE, "[connections.primary]\nurl = 'DATABASE_URL'\n");
        let table = [
            ("play.koomy.app/koomy", "app", ""),
            ("play-prod.koomy.app/koomy", "app", "host"),
            ("play.koomy.app/koomy_production", "app", "database"),
            ("play.koomy.app/koomy", "prd", "user"),
            ("prod.koomy.app/prod", "prod", "host"),
            ("/koomy_prod?host=/var/run/postgresql", "app", "database"),
            ("/koomy?host=/var/run/prod", "app", ""), // a directory of this machine
            ("play-preprod.koomy.app/koomy", "app", ""),
        ];
        for (rest, user, part) in table {
            let url = url(rest).replace("//app:", &format!("//{user}:"));
            for (environment, is_real) in
                [("production", true), ("sandbox", false), ("bare", false)]
            {
                let said = match part {
                    part if part.is_empty() || is_real => String::new(),
                    part => format!(
                        "the {part} in `DATABASE_URL` looks like production, and this is `{environment}`"
                    ),
                };
                let given = [("KOOMY_ENV", environment), ("DATABASE_URL", &url)];
                assert_eq!(ask.says(&given), said, "{environment}, {rest}, {user}");
            }
            assert_eq!(ask.says(&[("KOOMY_ENV", "staging"), ("DATABASE_URL", &url)]), "");
        }
        assert_eq!(
            ask.in_full(&[
                ("KOOMY_ENV", "sandbox"),
                ("DATABASE_URL", &url("prod.koomy.app/koomy"))
            ]),
            "refused DATABASE_URL: the host in `DATABASE_URL` looks like production, and this is \
             `sandbox`; point it at a database of `sandbox`, or rename a host that misleads\n  \
             cause: <assumed environment> (here)\n  \
             decided-by: sandbox (an environment without real data)"
        );
    }
}
