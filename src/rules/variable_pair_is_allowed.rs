//! `variable-pair-is-allowed`

use super::{Case, Check, Rule};
use crate::finding::Findings;
use crate::gate::Gate;
use crate::policy::{Environment, Variable, VariableKind};
use crate::selftest::{Baseline, Violation, one};
use crate::visible::listed;

pub(super) static RULE: Rule = Rule {
    id: "variable-pair-is-allowed",
    gates: &[Gate::Boot, Gate::Seed],
    summary: "the runtime is one that the environment may run with",
    explain: "\
## Refuses
A runtime (`NODE_ENV`, `APP_ENV`, …) that the environment's `runtime` does not
list, such as `development` in production.

## Why
Frameworks switch off security and switch on debug output by the runtime. A
production that runs as development shows its insides.

## Way out
Set the runtime to one that the environment lists, or add it to the list.
",
    check: Check::One(check),
    violate,
};

fn violate(baseline: &Baseline<'_>, _: &[Baseline<'_>]) -> Option<Violation> {
    let environment = baseline.environment();
    let runtime = environment.runtime.as_ref()?;
    let variable =
        baseline.policy().variables().find(|v| matches!(v.kind, VariableKind::Runtime))?;
    let other = match &variable.values {
        None => "of no environment".to_owned(),
        Some(values) => {
            let listed = &values.of(environment.id)?.value;
            listed.iter().find(|value| !runtime.value.contains(value))?.clone()
        }
    };
    Some(one(baseline.with(&variable.name.value, other)))
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(environment) = case.environment else { return };
    for variable in case.policy.variables() {
        match &variable.kind {
            VariableKind::Runtime => pair(case, variable, environment, findings),
            VariableKind::Environment
            | VariableKind::Secret(_)
            | VariableKind::Text
            | VariableKind::Url
            | VariableKind::Urls
            | VariableKind::Host
            | VariableKind::Hosts
            | VariableKind::Email
            | VariableKind::Port
            | VariableKind::Integer
            | VariableKind::Boolean => {}
        }
    }
}

fn pair(case: &Case<'_>, variable: &Variable, environment: &Environment, findings: &mut Findings) {
    let name = &variable.name.value;
    let Some(seen) = case.find(name).filter(|seen| !seen.is_empty()) else { return };
    let value = seen.text().map(|secret| secret.expose());
    let list = variable.values.as_ref().and_then(|values| values.of(environment.id));
    let is_as_written = |known: &String| !seen.ends_in_blank() && Some(known.as_str()) == value;
    if list.is_some_and(|list| !list.value.iter().any(is_as_written)) {
        // `variable-is-allowed` refuses it already.
        return;
    }
    let (allowed, at) = match &environment.runtime {
        Some(runtime) => (runtime.value.as_slice(), runtime.span),
        None => (&[][..], environment.name.span),
    };
    if allowed.iter().any(is_as_written) {
        return;
    }
    let allowed = listed(allowed.iter().map(String::as_str), " or ");
    let environment = &environment.name.value;
    findings.push(
        RULE.refuses(name, seen.place.clone())
            .says(format!("`{name}` holds a runtime that `{environment}` may not run with"))
            .help(format!("in `{environment}`, set it to {allowed}"))
            .because(case.source(), at, "the runtimes of this environment"),
    );
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::facts::Facts;
    use crate::rules::testing::{Ask, seen};

    const RUNTIME: &str = "[variables.NODE_ENV]\nis = 'runtime'\n";
    const NO: [&str; 3] = [
        "`NODE_ENV` holds a runtime that `production` may not run with",
        "`NODE_ENV` holds a runtime that `sandbox` may not run with",
        "`NODE_ENV` holds a runtime that `bare` may not run with",
    ];

    #[test]
    fn each_environment_runs_with_its_own_runtimes() {
        let ask = Ask::small(&RULE, RUNTIME);
        let table = [
            ("production", "production", ""),
            ("production", "development", NO[0]),
            ("production", "Production", NO[0]),
            ("production", "production ", NO[0]),
            ("production", "", ""), // `variable-is-set` refuses it
            ("sandbox", "production", ""),
            ("sandbox", "development", ""),
            ("sandbox", "test", NO[1]),
            ("bare", "test", ""),
            ("bare", "production", NO[2]),
            ("staging", "development", ""), // `variable-is-allowed` refuses it
        ];
        for (environment, runtime, said) in table {
            let given = [("KOOMY_ENV", environment), ("NODE_ENV", runtime)];
            assert_eq!(ask.says(&given), said, "{environment}, {runtime:?}");
        }
        assert_eq!(ask.says(&[("KOOMY_ENV", "production")]), "");
    }

    #[test]
    fn a_blank_after_the_value_counts() {
        let ask = Ask::small(&RULE, RUNTIME);
        let file = |blank: &str| format!("KOOMY_ENV=production\nNODE_ENV=production{blank}\n");
        assert_eq!(ask.says_of_file(&file("")), "");
        assert_eq!(ask.says_of_file(&file(" ")), NO[0]);
        assert_eq!(ask.says_of_file(&file(" # note")), "");
    }

    #[test]
    fn what_is_no_text_is_no_runtime() {
        let facts =
            Facts::assume().variable("KOOMY_ENV", "bare").variable("NODE_ENV", *b"test\xff");
        assert_eq!(Ask::small(&RULE, RUNTIME).says_of(&facts.facts()), NO[2]);
    }

    #[test]
    fn leaves_what_is_in_no_list_to_the_closed_list() {
        let values = "values = { production = ['production', 'development'], \
            sandbox = ['production'], bare = ['test'] }\n";
        let ask = Ask::small(&RULE, &format!("{RUNTIME}{values}"));
        let table = [("production", ""), ("development", NO[0]), ("test", "")];
        for (runtime, said) in table {
            let facts = seen(&[("KOOMY_ENV", "production"), ("NODE_ENV", runtime)]);
            assert_eq!(ask.says_of(&facts), said, "{runtime}");
        }
    }

    #[test]
    fn points_at_the_runtimes() {
        let ask = Ask::small(&RULE, RUNTIME);
        assert_eq!(
            ask.in_full(&[("KOOMY_ENV", "sandbox"), ("NODE_ENV", "test"), ("OTHER", "test")]),
            "refused NODE_ENV: `NODE_ENV` holds a runtime that `sandbox` may not run with; \
             in `sandbox`, set it to `production` or `development`\n  \
             cause: <assumed environment> (here)\n  \
             decided-by: ['production', 'development'] (the runtimes of this environment)"
        );
    }
}
