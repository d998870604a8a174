//! `secret-has-class`

use super::{Case, Check, Quality, Rule, SetSecret};
use crate::facts::Seen;
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::policy::{Environment, PerEnvironment, SecretRule, Variable};
use crate::secret::{Class, Recognition, Secret};
use crate::selftest::{Baseline, Violation, one};

pub(super) static RULE: Rule = Rule {
    id: "secret-has-class",
    gates: &[Gate::Boot, Gate::Seed],
    summary: "a secret has its kind's form, and the class that the environment demands",
    explain: "\
## Refuses
A value that has not the form of the kind that the policy declares; a live key
where the policy demands a test key, and the reverse; two keys of one provider
in different modes, such as a live secret key beside a test publishable key.

## Why
A live payment key in a sandbox charges real cards. A test key in production
takes no money and says so to nobody.

## Way out
Take the key of this environment from the provider's dashboard. If the provider
has a new form of keys, declare `kind = \"random\"` until this guard knows it.
",
    check: Check::One(check),
    violate,
};

fn violate(baseline: &Baseline<'_>, _: &[Baseline<'_>]) -> Option<Violation> {
    let variable = baseline
        .declared()
        .find(|variable| variable.secret().is_some_and(|rule| rule.kind.has_form()))?;
    Some(one(baseline.with(&variable.name.value, "of no form\u{1}")))
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(environment) = case.environment else { return };
    let mut known: Vec<Known<'_>> = Vec::new();
    for SetSecret { variable, rule, seen, secret, quality } in &case.secrets {
        match (form(rule, secret), quality) {
            // Another rule says what it is.
            (_, Quality::Nothing) | (Form::Unknown, Quality::Placeholder(_)) => {}
            (Form::Unknown, Quality::Weak | Quality::Own) => {
                findings.push(unknown_form(case, variable, rule, seen))
            }
            (Form::Known(class), Quality::Placeholder(_) | Quality::Weak | Quality::Own) => {
                if let Some(finding) = wrong_class(case, environment, variable, rule, seen, class) {
                    findings.push(finding);
                } else if let (Some(class), Some(pair)) = (class, rule.kind.pair()) {
                    known.push(Known { variable, seen, pair, class });
                }
            }
        }
    }
    different_modes(case, &known, findings);
}

struct Known<'a> {
    variable: &'a Variable,
    seen: &'a Seen,
    pair: &'static str,
    class: Class,
}

enum Form {
    Unknown,
    Known(Option<Class>),
}

fn form(rule: &SecretRule, secret: &Secret) -> Form {
    match rule.kind.recognise(secret) {
        Recognition::Unknown => Form::Unknown,
        Recognition::NoClass => Form::Known(None),
        Recognition::Class(class) => Form::Known(Some(class)),
    }
}

fn unknown_form(case: &Case<'_>, variable: &Variable, rule: &SecretRule, seen: &Seen) -> Finding {
    let name = &variable.name.value;
    Finding::refused(
        &RULE,
        name,
        seen.place.clone(),
        format!("`{name}` has not the form of {}", rule.kind.what()),
        format!("copy the whole key from {}, without quotes or spaces", rule.kind.provider()),
    )
    .because(case.source(), rule.kind_span, "the kind that is declared")
}

fn wrong_class(
    case: &Case<'_>,
    environment: &Environment,
    variable: &Variable,
    rule: &SecretRule,
    seen: &Seen,
    class: Option<Class>,
) -> Option<Finding> {
    let classes = rule.class.as_ref()?;
    let name = &variable.name.value;
    let here = &environment.name.value;
    let (message, help, at) = match (demanded(classes, environment), class) {
        (Some((demanded, at)), Some(class)) if demanded != class => (
            format!(
                "`{name}` is a {} key, and `{here}` demands a {} key",
                class.name(),
                demanded.name()
            ),
            format!("use the {} key of `{here}`", demanded.name()),
            at,
        ),
        (Some((demanded, at)), None) => (
            format!("`{name}` does not tell whether it is a live or a test key"),
            format!("use a {} key whose form says so", demanded.name()),
            at,
        ),
        (Some(_), Some(_)) => return None,
        (None, _) => (
            format!("`{name}` is set, and the policy gives it no class in `{here}`"),
            format!("unset `{name}`, or name `{here}` in its `class`"),
            classes.span(),
        ),
    };
    let finding = Finding::refused(&RULE, name, seen.place.clone(), message, help);
    Some(finding.because(case.source(), at, "the class that is demanded"))
}

