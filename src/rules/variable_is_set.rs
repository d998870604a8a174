//! `variable-is-set`

use super::{Case, Check, Reading, Rule};
use crate::facts::Seen;
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::policy::{Connection, Environment, Variable};
use crate::secret::means_nothing;
use crate::source::Spanned;
use crate::selftest::{Baseline, Violation, one};

pub(super) static RULE: Rule = Rule {
    id: "variable-is-set",
    gates: &[Gate::Boot],
    summary: "every required variable is set to something",
    explain: "\
## Refuses
A variable that the policy requires in this environment and that is missing or
empty; a secret that holds a word for nothing, such as `null` or `undefined`; a
connection of which only some variables are set.

## Why
A program that misses a variable falls back to a default, and the default is
rarely the one of this environment.

## Way out
Set the variable. If the environment can do without it, take the environment
out of its `required`. For a build or a CI job, which hold few secrets, say
`--phase build` or `--phase ci`: then only what the policy lists for that phase
in `phases` is required.
",
    check: Check::One(check),
    violate,
};

fn violate(baseline: &Baseline<'_>, _: &[Baseline<'_>]) -> Option<Violation> {
    Some(one(baseline.without(baseline.policy().environment_variable())))
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(environment) = case.environment else {
        return names_environment(case, findings);
    };
    for variable in case.policy.variables() {
        if is_required(variable, environment, case) {
            must_be_set(case, variable, environment, findings);
        }
    }
    for reached in &case.connections {
        match &reached.reading {
            Reading::Unset => must_be_connected(case, reached.connection, environment, findings),
            Reading::Partial { set, missing } => partial(case, set, missing, findings),
            Reading::Ambiguous { .. } | Reading::NotText(_) | Reading::Target(_) => {}
        }
    }
}

/// Without an environment nothing else can be said to be required.
fn names_environment(case: &Case<'_>, findings: &mut Findings) {
    let name = case.policy.environment_variable();
    let Some(variable) = case.policy.declared(name) else { return };
    let found = match case.find(name) {
        None => "is not set",
        Some(seen) if seen.is_empty() => "is empty",
        Some(_) => return,
    };
    let known = case.policy.environments().iter().map(|e| format!("`{}`", e.name.value));
    let known: Vec<_> = known.collect();
    findings.push(
        Finding::refused(
            &RULE,
            name,
            case.find(name).map_or_else(|| case.nowhere(), |seen| seen.place.clone()),
            format!("`{name}` {found}, so the environment is unknown"),
            format!("set it to one of {}", known.join(", ")),
        )
        .because(case.source(), variable.name.span, "names the environment"),
    );
}

fn is_required(variable: &Variable, environment: &Environment, case: &Case<'_>) -> bool {
    variable.required.contains(environment.id) && variable.phases.contains(case.facts.phase)
}

fn must_be_set(
    case: &Case<'_>,
    variable: &Variable,
    environment: &Environment,
    findings: &mut Findings,
) {
    let name = &variable.name.value;
    let found = case.find(name);
    let problem = match found {
        None => "is not set",
        Some(seen) if seen.is_empty() => "is empty",
        Some(seen) if is_a_word_for_nothing(variable, seen) => "holds a word for nothing",
        Some(_) => return,
    };
    let at = variable.required.span().unwrap_or(variable.name.span);
    findings.push(
        Finding::refused(
            &RULE,
            name,
            found.map_or_else(|| case.nowhere(), |seen| seen.place.clone()),
            format!("`{name}` {problem}, and `{}` requires it", environment.name.value),
            format!("set `{name}`, or take `{}` out of its `required`", environment.name.value),
        )
        .because(case.source(), at, "required here"),
    );
}

fn is_a_word_for_nothing(variable: &Variable, seen: &Seen) -> bool {
    variable.secret().is_some() && seen.text().is_some_and(|s| means_nothing(s.expose()))
}

fn must_be_connected(
    case: &Case<'_>,
    connection: &Connection,
    environment: &Environment,
    findings: &mut Findings,
) {
    let required = match &connection.required {
        Some(places) => places.contains(environment.id),
        None => !environment.databases.is_empty(),
    };
    if !required || !connection.phases.contains(case.facts.phase) {
        return;
    }
    let Some(first) = connection.variables().next() else { return };
    let name = &first.value;
    let at = connection.required.as_ref().and_then(|places| places.span());
    findings.push(
        Finding::refused(
            &RULE,
            name,
            case.find(name).map_or_else(|| case.nowhere(), |seen| seen.place.clone()),
            format!(
                "`{name}` is not set, and `{}` needs the connection `{}`",
                environment.name.value, connection.name.value
            ),
            format!("set `{name}` to a database of `{}`", environment.name.value),
        )
        .because(case.source(), at.unwrap_or(first.span), "required here"),
    );
}

fn partial(
    case: &Case<'_>,
    set: &Seen,
    missing: &[&Spanned<String>],
    findings: &mut Findings,
) {
    for name in missing {
        let place = case.find(&name.value).map_or_else(|| set.place.clone(), |s| s.place.clone());
        findings.push(
            Finding::refused(
                &RULE,
                &name.value,
                place,
                format!("`{}` is not set, and `{}` is", name.value, set.name),
                "set every part of the connection, or none",
            )
            .because(case.source(), name.span, "part of the connection"),
        );
    }
}
