//! `secret-is-not-shared`

use super::{Case, Check, Quality, Rule, are_different, pairs};
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::secret::Secret;
use crate::selftest::{Baseline, Violation};
use crate::source::Place;

pub(super) static RULE: Rule = Rule {
    id: "secret-is-not-shared",
    gates: &[Gate::Compare],
    summary: "no secret is used in two environments, under whatever name",
    explain: "\
## Refuses
Two environments, compared side by side, that hold one value in declared
secrets or in the passwords of their databases.

## Why
One secret, one environment: a value that leaks from the sandbox must open
nothing in production.

## Way out
Make a value for each environment, and retire the shared one everywhere.
",
    check: Check::Across(check),
    violate,
};

fn violate(baseline: &Baseline<'_>, all: &[Baseline<'_>]) -> Option<Violation> {
    let other = all.iter().find(|other| other.environment().id != baseline.environment().id)?;
    let variable = baseline.declared().find(|variable| {
        variable.secret().is_some_and(|rule| !rule.kind.is_public())
            && other.value(&variable.name.value).is_some()
    })?;
    let name = &variable.name.value;
    Some(Violation::Across(vec![other.facts(), baseline.with(name, other.value(name)?)]))
}

fn check(cases: &[Case<'_>], findings: &mut Findings) {
    let all: Vec<_> = cases.iter().map(|case| (case, values(case))).collect();
    for ((first, here), (second, there)) in pairs(&all) {
        if are_different(first, second) {
            shared(first, here, second, there, findings);
        }
    }
}

struct Value<'a> {
    name: &'a str,
    place: &'a Place,
    secret: Secret,
}

fn values<'a>(case: &Case<'a>) -> Vec<Value<'a>> {
    let declared = case
        .secrets
        .iter()
        .filter(|held| {
            matches!(held.quality, Quality::Own | Quality::Weak) && !held.rule.kind.is_public()
        })
        .map(|held| (held.seen, held.secret.clone()));
    let passwords = case.destinations().filter_map(|(connection, destination)| {
        let password =
            destination.target.password().filter(|secret| Quality::of(secret) == Quality::Own)?;
        Some((super::password_variable(case, connection, destination), password.clone()))
    });
    let mut values: Vec<Value<'a>> = Vec::new();
    for (seen, secret) in declared.chain(passwords) {
        let is_known = values.iter().any(|v| v.name == seen.name && v.secret.same_as(&secret));
        if !is_known {
            values.push(Value { name: &seen.name, place: &seen.place, secret });
        }
    }
    values
}

fn shared(
    first: &Case<'_>,
    here: &[Value<'_>],
    second: &Case<'_>,
    there: &[Value<'_>],
    findings: &mut Findings,
) {
    for held in there {
        let Some(same) = here.iter().find(|other| other.secret.same_as(&held.secret)) else {
            continue;
        };
        let finding = Finding::refused(
            &RULE,
            held.name,
            held.place.clone(),
            format!(
                "`{}` of {} holds the value of `{}` of {}",
                held.name,
                super::name_of(second),
                same.name,
                super::name_of(first),
            ),
            "make a value for each environment, and retire this one in both",
        );
        findings.push(finding.related(same.place.clone(), "the same value"));
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{Ask, Given, strong, url_with};
    use crate::secret::{Class, Kind};

    const MORE: &str = "[variables.A]\nis = 'secret'\n[variables.B]\nis = 'secret'\n[variables.NOTE]\n\
        [variables.P]\nis = 'secret'\nkind = 'stripe-publishable-key'\n\
        [variables.URL]\nis = 'secret'\n\
        [connections.primary]\nurl = 'URL'\n\
        [connections.parts]\nhost = 'H'\ndatabase = 'D'\nuser = 'U'\npassword = 'B'\nrequired = false\n";

    fn compare(first: Given<'_>, second: Given<'_>) -> Vec<String> {
        let ask = Ask::small(&RULE, MORE);
        let said = ask.across(&[
            &[&[("KOOMY_ENV", "production")], first].concat(),
            &[&[("KOOMY_ENV", "sandbox")], second].concat(),
        ]);
        let short =
            |line: &str| line.split_once(": ").unwrap().1.split_once(';').unwrap().0.to_owned();
        said.lines().filter(|line| line.starts_with("refused")).map(short).collect()
    }

    fn said(other: &str, one: &str) -> String {
        format!("`{other}` of `sandbox` holds the value of `{one}` of `production`")
    }

    #[test]
    fn no_secret_is_used_in_two_environments() {
        let (one, two) = (&*strong(1), &*strong(2));
        let public =
            Kind::by_id("stripe-publishable-key").unwrap().sample(Some(Class::Test), 1).unwrap();
        let main = url_with(one, "main.koomy.app/koomy");
        let play = url_with(one, "play.koomy.app/koomy");
        let table: [(Given<'_>, Given<'_>, Vec<String>); 11] = [
            (&[("A", one)], &[("A", one), ("B", one)], vec![said("A", "A"), said("B", "A")]),
            (&[("A", one)], &[("A", two)], vec![]),
            (&[("A", one)], &[("A", one)], vec![said("A", "A")]),
            (&[("A", one)], &[("B", one)], vec![said("B", "A")]),
            (
                &[("A", one), ("B", two)],
                &[("A", two), ("B", one)],
                vec![said("A", "B"), said("B", "A")],
            ),
            (&[("A", one), ("NOTE", one)], &[("NOTE", one)], vec![]),
            (&[("A", "changeme")], &[("A", "changeme")], vec![]),
            (&[("A", "null")], &[("A", "null")], vec![]),
            (&[("P", &public)], &[("P", &public)], vec![]),
            // The password in a URL, even where the URL is itself a secret.
            (&[("URL", &main)], &[("URL", &play)], vec![said("URL", "URL")]),
            (&[("A", one)], &[("URL", &play)], vec![said("URL", "A")]),
        ];
        for (first, second, said) in table {
            assert_eq!(compare(first, second), said);
        }
    }

    #[test]
    fn a_password_that_is_a_secret_is_said_once() {
        let whole = |host| [("A", "x"), ("B", "y"), ("H", host), ("D", "koomy"), ("U", "app")];
        let password = strong(1);
        let with = |host| {
            whole(host).map(|(name, value)| (name, if name == "B" { &*password } else { value }))
        };
        let mut first = with("main.koomy.app").to_vec();
        let mut second = with("play.koomy.app").to_vec();
        assert_eq!(compare(&first[1..], &second[1..]), vec![said("B", "B")]);
        let (one, two) = (strong(2), strong(3));
        first[0].1 = &one;
        second[0].1 = &two;
        first.push(("URL", "zz"));
        assert_eq!(compare(&first, &second), vec![said("B", "B")]);
    }

    #[test]
    fn every_pair_of_environments_is_compared() {
        let ask = Ask::small(&RULE, MORE);
        let one = strong(1);
        let [a, b, c, d] = ["production", "sandbox", "production", "staging"]
            .map(|environment| [("KOOMY_ENV", environment), ("A", &*one)]);
        assert_eq!(ask.across(&[&a]), "");
        assert_eq!(ask.across(&[&a, &c]), "", "one environment, in two files");
        assert_eq!(ask.across(&[&a, &b, &c]).matches("refused").count(), 2);
        assert_eq!(
            ask.across(&[&a, &d]),
            "refused A: `A` of `assumed environment` holds the value of `A` of `production`; \
             make a value for each environment, and retire this one in both\n  \
             cause: <assumed environment> (here)\n  \
             related: <assumed environment> (the same value)"
        );
    }
}
