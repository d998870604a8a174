//! `secret-is-unique`

use super::{Case, Check, Look, Rule};
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::selftest::{Baseline, Violation, one};

pub(super) static RULE: Rule = Rule {
    id: "secret-is-unique",
    gates: &[Gate::Boot],
    summary: "no two declared secrets of an environment hold one value",
    explain: "\
## Refuses
Two declared secrets that hold the same value.

## Why
A value that does two jobs leaks with either of them, and cannot be changed for
one alone. Two names for one key are most often a slip of copy and paste.

## Way out
Make a value for each. If two programs truly need one key under two names, let
one of the names be declared as `text` with a description that says so.
",
    check: Check::One(check),
    violate,
};

fn violate(baseline: &Baseline<'_>, _: &[Baseline<'_>]) -> Option<Violation> {
    let mut secrets = baseline
        .declared()
        .filter(|variable| variable.secret().is_some_and(|rule| !rule.kind.is_public()));
    let (first, second) = (secrets.next()?, secrets.next()?);
    Some(one(baseline.with(&second.name.value, baseline.value(&first.name.value)?)))
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let secrets: Vec<_> = case
        .secrets
        .iter()
        .filter(|held| held.look == Look::Own && !held.rule.kind.is_public())
        .collect();
    for (position, held) in secrets.iter().enumerate() {
        let same = secrets.iter().take(position).find(|other| other.secret.same_as(held.secret));
        let Some(first) = same else { continue };
        let (one, other) = (&first.variable.name.value, &held.variable.name.value);
        findings.push(
            Finding::refused(
                &RULE,
                other,
                held.seen.place.clone(),
                format!("`{other}` and `{one}` hold one value"),
                "make a value for each",
            )
            .because(case.source(), held.variable.name.span, "declared as a secret")
            .related(first.seen.place.clone(), "the same value"),
        );
    }
}
