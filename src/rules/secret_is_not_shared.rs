//! `secret-is-not-shared`

use super::{Case, Check, Look, Rule};
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::secret::Secret;
use crate::source::Place;
use crate::selftest::{Baseline, Violation};

pub(super) static RULE: Rule = Rule {
    id: "secret-is-not-shared",
    gates: &[Gate::Compare],
    summary: "no secret is used in two environments, under whatever name",
    explain: "\
## Refuses
Two environments, compared side by side, that hold one value in declared
secrets or in the passwords of their databases.

## Why
One secret, one environment: a value that leaks from the sandbox must open
nothing in production.

## Way out
Make a value for each environment, and retire the shared one everywhere.
",
    check: Check::Across(check),
    violate,
};

fn violate(baseline: &Baseline<'_>, all: &[Baseline<'_>]) -> Option<Violation> {
    let other = all.iter().find(|other| other.environment().id != baseline.environment().id)?;
    let variable = baseline.declared().find(|variable| {
        variable.secret().is_some_and(|rule| !rule.kind.is_public())
            && other.value(&variable.name.value).is_some()
    })?;
    let name = &variable.name.value;
    Some(Violation::Across(vec![other.facts(), baseline.with(name, other.value(name)?)]))
}

fn check(cases: &[Case<'_>], findings: &mut Findings) {
    let all: Vec<Vec<Value<'_>>> = cases.iter().map(values).collect();
    for (position, (second, there)) in cases.iter().zip(&all).enumerate() {
        for (first, here) in cases.iter().zip(&all).take(position) {
            if super::are_different_environments(first, second) {
                shared(first, here, second, there, findings);
            }
        }
    }
}

struct Value<'a> {
    name: &'a str,
    place: &'a Place,
    secret: Secret,
}

fn values<'a>(case: &Case<'a>) -> Vec<Value<'a>> {
    let declared = case
        .secrets
        .iter()
        .filter(|held| held.look == Look::Own && !held.rule.kind.is_public())
        .map(|held| (held.seen, held.secret.clone()));
    let passwords = case.led().filter_map(|(connection, led)| {
        let password = led.target.password().filter(|secret| Look::of(secret) == Look::Own)?;
        Some((super::password_variable(case, connection, led), password.clone()))
    });
    declared
        .chain(passwords)
        .map(|(seen, secret)| Value { name: &seen.name, place: &seen.place, secret })
        .collect()
}

fn shared(
    first: &Case<'_>,
    here: &[Value<'_>],
    second: &Case<'_>,
    there: &[Value<'_>],
    findings: &mut Findings,
) {
    for held in there {
        let Some(same) = here.iter().find(|other| other.secret.same_as(&held.secret)) else {
            continue;
        };
        let finding = Finding::refused(
            &RULE,
            held.name,
            held.place.clone(),
            format!(
                "`{}` of {} holds the value of `{}` of {}",
                held.name,
                super::name_of(second),
                same.name,
                super::name_of(first),
            ),
            "make a value for each environment, and retire this one in both",
        );
        findings.push(finding.related(same.place.clone(), "the same value"));
    }
}
