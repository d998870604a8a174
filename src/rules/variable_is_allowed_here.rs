//! `variable-is-allowed-here`

use super::{Case, Check, Rule};
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::selftest::{Baseline, Violation, one};

pub(super) static RULE: Rule = Rule {
    id: "variable-is-allowed-here",
    gates: &[Gate::Boot],
    summary: "a variable that belongs to some environments is set in those alone",
    explain: "\
## Refuses
A variable whose `allowed` does not list this environment, declared by its name
or by a pattern such as `DEBUG*`. One that is set and empty is refused as well.

## Why
A debug switch that reaches production works there. What may not be there is
safest when it is not there at all.

## Way out
Unset the variable here. If it does belong here, add the environment to its
`allowed`.
",
    check: Check::One(check),
    violate,
};

fn violate(baseline: &Baseline<'_>, _: &[Baseline<'_>]) -> Option<Violation> {
    let here = baseline.environment().id;
    let mut exact = baseline.policy().variables();
    let forbidden = exact.find(|variable| !variable.allowed.contains(here));
    let name = match forbidden {
        Some(variable) => variable.name.value.clone(),
        None => {
            let mut patterns = baseline.policy().patterns().iter();
            patterns.find(|(_, variable)| !variable.allowed.contains(here))?.0.example()
        }
    };
    Some(one(baseline.with(&name, "text")))
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(environment) = case.environment else { return };
    for seen in case.variables {
        let Some(variable) = case.policy.declared(&seen.name) else { continue };
        if variable.allowed.contains(environment.id) {
            continue;
        }
        let name = &seen.name;
        let environment = &environment.name.value;
        let at = variable.allowed.span().unwrap_or(variable.name.span);
        findings.push(
            Finding::refused(
                &RULE,
                name,
                seen.place.clone(),
                format!("`{name}` is set, and is not allowed in `{environment}`"),
                format!("unset `{name}`, or add `{environment}` to its `allowed`"),
            )
            .because(case.source(), at, "allowed in these environments"),
        );
    }
}
