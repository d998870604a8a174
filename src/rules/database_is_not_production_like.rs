//! `database-is-not-production-like`

use super::{Case, Check, Rule};
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::policy::{Data, Policy};
use crate::target::Target;
use crate::selftest::{Baseline, Violation, one};

pub(super) static RULE: Rule = Rule {
    id: "database-is-not-production-like",
    gates: &[Gate::Boot],
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
            baseline.led(|address| address.database = "production".to_owned()).map(one)
        }
    }
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(environment) = case.environment else { return };
    match environment.data {
        Data::Real => return,
        Data::Masked | Data::Synthetic => {}
    }
    for (_, led) in case.led() {
        let Some(part) = production_like(case.policy, &led.target) else { continue };
        let name = &led.variable.name;
        let here = &environment.name.value;
        findings.push(
            Finding::refused(
                &RULE,
                name,
                led.variable.place.clone(),
                format!("the {part} in `{name}` looks like production, and this is `{here}`"),
                format!("point it at a database of `{here}`, or rename a {part} that misleads"),
            )
            .because(case.source(), environment.name.span, "an environment without real data"),
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
    use super::*;

    #[test]
    fn knows_the_words_for_production() {
        let policy = Policy::built_in().unwrap();
        let like = [
            "prod", "PROD", "production", "db-prod-1", "prod01", "koomy_production", "prd-eu",
            "proddb", "prod-db.example.com", "koomyprod", "app.prod.internal", "main-production",
        ];
        let unlike = [
            "koomy", "preprod", "pre-prod", "non_prod", "nonprod", "product", "products", "producer",
            "reproduction", "development", "re-production", "sandbox", "livestock", "",
        ];
        for text in like {
            assert!(looks_like_production(&policy, text), "{text}");
        }
        for text in unlike {
            assert!(!looks_like_production(&policy, text), "{text}");
        }
    }
}
