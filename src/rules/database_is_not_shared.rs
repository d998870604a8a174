//! `database-is-not-shared`

use super::{Case, Check, Destination, Rule, are_different, pairs, quoted_name};
use crate::facts::Observed;
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::policy::Connection;
use crate::selftest::{Baseline, Violation};

/// `database-is-not-shared`. Public so that reports made outside a gate can cite it.
pub static RULE: Rule = Rule {
    id: "database-is-not-shared",
    gates: &[Gate::Compare],
    summary: "no two environments reach one database, under whatever name",
    explain: "\
## Refuses
Two environments, compared side by side, whose connections lead to one database,
whoever connects. These are one: the names of this machine and its usual sockets,
at one port; a service's names of one database, pooled or not; a host at the port
of a server and at that of a pooler (6432, 6543, 6033). Other ports of one host are
other servers. With `--live`, also two servers that report the same database: the same
branch on Neon, elsewhere the same system identifier and the same database in it.

## Why
A shared database isolates neither environment: a test in one changes what users
see in the other.

## Way out
Give each environment a database of its own. A physical copy says that it is the
database it was copied from, until both are stamped with `guard-cli stamp`.
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
        for (there_by, there) in second.destinations() {
            for (here_by, here) in first.destinations() {
                let help = if here.target.is_same_database(&there.target) {
                    OF_ITS_OWN
                } else if say_the_same(first, here_by, second, there_by) {
                    OF_ITS_OWN_OR_STAMPED
                } else {
                    continue;
                };
                findings.push(refuse((first, here), (second, there), help));
            }
        }
    }
}

fn refuse(
    (first, here): (&Case<'_>, &Destination<'_>),
    (second, there): (&Case<'_>, &Destination<'_>),
    help: &str,
) -> Finding {
    let (one, other) = (&here.variable.name, &there.variable.name);
    let (of_first, of_second) = (quoted_name(first), quoted_name(second));
    RULE.refuses(other, there.variable.place.clone())
        .says(format!(
            "`{other}` of {of_second} reaches the same database as `{one}` of {of_first}"
        ))
        .help(help)
        .related(here.variable.place.clone(), "the same database")
}

/// Whether the servers of two connections were asked, and say that they are one
/// database.
fn say_the_same(
    first: &Case<'_>,
    here: &Connection,
    second: &Case<'_>,
    there: &Connection,
) -> bool {
    let here = first.facts.live.answer(&here.name.value).and_then(Observed::seen);
    let there = second.facts.live.answer(&there.name.value).and_then(Observed::seen);
    here.zip(there).is_some_and(|(one, other)| one.is_same_database(other))
}

