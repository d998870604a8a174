//! `secret-is-not-placeholder`

use super::{Case, Check, Quality, Rule, SetSecret};
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::policy::Data;
use crate::secret::placeholder;
use crate::selftest::{Baseline, Violation, one};

pub(super) static RULE: Rule = Rule {
    id: "secret-is-not-placeholder",
    gates: &[Gate::Boot, Gate::Seed],
    summary: "a secret is a value of its own, not a placeholder",
    explain: "\
## Refuses
A declared secret that holds a word to be replaced (`changeme`,
`your-api-key`), an unexpanded template (`${NAME}`), a reference that nobody
resolved (`vault:…`, `op://…`, `arn:aws:…`, `process.env.NAME`), a key from a
documentation, or a framework's default; and, where the environment's data are real,
a word for nothing such as `null`. The password of a database URL is judged so where
the environment's data are real.

## Why
Placeholders are public. Whoever knows the documentation or the framework knows
the secret.

## Way out
Set a value that was made for this environment.
",
    check: Check::One(check),
    violate,
};

fn violate(baseline: &Baseline<'_>, _: &[Baseline<'_>]) -> Option<Violation> {
    let variable = baseline.declared().find(|variable| variable.secret().is_some())?;
    Some(one(baseline.with(&variable.name.value, "changeme")))
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for SetSecret { variable, rule, seen, quality, .. } in &case.secrets {
        let why = match quality {
            Quality::Own | Quality::Weak => continue,
            // `variable-is-set` refuses it as missing.
            Quality::Nothing if super::is_required(case, variable) => continue,
            // DELIBERATE: `REDIS_PASSWORD=null` is how Laravel writes that there
            // is none. Where nothing real is at stake, it is taken at its word.
            Quality::Nothing if !is_real(case) => continue,
            Quality::Nothing => "is a word for nothing",
            Quality::Placeholder(placeholder) => placeholder.why(),
        };
        let name = &variable.name.value;
        findings.push(
            Finding::refused(
                &RULE,
                name,
                seen.place.clone(),
                format!("`{name}` holds a placeholder: it {why}"),
                format!("set a value that was made for this environment ({})", rule.kind.what()),
            )
            .because(case.source(), variable.name.span, "declared as a secret"),
        );
    }
    super::refuse_passwords(&RULE, case, findings, |password| {
        let placeholder = placeholder(password.expose())?;
        Some(format!("is a placeholder: it {}", placeholder.why()))
    });
}

fn is_real(case: &Case<'_>) -> bool {
    case.environment.is_none_or(|environment| environment.data == Data::Real)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::policy::Phase;
    use crate::rules::testing::{Ask, URL, judges_passwords, seen, strong, url_with};
    use crate::secret::{Kind, placeholder};

    const BAD: &str = "changeme";
    const MORE: &str = "[variables.KEY]\nis = 'secret'\nrequired = ['production']\n\
        [variables.MAYBE]\nis = 'secret'\n[variables.NOTE]\n";

    fn why(value: &str) -> &'static str {
        placeholder(value).unwrap().why()
    }

    fn secret_said(name: &str) -> String {
        format!("`{name}` holds a placeholder: it {}", why(BAD))
    }

    fn password_said(name: &str) -> String {
        format!("the password in `{name}` is a placeholder: it {}", why(BAD))
    }

    #[test]
    fn a_declared_secret_is_a_value_of_its_own() {
        let ask = Ask::small(&RULE, MORE);
        let strong = strong(5);
        let table = [
            ("KEY", BAD, true),
            ("KEY", "${KEY}", true),
            ("KEY", &*strong, false),
            ("KEY", "", false),
            ("MAYBE", BAD, true),
            ("NOTE", BAD, false),
            ("UNKNOWN", BAD, false),
        ];
        for (name, value, is_bad) in table {
            let said = match is_bad {
                true => format!("`{name}` holds a placeholder: it {}", why(value)),
                false => String::new(),
            };
            for environment in ["production", "sandbox", "staging"] {
                let given = [("KOOMY_ENV", environment), (name, value)];
                assert_eq!(ask.says(&given), said, "{environment}, {name}={value}");
            }
        }
    }

    #[test]
    fn a_word_for_nothing_is_said_once() {
        let ask = Ask::small(&RULE, MORE);
        let said = |name: &str| format!("`{name}` holds a placeholder: it is a word for nothing");
        let table = [
            ("production", Phase::Boot, "KEY", String::new()), // `variable-is-set` refuses it
            ("production", Phase::Build, "KEY", said("KEY")),
            ("sandbox", Phase::Boot, "KEY", String::new()), // nothing real is at stake
            ("nowhere", Phase::Boot, "KEY", said("KEY")),
            ("production", Phase::Boot, "MAYBE", said("MAYBE")),
        ];
        for (environment, phase, name, said) in table {
            let facts = seen(&[("KOOMY_ENV", environment), (name, "null")]);
            let facts = crate::facts::Facts { phase, ..facts };
            assert_eq!(ask.says_of(&facts), said, "{environment}, {phase:?}, {name}");
        }
    }

    #[test]
    fn a_password_is_judged_where_the_data_are_real() {
        judges_passwords(&RULE, BAD, password_said, secret_said);
    }

    #[test]
    fn points_at_the_declaration_or_the_environment() {
        let cause = "\n  cause: <assumed environment> (here)\n  decided-by:";
        assert_eq!(
            Ask::small(&RULE, MORE).in_full(&[("KEY", BAD)]),
            format!(
                "refused KEY: {}; set a value that was made for this environment ({}){cause} \
                 KEY (declared as a secret)",
                secret_said("KEY"),
                Kind::HOME_MADE.what()
            )
        );
        let url = url_with(BAD, "main.koomy.app/koomy");
        assert_eq!(
            Ask::small(&RULE, URL).in_full(&[("KOOMY_ENV", "production"), ("DATABASE_URL", &url)]),
            format!(
                "refused DATABASE_URL: {}; give the role a random password, and put that here{cause} \
                 production (an environment with real data)",
                password_said("DATABASE_URL")
            )
        );
    }
}
