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
`preprod`, `non-prod` and the like are no such words.

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
    let mut before = "";
    for word in text.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty()) {
        let word_lower = word.to_ascii_lowercase();
        if !NEGATIONS.contains(&before) && is_production_word(policy, &word_lower) {
            return true;
        }
        before = NEGATIONS.iter().find(|negation| **negation == word_lower).copied().unwrap_or("");
    }
    false
}

fn is_production_word(policy: &Policy, word: &str) -> bool {
    let stem = SERVERS.iter().find_map(|server| word.strip_suffix(server)).unwrap_or(word);
    if PRODUCTION.contains(&word) || PRODUCTION.contains(&stem) {
        return true;
    }
    let own = policy.environments().iter().filter(|environment| environment.data == Data::Real);
    if own.into_iter().any(|environment| environment.name.value.eq_ignore_ascii_case(word)) {
        return true;
    }
    // `appprod`, but neither `preprod` nor `reproduction`.
    word.strip_suffix("prod").is_some_and(|start| !NEGATIONS.contains(&start))
}

const PRODUCTION: &[&str] = &["prod", "production", "prd"];
const SERVERS: &[&str] =
    &["db", "database", "sql", "server", "srv", "pg", "postgres", "mysql", "rds", "cluster"];
const NEGATIONS: &[&str] = &["pre", "non", "not", "no", "anti", "post", "sub", "re"];

#[cfg(test)]
mod tests {
    use super::super::testing::{Ask, url};
    use super::*;

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
        let text = "version = 1\nname = 'n'\n[environments.Live]\ndata = 'real'\n\
            [environments.play]\ndata = 'synthetic'\n[variables.E]\nis = 'environment'\n";
        let policy = Policy::parse("p", text).unwrap();
        let table = [("db-live", true), ("LIVE", true), ("lively", false), ("db-play", false)];
        for (text, expected) in table {
            assert_eq!(looks_like_production(&policy, text), expected, "{text}");
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