const OF_ITS_OWN: &str = "give each environment a database of its own";
const OF_ITS_OWN_OR_STAMPED: &str = "give each environment a database of its own; if one server \
    is a physical copy of the other, stamp both: `guard-cli stamp`";

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::facts::{Cluster, Identity, Neon, Server, StampState, Tables};
    use crate::rules::testing::{Ask, url, url_with};

    const MORE: &str = "[connections.primary]\nurl = 'DATABASE_URL'\n\
        [connections.shadow]\nurl = 'SHADOW_URL'\nrequired = false\n";

    #[test]
    fn no_two_environments_reach_one_database() {
        let ask = Ask::small(&RULE, MORE);
        let table = [
            ("sandbox", "main.koomy.app/koomy", "`sandbox`"),
            ("sandbox", "main.koomy.app:5432/koomy?sslmode=require", "`sandbox`"),
            ("sandbox", "main.koomy.app:6432/koomy", "`sandbox`"), // a pooler's port
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
                    "refused DATABASE_URL: `DATABASE_URL` of {of} reaches the same \
                     database as `DATABASE_URL` of `production`; give each environment a database of its own\n  \
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
        let once = "refused SHADOW_URL: `SHADOW_URL` of `bare` reaches the same database as \
            `DATABASE_URL` of `production`; ";
        let said = ask.across(&[&a, &b, &c]);
        assert!(said.starts_with(once) && said.matches("refused").count() == 1, "{said}");
        assert_eq!(ask.across(&[&a, &c, &b]).matches("refused").count(), 1);
        assert_eq!(ask.across(&[&c, &a, &b]).matches("refused DATABASE_URL").count(), 1);
        assert_eq!(ask.across(&[&a, &b]), "");
        assert_eq!(ask.across(&[&a]), "");
    }

    type Change = fn(&mut Identity);

    fn neon(it: &mut Identity, branch: &str) {
        let (project, branch) = (Some("p".to_owned()), Some(branch.to_owned()));
        let neon = Neon { project, branch, endpoint: None, timeline: None };
        it.server = Server::Postgres { neon: Some(neon), cluster: None };
    }

    fn cluster(it: &mut Identity, id: &str, database_oid: u32) {
        let cluster = Cluster { system_identifier: id.to_owned(), database_oid };
        it.server = Server::Postgres { neon: None, cluster: Some(cluster) };
        it.stamp = StampState::No { tables: Tables::Present };
    }

    fn mysql(it: &mut Identity, hostname: &str, uuid: Option<&str>) {
        let uuid = uuid.map(str::to_owned);
        it.server = Server::MySql { hostname: hostname.to_owned(), uuid };
        it.stamp = StampState::No { tables: Tables::Present };
    }

    /// Two addresses that are not alike, and what their servers say.
    #[test]
    fn servers_that_say_the_same_are_one() {
        let one: Change = |it| cluster(it, "7", 16_384);
        let table: [(Change, Change, bool); 12] = [
            (one, one, true),
            (one, |it| cluster(it, "7", 5), false),
            (one, |it| cluster(it, "8", 16_384), false),
            (one, |it| it.database = "other".to_owned(), false),
            (one, |it| it.server = Server::Postgres { neon: None, cluster: None }, false),
            // One was stamped after it was copied, or nobody may read its stamp.
            (
                one,
                |it| {
                    cluster(it, "7", 16_384);
                    it.stamp = StampState::Emptied;
                },
                false,
            ),
            (
                one,
                |it| {
                    cluster(it, "7", 16_384);
                    it.stamp = StampState::Unreadable { why: String::new() };
                },
                true,
            ),
            (|it| neon(it, "br-1"), |it| neon(it, "br-2"), false),
            (|it| mysql(it, "a", Some("1")), |it| mysql(it, "b", Some("1")), true),
            (|it| mysql(it, "a", Some("1")), |it| mysql(it, "a", Some("2")), false),
            (|it| mysql(it, "a", None), |it| mysql(it, "a", None), true),
            (|it| mysql(it, "a", None), |it| mysql(it, "b", None), false),
        ];
        let ask = Ask::small(&RULE, MORE);
        let (main, play) = (url("main.koomy.app/koomy"), url("play.koomy.app/koomy"));
        let told = |environment, url: &str, change: Change| {
            ask.told(&[("KOOMY_ENV", environment), ("DATABASE_URL", url)], |it| {
                it.database = "koomy".to_owned();
                change(it);
            })
        };
        for (row, (first, second, is_one)) in table.into_iter().enumerate() {
            let facts = [told("production", &main, first), told("sandbox", &play, second)];
            let said = ask.across_of(&facts);
            assert_eq!(said.contains("reaches the same database as"), is_one, "row {row}: {said}");
            assert_eq!(said.contains("stamp both"), is_one, "row {row}: {said}");
        }
    }

    #[test]
    fn without_a_name_two_environments_are_two() {
        let url = url("main.koomy.app/koomy");
        let nameless = [("DATABASE_URL", &*url)];
        let said = Ask::small(&RULE, MORE).across(&[&nameless, &nameless]);
        assert_eq!(said.matches("refused").count(), 1);
    }
}
