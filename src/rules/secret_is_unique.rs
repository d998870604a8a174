//! `secret-is-unique`

use super::{Case, Check, Quality, Rule};
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::selftest::{Baseline, Violation, one};

pub(super) static RULE: Rule = Rule {
    id: "secret-is-unique",
    gates: &[Gate::Boot, Gate::Seed],
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
        .filter(|held| {
            matches!(held.quality, Quality::Own | Quality::Weak) && !held.rule.kind.is_public()
        })
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

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{Ask, strong};
    use crate::secret::{Class, Kind};

    const MORE: &str = "[variables.A]\nis = 'secret'\n[variables.B]\nis = 'secret'\n\
        [variables.C]\nis = 'secret'\n[variables.NOTE]\n\
        [variables.P]\nis = 'secret'\nkind = 'stripe-publishable-key'\n";

    #[test]
    fn no_two_secrets_hold_one_value() {
        let ask = Ask::small(&RULE, MORE);
        let (one, two) = (strong(1), strong(2));
        let public =
            Kind::by_id("stripe-publishable-key").unwrap().sample(Some(Class::Test), 1).unwrap();
        let table: [(&[(&str, &str)], &str); 9] = [
            (&[("A", &one), ("B", &two), ("C", "")], ""),
            (&[("A", &one), ("B", &one)], "`B` and `A` hold one value"),
            (&[("A", &one), ("B", &two), ("C", &one)], "`C` and `A` hold one value"),
            (
                &[("A", &one), ("B", &one), ("C", &one)],
                "`B` and `A` hold one value\n`C` and `A` hold one value",
            ),
            (&[("A", &one), ("NOTE", &one), ("UNKNOWN", &one)], ""),
            (&[("A", &public), ("P", &public)], ""), // made to be shown
            (&[("A", "changeme"), ("B", "changeme")], ""), // `secret-is-not-placeholder`
            (&[("A", "null"), ("B", "null")], ""),
            (&[("A", ""), ("B", "")], ""),
        ];
        for (given, said) in table {
            assert_eq!(ask.says(given), said);
        }
    }

    #[test]
    fn points_at_both() {
        let one = strong(1);
        assert_eq!(
            Ask::small(&RULE, MORE).in_full(&[("A", &one), ("B", &one)]),
            "refused B: `B` and `A` hold one value; make a value for each\n  \
             cause: <assumed environment> (here)\n  decided-by: B (declared as a secret)\n  \
             related: <assumed environment> (the same value)"
        );
    }
}
