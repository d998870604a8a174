//! `environment-is-expected`

use super::{Case, Check, Rule};
use crate::facts::Facts;
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::selftest::{Baseline, Violation, one};

pub(super) static RULE: Rule = Rule {
    id: "environment-is-expected",
    gates: &[Gate::Boot],
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
    let place = case.find(name).map_or_else(|| case.nowhere(), |seen| seen.place.clone());
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
