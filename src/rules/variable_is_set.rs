//! `variable-is-set`

use super::{Case, Check, Reading, Rule};
use crate::facts::Seen;
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::policy::{Connection, Environment, Variable};
use crate::secret::means_nothing;
use crate::selftest::{Baseline, Violation, one};
use crate::source::Spanned;
use crate::visible::listed;

pub(super) static RULE: Rule = Rule {
    id: "variable-is-set",
    gates: &[Gate::Boot, Gate::Seed],
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
        if super::is_required(case, variable) {
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
    let Some(variable) = case.policy.variable(name) else { return };
    let found = match case.find(name) {
        None => "is not set",
        Some(seen) if seen.is_empty() => "is empty",
        Some(_) => return,
    };
    let known = case.policy.environments().iter().map(|e| e.name.value.as_str());
    findings.push(
        Finding::refused(
            &RULE,
            name,
            case.place_of(name),
            format!("`{name}` {found}, so the environment is unknown"),
            format!("set it to one of {}", listed(known, ", ")),
        )
        .because(case.source(), variable.name.span, "names the environment"),
    );
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
            case.place_of(name),
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
            case.place_of(name),
            format!(
                "`{name}` is not set, and `{}` needs the connection `{}`",
                environment.name.value, connection.name.value
            ),
            format!("set `{name}` to a database of `{}`", environment.name.value),
        )
        .because(case.source(), at.unwrap_or(first.span), "required here"),
    );
}