fn demanded(
    classes: &PerEnvironment<Class>,
    environment: &Environment,
) -> Option<(Class, crate::source::Span)> {
    classes.of(environment.id).map(|class| (class.value, class.span))
}

/// Keys of one provider work together only in one mode.
fn different_modes(case: &Case<'_>, known: &[Known<'_>], findings: &mut Findings) {
    for (position, second) in known.iter().enumerate() {
        let first = known
            .iter()
            .take(position)
            .find(|first| first.pair == second.pair && first.class != second.class);
        let Some(first) = first else { continue };
        let (one, other) = (&first.variable.name.value, &second.variable.name.value);
        findings.push(
            Finding::refused(
                &RULE,
                other,
                second.seen.place.clone(),
                format!(
                    "`{other}` is a {} key, and `{one}` of the same provider is a {} key",
                    second.class.name(),
                    first.class.name()
                ),
                "use two keys of one mode",
            )
            .because(case.source(), second.variable.name.span, "declared here")
            .related(first.seen.place.clone(), "the other mode"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{Ask, strong};
    use crate::secret::{Class, Kind};

    const MORE: &str = "[variables.KEY]\nis = 'secret'\nkind = 'stripe-secret-key'\n\
        class = { production = 'live', sandbox = 'test' }\n\
        [variables.PUBLIC]\nis = 'secret'\nkind = 'stripe-publishable-key'\n\
        [variables.HOOK]\nis = 'secret'\nkind = 'stripe-webhook-secret'\n\
        [variables.HOME]\nis = 'secret'\n[variables.NOTE]\n";

    fn key(kind: &str, class: Option<Class>) -> String {
        Kind::by_id(kind).unwrap().sample(class, 7).unwrap()
    }

    #[test]
    fn each_environment_has_keys_of_its_class() {
        let ask = Ask::small(&RULE, MORE);
        let (live, test) = (Some(Class::Live), Some(Class::Test));
        let table = [
            ("production", live, ""),
            ("production", test, "`KEY` is a test key, and `production` demands a live key"),
            ("sandbox", test, ""),
            ("sandbox", live, "`KEY` is a live key, and `sandbox` demands a test key"),
            ("bare", test, "`KEY` is set, and the policy gives it no class in `bare`"),
            ("staging", test, ""), // `variable-is-allowed` refuses it
        ];
        for (environment, class, said) in table {
            let key = key("stripe-secret-key", class);
            let given = [("KOOMY_ENV", environment), ("KEY", &*key), ("NOTE", &*key)];
            assert_eq!(ask.says(&given), said, "{environment}, {class:?}");
        }
    }

    #[test]
    fn a_value_has_the_form_of_its_kind() {
        let ask = Ask::small(&RULE, MORE);
        let whole = key("stripe-secret-key", Some(Class::Live));
        let hook = key("stripe-webhook-secret", None);
        let (spaced, random) = (format!("{whole} "), strong(3));
        let table = [
            ("KEY", &*whole, true),
            ("KEY", &*random, false),
            ("KEY", &*spaced, false),
            ("KEY", &*hook, false),
            ("KEY", "", true),         // `variable-is-set` refuses it
            ("KEY", "null", true),     // and this
            ("KEY", "changeme", true), // `secret-is-not-placeholder` refuses it
            ("HOOK", &*hook, true),
            ("HOME", &*random, true),
            ("HOME", "two lines\nof it", false),
            ("NOTE", &*random, true),
        ];
        for (name, value, has_form) in table {
            let kind = match name {
                "HOME" => Kind::HOME_MADE,
                _ => Kind::by_id("stripe-secret-key").unwrap(),
            };
            let said = match has_form {
                true => String::new(),
                false => format!("`{name}` has not the form of {}", kind.what()),
            };
            assert_eq!(ask.says(&[("KOOMY_ENV", "production"), (name, value)]), said);
        }
    }

    #[test]
    fn a_form_that_tells_no_class_is_not_the_class_that_is_demanded() {
        let is_mixed = |kind: &&&Kind| {
            kind.sample(None, 1).is_some() && kind.tells(Class::Live) && kind.has_form()
        };
        let mixed = Kind::ALL.iter().find(is_mixed).unwrap();
        let more = format!(
            "[variables.KEY]\nis = 'secret'\nkind = '{}'\nclass = {{ production = 'live' }}\n",
            mixed.id()
        );
        let value = mixed.sample(None, 1).unwrap();
        assert_eq!(
            Ask::small(&RULE, &more).in_full(&[("KOOMY_ENV", "production"), ("KEY", &value)]),
            "refused KEY: `KEY` does not tell whether it is a live or a test key; \
             use a live key whose form says so\n  \
             cause: <assumed environment> (here)\n  \
             decided-by: 'live' (the class that is demanded)"
        );
    }

    #[test]
    fn keys_of_one_provider_are_of_one_mode() {
        let ask = Ask::small(&RULE, &MORE.replace("class = ", "# "));
        let modes = [Class::Live, Class::Test];
        for (secret, public) in modes.into_iter().flat_map(|a| modes.map(|b| (a, b))) {
            let (key, shown) = (
                key("stripe-secret-key", Some(secret)),
                key("stripe-publishable-key", Some(public)),
            );
            let said = match secret == public {
                true => String::new(),
                false => format!(
                    "refused PUBLIC: `PUBLIC` is a {} key, and `KEY` of the same provider is a {} \
                     key; use two keys of one mode\n  cause: <assumed environment> (here)\n  \
                     decided-by: PUBLIC (declared here)\n  \
                     related: <assumed environment> (the other mode)",
                    public.name(),
                    secret.name()
                ),
            };
            let given = [("KOOMY_ENV", "production"), ("KEY", &*key), ("PUBLIC", &*shown)];
            assert_eq!(ask.in_full(&given), said);
        }
        let other = Ask::small(
            &RULE,
            "[variables.KEY]\nis = 'secret'\nkind = 'stripe-secret-key'\n\
             [variables.OTHER]\nis = 'secret'\nkind = 'paystack-secret-key'\n",
        );
        let (live, test) = (
            key("stripe-secret-key", Some(Class::Live)),
            key("paystack-secret-key", Some(Class::Test)),
        );
        assert_eq!(
            other.says(&[("KOOMY_ENV", "production"), ("KEY", &live), ("OTHER", &test)]),
            ""
        );
    }

    #[test]
    fn a_wrong_class_is_said_once_and_points_at_the_class() {
        let ask = Ask::small(&RULE, MORE);
        let (test, live) = (
            key("stripe-secret-key", Some(Class::Test)),
            key("stripe-publishable-key", Some(Class::Live)),
        );
        assert_eq!(
            ask.in_full(&[("KOOMY_ENV", "production"), ("KEY", &test), ("PUBLIC", &live)]),
            "refused KEY: `KEY` is a test key, and `production` demands a live key; \
             use the live key of `production`\n  \
             cause: <assumed environment> (here)\n  \
             decided-by: 'live' (the class that is demanded)"
        );
        assert_eq!(
            ask.in_full(&[("KOOMY_ENV", "bare"), ("KEY", &test)]),
            "refused KEY: `KEY` is set, and the policy gives it no class in `bare`; \
             unset `KEY`, or name `bare` in its `class`\n  \
             cause: <assumed environment> (here)\n  \
             decided-by: { production = 'live', sandbox = 'test' } (the class that is demanded)"
        );
        let kind = Kind::by_id("stripe-webhook-secret").unwrap();
        assert_eq!(
            ask.in_full(&[("KOOMY_ENV", "bare"), ("HOOK", &test)]),
            format!(
                "refused HOOK: `HOOK` has not the form of {}; \
                 copy the whole key from Stripe, without quotes or spaces\n  \
                 cause: <assumed environment> (here)\n  \
                 decided-by: 'stripe-webhook-secret' (the kind that is declared)",
                kind.what()
            )
        );
    }
}
