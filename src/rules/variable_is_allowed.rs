//! `variable-is-allowed`

use super::{Case, Check, Rule};
use crate::difference;
use crate::facts::Seen;
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::policy::Variable;
use crate::selftest::{Baseline, Violation, one};
use crate::source::Span;
use crate::visible::listed;

pub(super) static RULE: Rule = Rule {
    id: "variable-is-allowed",
    gates: &[Gate::Boot, Gate::Seed],
    summary: "a variable with a closed list holds one of its values, to the byte",
    explain: "\
## Refuses
A value outside the closed list that the policy gives: a name of no environment
in the variable that names it, or anything that is not in `values`. Letter case
counts, and so do white space, quotes and letters that only look alike. A blank
after an unquoted value in a file counts, too, since some readers keep it.

## Why
Programs compare with `==`. A value that is nearly `production` is development
to one of them and production to the next.

## Way out
Write the value exactly as the policy does. If it is a new value, add it to the
list, which is a change of policy that somebody validates.
",
    check: Check::One(check),
    violate,
};

fn violate(baseline: &Baseline<'_>, _: &[Baseline<'_>]) -> Option<Violation> {
    let name = baseline.policy().environment_variable();
    Some(one(baseline.with(name, format!("{} ", baseline.environment().name.value))))
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    names_an_environment(case, findings);
    let Some(environment) = case.environment else { return };
    for matched in &case.matched {
        let seen = matched.seen;
        let Some(variable) = matched.variable().filter(|_| !seen.is_empty()) else { continue };
        let Some(values) = &variable.values else { continue };
        match values.of(environment.id) {
            Some(list) => {
                let allowed: Vec<_> = list.value.iter().map(String::as_str).collect();
                one_of(case, variable, seen, &allowed, list.span, findings);
            }
            None => one_of(case, variable, seen, &[], values.span(), findings),
        }
    }
}

fn names_an_environment(case: &Case<'_>, findings: &mut Findings) {
    let name = case.policy.environment_variable();
    let Some(variable) = case.policy.variable(name) else { return };
    let Some(seen) = case.find(name).filter(|seen| !seen.is_empty()) else { return };
    let known: Vec<_> = case.policy.environments().iter().map(|e| e.name.value.as_str()).collect();
    one_of(case, variable, seen, &known, variable.name.span, findings);
}