fn partial(case: &Case<'_>, set: &Seen, missing: &[&Spanned<String>], findings: &mut Findings) {
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

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::policy::Phase;
    use crate::rules::testing::{Ask, seen};

    const VARIABLES: &str = "[variables.NODE_ENV]\nis = 'runtime'\n\
        [variables.KEY]\nis = 'secret'\nrequired = ['production', 'sandbox']\n\
        [variables.NOTE]\nrequired = true\nphases = ['boot', 'build']\n\
        [variables.MAYBE]\nis = 'secret'\n[variables.NEVER]\nrequired = false\n";
    const WHOLE: [(&str, &str); 3] = [("NODE_ENV", "production"), ("KEY", "x"), ("NOTE", "x")];

    fn without(environment: &'static str, name: &str) -> Vec<(&'static str, &'static str)> {
        let all = WHOLE.into_iter().filter(|(known, _)| *known != name);
        [("KOOMY_ENV", environment)].into_iter().chain(all).collect()
    }

    #[test]
    fn what_is_required_here_is_set() {
        let ask = Ask::small(&RULE, VARIABLES);
        let table = [
            ("production", "NODE_ENV", true),
            ("production", "KEY", true),
            ("sandbox", "KEY", true),
            ("bare", "KEY", false),
            ("bare", "NOTE", true),
            ("bare", "MAYBE", false),
            ("production", "NEVER", false),
        ];
        for (environment, name, is_required) in table {
            let mut given = without(environment, name);
            let says = |problem: &str| match is_required {
                true => format!("`{name}` {problem}, and `{environment}` requires it"),
                false => String::new(),
            };
            assert_eq!(ask.says(&given), says("is not set"), "{environment}, {name}");
            given.push((name, ""));
            assert_eq!(ask.says(&given), says("is empty"), "{environment}, {name}");
            given.push((name, "x"));
            assert_eq!(ask.says(&given), "", "{environment}, {name}");
        }
    }

    #[test]
    fn a_word_for_nothing_is_no_secret_and_may_be_a_text() {
        let ask = Ask::small(&RULE, VARIABLES);
        let said = "`KEY` holds a word for nothing, and `sandbox` requires it";
        let table =
            [("KEY", "null", said), ("KEY", "x", ""), ("NOTE", "null", ""), ("MAYBE", "null", "")];
        for (name, value, said) in table {
            let mut given = without("sandbox", name);
            given.push((name, value));
            assert_eq!(ask.says(&given), said, "{name}={value}");
        }
    }

    #[test]
    fn asks_in_its_phases_only() {
        let ask = Ask::small(&RULE, VARIABLES);
        let not_set = |name| format!("`{name}` is not set, and `sandbox` requires it");
        let table = [
            (Phase::Boot, vec!["KEY", "NODE_ENV", "NOTE"]),
            (Phase::Build, vec!["NODE_ENV", "NOTE"]),
            (Phase::Ci, vec!["NODE_ENV"]),
        ];
        for (phase, names) in table {
            let mut facts = seen(&[("KOOMY_ENV", "sandbox")]);
            facts.phase = phase;
            let said: Vec<_> = names.into_iter().map(not_set).collect();
            assert_eq!(ask.says_of(&facts), said.join("\n"), "{phase:?}");
        }
    }

    #[test]
    fn without_an_environment_nothing_else_is_asked() {
        let ask = Ask::small(&RULE, VARIABLES);
        let head = "refused KOOMY_ENV: `KOOMY_ENV`";
        let tail = "so the environment is unknown; \
            set it to one of `production`, `sandbox`, `bare`\n  \
            cause: <assumed environment> (here)\n  decided-by: KOOMY_ENV (names the environment)";
        assert_eq!(ask.in_full(&[]), format!("{head} is not set, {tail}"));
        assert_eq!(ask.in_full(&[("KOOMY_ENV", "")]), format!("{head} is empty, {tail}"));
        assert_eq!(ask.in_full(&[("KOOMY_ENV", "staging")]), "");
    }

    #[test]
    fn points_at_the_list_or_at_the_name() {
        let ask = Ask::small(&RULE, VARIABLES);
        let full = |name: &str, at: &str| {
            format!(
                "refused {name}: `{name}` is not set, and `production` requires it; \
                 set `{name}`, or take `production` out of its `required`\n  \
                 cause: <assumed environment> (here)\n  decided-by: {at} (required here)"
            )
        };
        let table =
            [("KEY", "['production', 'sandbox']"), ("NOTE", "true"), ("NODE_ENV", "NODE_ENV")];
        for (name, at) in table {
            assert_eq!(ask.in_full(&without("production", name)), full(name, at));
        }
    }

    #[test]
    fn a_connection_is_set_where_there_is_a_database() {
        let said = |environment: &str| {
            format!("`DATABASE_URL` is not set, and `{environment}` needs the connection `primary`")
        };
        let boot = [Phase::Boot].as_slice();
        let table = [
            ("", "production", boot, true),
            ("", "sandbox", boot, true),
            ("", "bare", boot, false),
            ("", "production", &[Phase::Ci, Phase::Build], false),
            ("required = ['bare']", "bare", boot, true),
            ("required = ['bare']", "production", boot, false),
            ("required = false", "production", boot, false),
            ("required = true", "bare", boot, true),
            ("phases = ['ci']", "production", boot, false),
            ("phases = ['ci']", "production", &[Phase::Ci], true),
        ];
        for (more, environment, phases, is_needed) in table {
            let connection = format!("[connections.primary]\nurl = 'DATABASE_URL'\n{more}\n");
            let ask = Ask::small(&RULE, &connection);
            for phase in phases {
                for (given, is_set) in [
                    (vec![("KOOMY_ENV", environment)], false),
                    (vec![("KOOMY_ENV", environment), ("DATABASE_URL", "")], false),
                    (vec![("KOOMY_ENV", environment), ("DATABASE_URL", "x")], true),
                ] {
                    let facts = crate::facts::Facts { phase: *phase, ..seen(&given) };
                    let said = if is_needed && !is_set { said(environment) } else { String::new() };
                    assert_eq!(ask.says_of(&facts), said, "{more}, {environment}, {phase:?}");
                }
            }
        }
    }

    #[test]
    fn a_connection_is_whole() {
        let parts = "[connections.primary]\nhost = 'H'\nport = 'P'\ndatabase = 'D'\nuser = 'U'\n\
             password = 'W'\n";
        let ask = Ask::small(&RULE, parts);
        let table: [(&[&str], &str); 8] = [
            (&[], "`H` is not set, and `sandbox` needs the connection `primary`"),
            (&["P"], "`H` is not set, and `sandbox` needs the connection `primary`"),
            (&["H"], "`D` is not set, and `H` is\n`U` is not set, and `H` is"),
            (&["D"], "`H` is not set, and `D` is\n`U` is not set, and `D` is"),
            (&["U"], "`H` is not set, and `U` is\n`D` is not set, and `U` is"),
            (
                &["W"],
                "`H` is not set, and `W` is\n`D` is not set, and `W` is\n`U` is not set, and `W` is",
            ),
            (&["H", "D"], "`U` is not set, and `H` is"),
            (&["H", "D", "U"], ""),
        ];
        for (set, said) in table {
            let mut given = vec![("KOOMY_ENV", "sandbox"), ("D", "")];
            given.extend(set.iter().map(|name| (*name, "x")));
            assert_eq!(ask.says(&given), said, "{set:?}");
        }
        assert_eq!(
            ask.in_full(&[("KOOMY_ENV", "bare"), ("H", "x"), ("U", "x")]),
            "refused D: `D` is not set, and `H` is; set every part of the connection, or none\n  \
             cause: <assumed environment> (here)\n  decided-by: 'D' (part of the connection)"
        );
        assert_eq!(
            Ask::small(&RULE, "[connections.primary]\nurl = 'URL'\nrequired = true\n")
                .in_full(&[("KOOMY_ENV", "bare")]),
            "refused URL: `URL` is not set, and `bare` needs the connection `primary`; \
             set `URL` to a database of `bare`\n  \
             cause: <assumed environment> (here)\n  decided-by: true (required here)"
        );
        assert_eq!(
            Ask::small(&RULE, parts).in_full(&[("KOOMY_ENV", "sandbox")]),
            "refused H: `H` is not set, and `sandbox` needs the connection `primary`; \
             set `H` to a database of `sandbox`\n  \
             cause: <assumed environment> (here)\n  decided-by: 'H' (required here)"
        );
    }
}
