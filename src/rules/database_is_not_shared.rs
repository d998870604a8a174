//! `database-is-not-shared`

use super::{Case, Check, Destination, Rule, are_different, name_of, pairs};
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::selftest::{Baseline, Violation};

/// `database-is-not-shared`, which other judgements than a gate's may name.
pub static RULE: Rule = Rule {
    id: "database-is-not-shared",
    gates: &[Gate::Compare],
    summary: "no two environments reach one database, under whatever name",
    explain: "\
## Refuses
Two environments, compared side by side, whose connections dial the same host,
port and database.

## Why
What two environments share isolates neither: a test in one changes what users
see in the other.

## Way out
Give each environment a database of its own.
",
    check: Check::Across(check),
    violate,
};

fn violate(baseline: &Baseline<'_>, all: &[Baseline<'_>]) -> Option<Violation> {
    let other = all.iter().find(|other| other.environment().id != baseline.environment().id)?;
    let shared = baseline.with_connections_of(other)?;
    Some(Violation::Across(vec![other.facts(), shared]))
}

fn check(cases: &[Case<'_>], findings: &mut Findings) {
    for (first, second) in pairs(cases).filter(|(one, other)| are_different(one, other)) {
        for (_, there) in second.destinations() {
            let same = |here: &Destination<'_>| here.target.is_same_database(&there.target);
            let shared = first.destinations().filter(|(_, here)| same(here));
            findings.extend(shared.map(|(_, here)| refuse(first, here, second, there)));
        }
    }
}

fn refuse(
    first: &Case<'_>,
    here: &Destination<'_>,
    second: &Case<'_>,
    there: &Destination<'_>,
) -> Finding {
    let (one, other) = (&here.variable.name, &there.variable.name);
    let (of_first, of_second) = (name_of(first), name_of(second));
    Finding::refused(
        &RULE,
        other,
        there.variable.place.clone(),
        format!("`{other}` of {of_second} reaches the database of {of_first}'s `{one}`"),
        "give each environment a database of its own",
    )
    .related(here.variable.place.clone(), "the same database")
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rules::testing::{Ask, url, url_with};

    const MORE: &str = "[connections.primary]\nurl = 'DATABASE_URL'\n\
        [connections.shadow]\nurl = 'SHADOW_URL'\nrequired = false\n";

    #[test]
    fn no_two_environments_reach_one_database() {
        let ask = Ask::small(&RULE, MORE);
        let table = [
            ("sandbox", "main.koomy.app/koomy", "`sandbox`"),
            ("sandbox", "main.koomy.app:5432/koomy?sslmode=require", "`sandbox`"),
            ("sandbox", "main.koomy.app:5433/koomy", ""),
            ("sandbox", "main.koomy.app/other", ""),
            ("sandbox", "play.koomy.app/koomy", ""),
            ("sandbox", "main.koomy.app/koomy?host=x", ""), // ambiguous: another rule's
            ("staging", "main.koomy.app/koomy", "`assumed environment`"),
            ("production", "main.koomy.app/koomy", ""), // one environment, in two files
        ];
        for (environment, rest, of) in table {
            let first =
                [("KOOMY_ENV", "production"), ("DATABASE_URL", &*url("main.koomy.app/koomy"))];
            let second = [("KOOMY_ENV", environment), ("DATABASE_URL", &*url_with("other", rest))];
            let said = match of {
                "" => String::new(),
                of => format!(
                    "refused DATABASE_URL: `DATABASE_URL` of {of} reaches the database of \
                     `production`'s `DATABASE_URL`; give each environment a database of its own\n  \
                     cause: <assumed environment> (here)\n  \
                     related: <assumed environment> (the same database)"
                ),
            };
            assert_eq!(ask.across(&[&first, &second]), said, "{environment}, {rest}");
        }
    }

    #[test]
    fn every_pair_is_compared_under_every_name() {
        let ask = Ask::small(&RULE, MORE);
        let (main, play) = (url("main.koomy.app/koomy"), url("play.koomy.app/koomy"));
        let [a, b, c] = [
            [("KOOMY_ENV", "production"), ("DATABASE_URL", &*main)],
            [("KOOMY_ENV", "sandbox"), ("DATABASE_URL", &*play)],
            [("KOOMY_ENV", "bare"), ("SHADOW_URL", &*main)],
        ];
        let once = "refused SHADOW_URL: `SHADOW_URL` of `bare` reaches the database of \
            `production`'s `DATABASE_URL`; ";
        let said = ask.across(&[&a, &b, &c]);
        assert!(said.starts_with(once) && said.matches("refused").count() == 1, "{said}");
        assert_eq!(ask.across(&[&a, &c, &b]).matches("refused").count(), 1);
        assert_eq!(ask.across(&[&c, &a, &b]).matches("refused DATABASE_URL").count(), 1);
        assert_eq!(ask.across(&[&a, &b]), "");
        assert_eq!(ask.across(&[&a]), "");
    }

    #[test]
    fn without_a_name_two_environments_are_two() {
        let url = url("main.koomy.app/koomy");
        let nameless = [("DATABASE_URL", &*url)];
        let said = Ask::small(&RULE, MORE).across(&[&nameless, &nameless]);
        assert_eq!(said.matches("refused").count(), 1);
    }
}
