//! `environment-is-expected`

use super::{Case, Check, Rule};
use crate::facts::Facts;
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::selftest::{Baseline, Violation, one};

/// `environment-is-expected`, which other judgements than a gate's may name.
pub static RULE: Rule = Rule {
    id: "environment-is-expected",
    gates: &[Gate::Boot, Gate::Seed],
    summary: "the variables name the environment that the caller expects",
    explain: "\
## Refuses
Variables that name another environment than the one given with
`--environment`.

## Why
A file that is consistent in itself can still be the wrong file. A deploy to
production that is handed the sandbox's file would pass every other rule.

## Way out
Hand over the file of the expected environment, or expect the other one.
",
    check: Check::One(check),
    violate,
};

fn violate(baseline: &Baseline<'_>, all: &[Baseline<'_>]) -> Option<Violation> {
    let other = all.iter().find(|other| other.environment().id != baseline.environment().id)?;
    let expected = Some(other.environment().name.value.clone());
    Some(one(Facts { expected, ..baseline.facts() }))
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let (Some(expected), Some(environment)) = (&case.facts.expected, case.environment) else {
        return;
    };
    if *expected == environment.name.value {
        return;
    }
    let name = case.policy.environment_variable();
    let place = case.place_of(name);
    let found = &environment.name.value;
    findings.push(
        Finding::refused(
            &RULE,
            name,
            place,
            format!("`{name}` names `{found}`, and `{expected}` is expected"),
            format!("use the variables of `{expected}`, or expect `{found}`"),
        )
        .because(case.source(), environment.name.span, "the environment that it names"),
    );
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{Ask, seen};

    #[test]
    fn only_the_expected_environment() {
        let ask = Ask::small(&RULE, "");
        let table = [
            ("production", None, ""),
            ("production", Some("production"), ""),
            (
                "production",
                Some("sandbox"),
                "`KOOMY_ENV` names `production`, and `sandbox` is expected",
            ),
            (
                "sandbox",
                Some("production"),
                "`KOOMY_ENV` names `sandbox`, and `production` is expected",
            ),
            (
                "production",
                Some("Production"),
                "`KOOMY_ENV` names `production`, and `Production` is expected",
            ),
            ("production", Some(""), "`KOOMY_ENV` names `production`, and `` is expected"),
            // What is no environment at all is for `variable-is-allowed`.
            ("staging", Some("sandbox"), ""),
        ];
        for (named, expected, said) in table {
            let mut facts = seen(&[("KOOMY_ENV", named)]);
            facts.expected = expected.map(str::to_owned);
            assert_eq!(ask.says_of(&facts), said, "{named}, {expected:?}");
        }
    }

    #[test]
    fn points_at_the_environment_that_is_named() {
        let mut facts = seen(&[("KOOMY_ENV", "sandbox")]);
        facts.expected = Some("production".to_owned());
        assert_eq!(
            Ask::small(&RULE, "").in_full_of(&facts),
            "refused KOOMY_ENV: `KOOMY_ENV` names `sandbox`, and `production` is expected; \
             use the variables of `production`, or expect `sandbox`\n  \
             cause: <assumed environment> (here)\n  \
             decided-by: sandbox (the environment that it names)"
        );
    }
}
