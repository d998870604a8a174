//! `secret-has-class`

use super::{Case, Check, Held, Look, Rule};
use crate::facts::Seen;
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::policy::{Environment, PerEnvironment, SecretRule, Variable};
use crate::secret::{Class, Recognition, Secret};
use crate::selftest::{Baseline, Violation, one};

pub(super) static RULE: Rule = Rule {
    id: "secret-has-class",
    gates: &[Gate::Boot],
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
    for Held { variable, rule, seen, secret, look } in &case.secrets {
        match (form(rule, secret), look) {
            // Another rule says what it is.
            (_, Look::Nothing) | (Form::Unknown, Look::Placeholder(_)) => {}
            (Form::Unknown, Look::Own) => findings.push(unknown_form(case, variable, rule, seen)),
            (Form::Known(class), Look::Placeholder(_) | Look::Own) => {
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
