//! `seed-environment-is-allowed`

use super::{Case, Check, Rule};
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::selftest::{Baseline, Violation, at_seed};
use crate::visible::listed;

/// `seed-environment-is-allowed`, which other judgements than a gate's may name.
pub static RULE: Rule = Rule {
    id: "seed-environment-is-allowed",
    gates: &[Gate::Seed],
    summary: "a seed runs in an environment whose databases may be filled with made-up data",
    explain: "\
## Refuses
A seed in an environment that does not say `seed = true`.

## Why
A seed empties tables and fills them with people who do not exist. What may be
lost is for the policy to say, in one place, and not for each script.

## Way out
Run the seed where it belongs. If this environment's data may be lost at any
time, write `seed = true` in its table.
",
    check: Check::One(check),
    violate,
};

fn violate(baseline: &Baseline<'_>, _: &[Baseline<'_>]) -> Option<Violation> {
    (!baseline.environment().seed.value).then(|| at_seed(baseline.facts()))
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(environment) = case.environment.filter(|environment| !environment.seed.value) else {
        return;
    };
    let (variable, here) = (case.policy.environment_variable(), &environment.name.value);
    let allowed = case.policy.environments().iter().filter(|environment| environment.seed.value);
    let help = match &*listed(allowed.map(|it| it.name.value.as_str()), " or ") {
        "" => "no environment of this policy may be seeded".to_owned(),
        allowed => format!("seed {allowed} instead"),
    };
    let place = case.place_of(variable);
    findings.push(
        Finding::refused(&RULE, variable, place, format!("no seed may run in `{here}`"), help)
            .because(case.source(), environment.seed.span, "no `seed = true` here"),
    );
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::gate::Gate;
    use crate::rules::testing::{Ask, seen};

    #[test]
    fn a_seed_runs_where_the_policy_says_so() {
        let table = [
            (
                "a",
                "refused E: no seed may run in `a`; seed `b` or `c` instead\n  \
              cause: <assumed environment> (here)\n  decided-by: a (no `seed = true` here)",
            ),
            ("b", ""),
            ("c", ""),
            (
                "d",
                "refused E: no seed may run in `d`; seed `b` or `c` instead\n  \
              cause: <assumed environment> (here)\n  decided-by: false (no `seed = true` here)",
            ),
            ("A", ""), // `variable-is-allowed` refuses it
            ("", ""),
        ];
        let ask = Ask::by(&RULE, POLICY).at(Gate::Seed);
        for (environment, said) in table {
            assert_eq!(ask.in_full(&[("E", environment)]), said, "{environment}");
        }
        assert_eq!(ask.says_of(&seen(&[])), "");
        let none = Ask::by(&RULE, &POLICY.replace("seed = true", "")).at(Gate::Seed);
        let said = none.in_full(&[("E", "b")]);
        assert!(said.contains("; no environment of this policy may be seeded\n"), "{said}");
    }

    const POLICY: &str = "version = 1\nname = 'n'\n[variables.E]\nis = 'environment'\n\
        [environments.a]\ndata = 'synthetic'\n\
        [environments.b]\ndata = 'synthetic'\nseed = true\n\
        [environments.c]\ndata = 'real'\nseed = true\n\
        [environments.d]\ndata = 'masked'\nseed = false\n";
}