fn one_of(
    case: &Case<'_>,
    variable: &Variable,
    seen: &Seen,
    allowed: &[&str],
    at: Span,
    findings: &mut Findings,
) {
    let value = seen.text().map(|secret| secret.expose());
    let is_listed = value.is_some_and(|value| allowed.contains(&value));
    if is_listed && !seen.ends_in_blank() {
        return;
    }
    let name = &variable.name.value;
    let difference = match value {
        Some(_) if is_listed => Some("it ends in a blank, which some readers keep".to_owned()),
        Some(value) => difference::describe(value, allowed.iter().copied()),
        None => None,
    };
    let difference = difference.map(|why| format!(": {why}")).unwrap_or_default();
    let help = match allowed {
        [] => format!("remove `{name}`; no value of it is allowed here"),
        [only] => format!("set it to `{only}`"),
        several => format!("set it to one of {}", listed(several.iter().copied(), ", ")),
    };
    findings.push(
        Finding::refused(
            &RULE,
            name,
            seen.place.clone(),
            format!("`{name}` holds none of the values that are allowed{difference}"),
            help,
        )
        .because(case.source(), at, "the closed list"),
    );
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::facts::Facts;
    use crate::rules::testing::Ask;

    const NO_ENV: &str = "`KOOMY_ENV` holds none of the values that are allowed";
    const NO_MODE: &str = "`MODE` holds none of the values that are allowed";
    const MODE: &str = "[variables.MODE]\nvalues = { production = ['on', 'off'], sandbox = ['on'] }\n\
        [variables.LEVEL]\nvalues = ['low', 'high']\n[variables.FREE]\n";

    #[test]
    fn the_environment_is_one_of_the_policy() {
        let ask = Ask::small(&RULE, "");
        let near = |why: &str| format!("{NO_ENV}: {why}");
        let table = [
            ("production", String::new()),
            ("sandbox", String::new()),
            ("bare", String::new()),
            ("", String::new()), // `variable-is-set` refuses it
            ("staging", NO_ENV.to_owned()),
            ("Production", near("it differs from `production` in letter case")),
            (" production", near("it is `production` with white space around it")),
            ("'sandbox'", near("it is `sandbox` with quotes around it")),
            ("s\u{430}ndbox", near("it looks like `sandbox` and has other characters")),
            ("sandboxes", near("it is close to `sandbox`")),
        ];
        for (value, said) in table {
            assert_eq!(ask.says(&[("KOOMY_ENV", value)]), said, "{value:?}");
        }
        assert_eq!(ask.says(&[]), "");
        let bytes = Facts::assume().variable("KOOMY_ENV", *b"production\xff").facts();
        assert_eq!(ask.says_of(&bytes), NO_ENV);
    }

    #[test]
    fn a_blank_after_the_value_counts() {
        let ask = Ask::small(&RULE, MODE);
        let blank = |name: &str| {
            format!(
                "`{name}` holds none of the values that are allowed: \
                 it ends in a blank, which some readers keep"
            )
        };
        let table = [
            ("KOOMY_ENV=production \nMODE=on", blank("KOOMY_ENV")),
            ("KOOMY_ENV=production\t\r\nMODE=on", blank("KOOMY_ENV")),
            ("KOOMY_ENV=production\nMODE=on ", blank("MODE")),
            ("KOOMY_ENV=production\nMODE=on\nFREE=x ", String::new()),
            ("KOOMY_ENV=production # note \nMODE=\"on\" ", String::new()),
        ];
        for (text, expected) in table {
            assert_eq!(ask.says_of_file(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_closed_list_may_differ_by_environment() {
        let ask = Ask::small(&RULE, MODE);
        let table = [
            ("production", "on", ""),
            ("production", "off", ""),
            (
                "production",
                "ON",
                "`MODE` holds none of the values that are allowed: it differs from `on` in letter case",
            ),
            ("production", "", ""),
            ("sandbox", "on", ""),
            ("sandbox", "off", NO_MODE),
            ("bare", "on", NO_MODE),
        ];
        for (environment, value, said) in table {
            let given = [("KOOMY_ENV", environment), ("MODE", value), ("FREE", "anything")];
            assert_eq!(ask.says(&given), said, "{environment}, {value:?}");
        }
        let bytes = Facts::assume().variable("KOOMY_ENV", "sandbox").variable("MODE", *b"on\xff");
        assert_eq!(ask.says_of(&bytes.facts()), NO_MODE);
    }

    #[test]
    fn points_at_the_list_and_says_what_is_in_it() {
        let ask = Ask::small(&RULE, MODE);
        let full = |name: &str, help: &str, at: &str| {
            format!(
                "refused {name}: `{name}` holds none of the values that are allowed; {help}\n  \
                 cause: <assumed environment> (here)\n  decided-by: {at} (the closed list)"
            )
        };
        let table = [
            ("production", "LEVEL", "set it to one of `low`, `high`", "['low', 'high']"),
            ("sandbox", "MODE", "set it to `on`", "['on']"),
            (
                "bare",
                "MODE",
                "remove `MODE`; no value of it is allowed here",
                "{ production = ['on', 'off'], sandbox = ['on'] }",
            ),
        ];
        for (environment, name, help, at) in table {
            let given = [("KOOMY_ENV", environment), (name, "unlike any of them")];
            assert_eq!(ask.in_full(&given), full(name, help, at));
        }
        let help = "set it to one of `production`, `sandbox`, `bare`";
        assert_eq!(ask.in_full(&[("KOOMY_ENV", "staging")]), full("KOOMY_ENV", help, "KOOMY_ENV"));
    }
}
