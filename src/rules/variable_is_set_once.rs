//! `variable-is-set-once`

use super::{Case, Check, Rule};
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::selftest::{Baseline, Violation, one};

pub(super) static RULE: Rule = Rule {
    id: "variable-is-set-once",
    gates: &[Gate::Boot],
    summary: "no variable that the policy judges is set twice in one place",
    explain: "\
## Refuses
A name that one file, or the process environment, sets twice. A later file that
overrides an earlier one is no such case.

## Why
Some readers take the first value and some the last. The value that was judged
must be the value that is used.

## Way out
Remove one of the two lines.
",
    check: Check::One(check),
    violate,
};

fn violate(baseline: &Baseline<'_>, _: &[Baseline<'_>]) -> Option<Violation> {
    baseline.with_twice(baseline.policy().environment_variable()).map(one)
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for seen in case.variables {
        let Some(again) = seen.also.first() else { continue };
        let name = &seen.name;
        let finding = Finding::refused(
            &RULE,
            name,
            again.clone(),
            format!("`{name}` is set twice"),
            "remove one of the two; readers disagree on which of them counts",
        )
        .labelled("set again here");
        findings.push(finding.related(seen.place.clone(), "set here first"));
    }
}
