//! `variable-is-allowed-here`

use super::{Case, Check, Matched, Rule};
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::platform;
use crate::selftest::{Baseline, Violation, one};

pub(super) static RULE: Rule = Rule {
    id: "variable-is-allowed-here",
    gates: &[Gate::Boot, Gate::Seed],
    summary: "a variable that belongs to some environments is set in those alone",
    explain: "\
## Refuses
A variable whose `allowed` does not list this environment, declared by its name
or by a pattern such as `DEBUG*`. One that is set and empty is refused as well.
What the platform sets unasked passes a pattern: Kubernetes' variables of a
service called `debug`, told by name and value.

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
            patterns.find(|pattern| !pattern.allowed.contains(here))?.names.example()
        }
    };
    Some(one(baseline.with(&name, "text")))
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(environment) = case.environment else { return };
    for Matched { seen, declared, .. } in &case.matched {
        let Some(declared) = declared else { continue };
        let (name, allowed) = (&seen.name, declared.allowed());
        let is_injected = declared.variable().is_none() && platform::sets(name, seen.text());
        if allowed.contains(environment.id) || is_injected {
            continue;
        }
        let environment = &environment.name.value;
        let at = allowed.span().unwrap_or(declared.span());
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

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::Ask;

    #[test]
    fn only_where_it_may_be() {
        let ask = Ask::small(
            &RULE,
            "[variables.ONLY]\nallowed = ['sandbox']\n[variables.NOWHERE]\nallowed = []\n\
             [variables.EVERYWHERE]\n[variables.'DEBUG*']\nallowed = ['sandbox']\n\
             [variables.DEBUG_OK]\n",
        );
        let table = [
            ("sandbox", "ONLY", true),
            ("production", "ONLY", false),
            ("bare", "ONLY", false),
            ("staging", "ONLY", true), // no environment: `variable-is-allowed` refuses it
            ("sandbox", "NOWHERE", false),
            ("production", "EVERYWHERE", true),
            ("production", "UNKNOWN", true),
            ("sandbox", "DEBUG", true),
            ("production", "DEBUG", false),
            ("production", "DEBUG_ANY", false),
            ("production", "DEBUG_OK", true), // by its name before any pattern
            ("production", "XDEBUG", true),
            ("production", "debug", true),
        ];
        for (environment, name, is_allowed) in table {
            let said = format!("`{name}` is set, and is not allowed in `{environment}`");
            let expected = if is_allowed { "" } else { said.as_str() };
            for value in ["", "0"] {
                let given = [("KOOMY_ENV", environment), (name, value)];
                assert_eq!(ask.says(&given), expected, "{environment}, {name}={value}");
            }
        }
    }

    #[test]
    fn a_service_of_kubernetes_passes_a_pattern_and_no_name() {
        let ask = Ask::small(
            &RULE,
            "[variables.'DEBUG*']\nallowed = ['sandbox']\n\
             [variables.OLD_PORT]\nallowed = ['sandbox']\n",
        );
        let table = [
            ("DEBUG_PORT", "tcp://10.0.0.8:80", true),
            ("DEBUG_SERVICE_HOST", "10.0.0.8", true),
            ("DEBUG_PORT", "80", false),
            ("DEBUG_SERVICE_HOST", "prod.example.com", false),
            ("OLD_PORT", "tcp://10.0.0.8:80", false),
        ];
        for (name, value, passes) in table {
            let said = ask.says(&[("KOOMY_ENV", "production"), (name, value)]);
            assert_eq!(said.is_empty(), passes, "{name}={value}: {said}");
        }
    }

    #[test]
    fn points_at_the_list() {
        let ask = Ask::small(&RULE, "[variables.'DEBUG*']\nallowed = ['sandbox']\n");
        assert_eq!(
            ask.in_full(&[("KOOMY_ENV", "production"), ("DEBUG_SQL", "1")]),
            "refused DEBUG_SQL: `DEBUG_SQL` is set, and is not allowed in `production`; \
             unset `DEBUG_SQL`, or add `production` to its `allowed`\n  \
             cause: <assumed environment> (here)\n  \
             decided-by: ['sandbox'] (allowed in these environments)"
        );
    }
}
