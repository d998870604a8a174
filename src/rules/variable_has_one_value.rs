//! `variable-has-one-value`

use super::{Case, Check, Rule};
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::selftest::{Baseline, Violation, one};

pub(super) static RULE: Rule = Rule {
    id: "variable-has-one-value",
    gates: &[Gate::Boot],
    summary: "a variable has one value, whoever reads it",
    explain: "\
## Refuses
A name that one file, or the process environment, sets twice (a later file that
overrides an earlier one is no such case); and a declared variable whose value in
a file reads differently in different readers: unquoted with a `#`, a space or a
`$` in it.

## Why
Some readers take the first value and some the last; some take `#` for a comment.
The value that was judged must be the value that is used.

## Way out
Remove one of the two lines. Put the value in quotes; `docs/dotenv.md` says what
readers agree on.
",
    check: Check::One(check),
    violate,
};

fn violate(baseline: &Baseline<'_>, _: &[Baseline<'_>]) -> Option<Violation> {
    baseline.with_twice(baseline.policy().environment_variable()).map(one)
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for seen in case.variables {
        let name = &seen.name;
        if let Some(doubt) = seen.doubt.filter(|_| is_judged(case, name)) {
            findings.push(Finding::refused(
                &RULE,
                name,
                seen.place.clone(),
                format!("`{name}` has a value that readers take differently: {doubt}"),
                doubt.help(),
            ));
        }
        let Some(again) = seen.also.first() else { continue };
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

/// Whether the policy cares what the value is.
fn is_judged(case: &Case<'_>, name: &str) -> bool {
    case.policy.declared(name).is_some() || case.policy.is_part_of_connection(name)
}
