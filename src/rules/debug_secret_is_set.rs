//! `debug-secret-is-set`

use super::{Case, Check, Quality, Rule};
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::policy::{DebugRule, Environment, Phase};
use crate::secret::Secret;
use crate::selftest::{Baseline, Violation, one};

pub(super) static RULE: Rule = Rule {
    id: "debug-secret-is-set",
    gates: &[Gate::Boot, Gate::Seed],
    summary: "where debug endpoints are allowed, they have a strong secret of their own",
    explain: "\
## Refuses
An environment that allows debug endpoints while the variable with their secret
is missing, a placeholder, weak, or holds the value of another variable.

## Why
A debug endpoint shows the insides of a service. An empty or guessed header
opens it to anybody who finds the path.

## Way out
Set the variable to a fresh random value, such as the output of
`openssl rand -hex 32`; or take `debug` out of the environment.
",
    check: Check::One(check),
    violate,
};

fn violate(baseline: &Baseline<'_>, _: &[Baseline<'_>]) -> Option<Violation> {
    let debug = baseline.environment().debug.as_ref()?;
    Some(one(baseline.without(&debug.secret.value)))
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(environment) = case.environment else { return };
    let Some(debug) = &environment.debug else { return };
    let Some(problem) = problem(case, debug) else { return };
    let name = &debug.secret.value;
    let place = case.place_of(name);
    findings.push(
        Finding::refused(
            &RULE,
            name,
            place,
            format!("`{}` allows debug endpoints, and `{name}` {problem}", here(environment)),
            format!("set `{name}` to a fresh random value, such as from `openssl rand -hex 32`"),
        )
        .because(case.source(), debug.secret.span, "protects the debug endpoints"),
    );
}

fn here(environment: &Environment) -> &str {
    &environment.name.value
}

fn problem(case: &Case<'_>, debug: &DebugRule) -> Option<String> {
    let name = debug.secret.value.as_str();
    let held = case.secrets.iter().find(|held| held.seen.name == name);
    let said = match held.map(|held| held.quality) {
        // A build or a CI job serves no requests, and holds no secrets.
        None if case.facts.phase != Phase::Boot && case.find(name).is_none() => return None,
        None => "is not set",
        Some(Quality::Nothing) => "holds a word for nothing",
        Some(Quality::Placeholder(_)) => "is a placeholder",
        Some(Quality::Weak) => "is weak",
        Some(Quality::Own) => {
            let other = held.and_then(|held| shared_with(case, name, held.secret))?;
            return Some(format!("holds the value of `{other}`"));
        }
    };
    Some(said.to_owned())
}

fn shared_with<'a>(case: &Case<'a>, name: &str, secret: &Secret) -> Option<&'a str> {
    case.variables
        .iter()
        .filter(|seen| seen.name != name)
        .find(|seen| seen.text().is_some_and(|other| other.same_as(secret)))
        .map(|seen| seen.name.as_str())
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::facts::Facts;
    use crate::policy::Phase;
    use crate::rules::testing::{Ask, seen, strong};

    fn ask(more: &str) -> Ask {
        let text = format!(
            "version = 1\nname = 'n'\n[environments.sandbox]\ndata = 'synthetic'\n\
             debug = {{ paths = ['/debug'], header = 'X-Debug', secret = 'DEBUG_SECRET' }}\n\
             [environments.production]\ndata = 'real'\n[variables.KOOMY_ENV]\nis = 'environment'\n\
             [variables.DEBUG_SECRET]\nis = 'secret'\n{more}"
        );
        Ask::by(&RULE, &text)
    }

    #[test]
    fn a_strong_secret_of_its_own_where_debug_is_allowed() {
        let (strong, other) = (strong(1), strong(2));
        let table = [
            ("", Some("is not set")),
            ("changeme", Some("is a placeholder")),
            ("kJ2", Some("is weak")),
            (&*other, Some("holds the value of `OTHER`")),
            (&*strong, None),
        ];
        for (value, problem) in table {
            for environment in ["sandbox", "production", "staging"] {
                let said = match problem {
                    Some(problem) if environment == "sandbox" => {
                        format!("`sandbox` allows debug endpoints, and `DEBUG_SECRET` {problem}")
                    }
                    Some(_) | None => String::new(),
                };
                let given =
                    [("KOOMY_ENV", environment), ("DEBUG_SECRET", value), ("OTHER", &other)];
                assert_eq!(ask("").says(&given), said, "{environment}");
            }
        }
    }

    #[test]
    fn its_strength_is_the_one_that_the_policy_demands() {
        let strong = strong(1);
        let given = [("KOOMY_ENV", "sandbox"), ("DEBUG_SECRET", &*strong)];
        assert_eq!(ask("min_bits = 64\n").says(&given), "");
        let said = "`sandbox` allows debug endpoints, and `DEBUG_SECRET` is weak";
        assert_eq!(ask("min_bits = 512\n").says(&given), said);
    }

    #[test]
    fn a_build_needs_none_and_may_not_have_an_empty_one() {
        let table =
            [(Phase::Boot, true, true), (Phase::Ci, false, true), (Phase::Build, false, true)];
        let environment = [("KOOMY_ENV", "sandbox"), ("DEBUG_SECRET", "")];
        for (phase, refuses_none, refuses_empty) in table {
            let none = Facts { phase, ..seen(&environment[..1]) };
            let empty = Facts { phase, ..seen(&environment) };
            assert_eq!(!ask("").says_of(&none).is_empty(), refuses_none, "{phase:?}");
            assert_eq!(!ask("").says_of(&empty).is_empty(), refuses_empty, "{phase:?}");
        }
    }

    #[test]
    fn points_at_the_name_of_the_variable() {
        assert_eq!(
            ask("").in_full(&[("KOOMY_ENV", "sandbox")]),
            "refused DEBUG_SECRET: `sandbox` allows debug endpoints, and `DEBUG_SECRET` is not set; \
             set `DEBUG_SECRET` to a fresh random value, such as from `openssl rand -hex 32`\n  \
             cause: <assumed environment> (here)\n  \
             decided-by: 'DEBUG_SECRET' (protects the debug endpoints)"
        );
    }
}
