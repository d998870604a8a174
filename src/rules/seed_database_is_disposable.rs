//! `seed-database-is-disposable`

use super::live::{Heard, Standing, Told, has_stamps, heard, standing, told};
use super::{Case, Check, Reading, Rule};
use crate::facts::{Live, Marked, Rows, Tables};
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::policy::{Data, Environment, Tripwire};
use crate::selftest::{Baseline, Violation, at_seed};

/// `seed-database-is-disposable`, which other judgements than a gate's may name.
pub static RULE: Rule = Rule {
    id: "seed-database-is-disposable",
    gates: &[Gate::Seed],
    summary: "a seed fills a database that is proven to hold nothing of value",
    explain: "\
## Refuses
- An environment with real data, even if it says `seed = true`.
- A standby, or a session that cannot write.
- A database with tables and no stamp, or with an emptied one. MySQL has no stamp, so
  that there only a database without tables is filled.
- A copy: a database whose stamp was written for another.
- A database in use: a table of `[environments.NAME.tripwire]` that has more rows
  than it may, or one that is younger than a day.

Undecided where no connection is set, where the server was not asked, and where a
table of the tripwire was not counted.

A stamp that contradicts the environment or cannot be read is
`database-stamp-matches`'s; a server that is another, or was not reached, is
`database-identity-matches`'s.

## Why
Seeds have run on production since there are seeds. Whoever wrote the script was
sure of the address. So the database itself must say that it may be lost.

## Way out
A database that was set up for this environment and may be lost is stamped once:
`guard-cli stamp`; if it began as a copy of real data, with `--adopt-copy` and the reason.
Where the tripwire speaks, look at who uses the database.
",
    check: Check::Live(check),
    violate,
};

fn violate(baseline: &Baseline<'_>, _: &[Baseline<'_>]) -> Option<Violation> {
    if !baseline.environment().seed.value {
        return None;
    }
    let facts =
        baseline.with_identity(|identity| identity.stamp = Marked::No { tables: Tables::Present });
    facts.map(at_seed)
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    let Some(environment) = case.environment else { return };
    if environment.data == Data::Real {
        findings.push(real(case, environment));
        return;
    }
    let is_unset = |reading: &Reading<'_>| matches!(reading, Reading::Unset);
    if case.connections.iter().all(|reached| is_unset(&reached.reading)) {
        findings.push(unset(case));
    }
    for (connection, destination) in case.destinations() {
        let heard = heard(case, environment, &connection.name.value);
        if let (Heard::Missing, Live::NotAsked) = (heard, &case.facts.live) {
            let name = &destination.variable.name;
            findings.push(Finding::undecided(
                &RULE,
                name,
                destination.variable.place.clone(),
                format!("nobody looked into the database behind `{name}`"),
                "let the guard ask its server: `guard-cli seed -- COMMAND`",
            ));
        }
    }
    for told in told(case) {
        findings.extend(read_only(&told));
        findings.extend(stamp(&told));
        for tripwire in &environment.tripwires {
            findings.extend(tripped(&told, tripwire));
        }
    }
}

fn real(case: &Case<'_>, environment: &Environment) -> Finding {
    let (variable, here) = (case.policy.environment_variable(), &environment.name.value);
    let place = case.place_of(variable);
    Finding::refused(
        &RULE,
        variable,
        place,
        format!("the data of `{here}` are real, and no seed may touch them"),
        "seed an environment whose data are made up",
    )
    .because(case.source(), environment.name.span, "an environment with real data")
}

fn unset(case: &Case<'_>) -> Finding {
    let mut variables = case.connections.iter().flat_map(|it| it.connection.variables());
    let subject = variables.next().map_or("connections", |variable| &variable.value);
    Finding::undecided(
        &RULE,
        subject,
        case.nowhere(),
        "no connection is set, so there is no database to look into",
        "set the connection that the seed writes through",
    )
}

fn read_only(told: &Told<'_, '_>) -> Option<Finding> {
    let name = told.name();
    told.identity.read_only.then(|| {
        Finding::refused(
            &RULE,
            name,
            told.place(),
            format!("`{name}` leads to a standby, or to a session that cannot write"),
            format!("point `{name}` at the primary"),
        )
    })
}

/// What no stamp permits to fill. MIRRORS `database-stamp-matches`, which has
/// the other half of the table.
fn stamp(told: &Told<'_, '_>) -> Option<Finding> {
    let name = told.name();
    let (message, help) = match standing(told.identity) {
        Standing::Fresh | Standing::Own(_) | Standing::Untold(_) | Standing::Unreadable(_) => {
            return None;
        }
        Standing::Unstamped if !has_stamps(told.identity) => (
            format!(
                "`{name}` leads to a MySQL database with tables, which nothing says may be lost"
            ),
            "seed one without tables; if these may be lost, drop them first".to_owned(),
        ),
        Standing::Unstamped => (
            format!("`{name}` leads to a database with tables and without a stamp"),
            "if they may be lost, say so once: `guard-cli stamp`".to_owned(),
        ),
        Standing::Emptied => (
            format!("`{name}` leads to a database whose stamp is gone, such as a copied schema"),
            "if it may be lost, say so once: `guard-cli stamp`".to_owned(),
        ),
        Standing::Copied(stamp) => (
            format!("`{name}` leads to {}", told.copy_of(stamp)),
            format!("if the copy may be lost, say so once: {}", told.restamp(stamp)),
        ),
    };
    Some(Finding::refused(&RULE, name, told.place(), message, help))
}

fn tripped(told: &Told<'_, '_>, tripwire: &Tripwire) -> Option<Finding> {
    let (name, table) = (told.name(), tripwire.table.value.to_string());
    let counted = told.identity.tripwires.iter().find(|counted| counted.table == table);
    let refused = |message: String| {
        let help = "see who uses the database; a seed is for one that nobody does";
        Finding::refused(&RULE, name, told.place(), message, help)
    };
    let undecided = |message: String| {
        let help = format!("let its role read `{table}`");
        Finding::undecided(&RULE, name, told.place(), message, help)
    };
    let finding = match counted.map(|counted| &counted.rows) {
        Some(Rows::NoTable | Rows::Seen { too_many: false, recent: false }) => return None,
        Some(Rows::Seen { too_many: true, .. }) => refused(format!(
            "`{table}` behind `{name}` has more than {} rows",
            tripwire.rows.unwrap_or_default()
        )),
        Some(Rows::Seen { too_many: false, recent: true }) => {
            refused(format!("`{table}` behind `{name}` has a row that is younger than a day"))
        }
        Some(Rows::Unreadable { why }) => {
            undecided(format!("`{table}` behind `{name}` could not be counted: {why}"))
        }
        None => undecided(format!("nobody counted `{table}` behind `{name}`")),
    };
    Some(finding.because(told.case.source(), tripwire.table.span, "this environment's tripwire"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Counted, Facts, Identity, Server};
    use crate::rules::live::tests::{ask, marked, url};
    use crate::rules::testing::{Ask, seen};

    type Stamp = Box<dyn Fn(&Identity) -> Marked>;

    const PLAY: &str = "ep-play-2.eu.aws.neon.tech/koomy";
    const HERE: &str = "localhost/koomy";

    fn asked() -> Ask {
        ask(&RULE, Gate::Seed)
    }

    fn says(address: &str, change: impl Fn(&mut Identity)) -> String {
        let url = url(address);
        let ask = asked();
        let facts = ask.told(&[("E", "sandbox"), ("DATABASE_URL", &url)], change);
        ask.in_full_of(&facts).replace("\n  cause: <assumed environment> (here)", "")
    }

    #[test]
    fn a_stamp_says_what_may_be_filled() {
        let no = |tables| Marked::No { tables };
        let stamp = "if they may be lost, say so once: `guard-cli stamp`";
        let copy = |of: &str, how: &str| {
            format!(
                "a copy of {of}: its stamp was written for another database; \
                 if the copy may be lost, say so once: `guard-cli stamp{how}`"
            )
        };
        let adopt = " --adopt-copy --reason TEXT";
        let table: [(Stamp, String); 9] = [
            (Box::new(move |_| no(Tables::Absent)), String::new()),
            (Box::new(move |_| no(Tables::Present)), format!("a database with tables and without a stamp; {stamp}")),
            (Box::new(|_| Marked::Emptied), "a database whose stamp is gone, such as a copied schema; if it may be lost, say so once: `guard-cli stamp`".to_owned()),
            (Box::new(|it| marked(it, "sandbox", "own")), String::new()),
            (Box::new(|it| marked(it, "sandbox", "copied")), copy("`sandbox`", "")),
            (Box::new(|it| marked(it, "production", "copied")), copy("`production`, with real data", adopt)),
            (Box::new(|it| marked(it, "gone", "copied")), copy("`gone`, an environment that the policy does not know", adopt)),
            // `database-stamp-matches` says these.
            (Box::new(|it| marked(it, "production", "own")), String::new()),
            (Box::new(|_| Marked::Unreadable { why: "it has two rows".to_owned() }), String::new()),
        ];
        for address in [PLAY, HERE] {
            for (number, (stamp, said)) in table.iter().enumerate() {
                let found = says(address, |it| it.stamp = stamp(it));
                let head = "refused DATABASE_URL: `DATABASE_URL` leads to ";
                assert_eq!(found.strip_prefix(head).unwrap_or_default(), said, "row {number}");
                assert_eq!(found.is_empty(), said.is_empty(), "{found}");
            }
        }
        // Here it cannot be told, and the other rule says so.
        let nowhere = Server::Postgres { neon: None, cluster: None };
        let untold = says(HERE, |it| it.server = nowhere.clone());
        assert_eq!(untold, "");
    }

    /// MySQL has no stamp, so that nobody is sent to write one.
    #[test]
    fn a_mysql_database_is_filled_while_it_has_no_tables() {
        let url = url("sql.internal/koomy").replace("postgresql", "mysql");
        let given = [("E", "sandbox"), ("MYSQL_URL", &*url)];
        for (tables, said) in [
            (Tables::Absent, ""),
            (
                Tables::Present,
                "`MYSQL_URL` leads to a MySQL database with tables, which nothing says may be lost",
            ),
        ] {
            let ask = asked();
            let facts = ask.told(&given, |it| it.stamp = Marked::No { tables });
            assert_eq!(ask.says_of(&facts), said);
            assert!(!ask.in_full_of(&facts).contains("stamp"));
        }
    }

    #[test]
    fn a_tripwire_stops_a_seed() {
        let row = |too_many, recent| Rows::Seen { too_many, recent };
        let lost = || Rows::Unreadable { why: "permission denied".to_owned() };
        let table = [
            (Some(row(false, false)), ""),
            (Some(Rows::NoTable), ""),
            (
                Some(row(true, false)),
                "refused `public.users` behind `DATABASE_URL` has more than 50 rows; see who",
            ),
            (
                Some(row(true, true)),
                "refused `public.users` behind `DATABASE_URL` has more than 50 rows; see who",
            ),
            (
                Some(row(false, true)),
                "refused `public.users` behind `DATABASE_URL` has a row that is younger than a day; see who",
            ),
            (
                Some(lost()),
                "undecided `public.users` behind `DATABASE_URL` could not be counted: permission denied; let its role read `public.users`",
            ),
            (
                None,
                "undecided nobody counted `public.users` behind `DATABASE_URL`; let its role read `public.users`",
            ),
        ];
        for (rows, said) in table {
            let found = says(PLAY, |it| {
                it.tripwires.retain(|counted| counted.table != "public.users");
                it.tripwires.extend(
                    rows.clone().map(|rows| Counted { table: "public.users".to_owned(), rows }),
                );
                it.tripwires
                    .push(Counted { table: "public.other".to_owned(), rows: row(true, true) });
            });
            let found = found
                .replace(" DATABASE_URL: ", " ")
                .replace(" uses the database; a seed is for one that nobody does", "");
            let decided = match said {
                "" => "",
                _ => "\n  decided-by: 'public.users' (this environment's tripwire)",
            };
            assert_eq!(found, format!("{said}{decided}"));
        }
        let other = says(PLAY, |it| it.tripwires.retain(|counted| counted.table == "public.users"));
        assert!(other.contains("nobody counted `public.posts`"), "{other}");
    }

    #[test]
    fn what_cannot_be_written_is_no_place_for_a_seed() {
        assert_eq!(
            says(PLAY, |it| it.read_only = true),
            "refused DATABASE_URL: `DATABASE_URL` leads to a standby, or to a session that cannot \
             write; point `DATABASE_URL` at the primary"
        );
    }

    /// Whatever the server says, and whether it was asked or not.
    #[test]
    fn real_data_are_never_seeded() {
        let url = url("vault.koomy.app/koomy");
        let given = [("E", "production"), ("DATABASE_URL", &*url)];
        let said = "refused E: the data of `production` are real, and no seed may touch them; \
            seed an environment whose data are made up\n  cause: <assumed environment> (here)\n  \
            decided-by: production (an environment with real data)";
        let told = asked().told(&given, |_| ());
        for facts in [told, seen(&given), seen(&given[..1])] {
            assert_eq!(asked().in_full_of(&facts), said);
        }
    }

    #[test]
    fn what_was_not_looked_into_is_undecided() {
        let url = url(PLAY);
        let given = [("E", "sandbox"), ("DATABASE_URL", &*url)];
        let not_asked = "undecided DATABASE_URL: nobody looked into the database behind \
            `DATABASE_URL`; let the guard ask its server: `guard-cli seed -- COMMAND`\n  \
            cause: <assumed environment> (here)";
        let unset = "undecided DATABASE_URL: no connection is set, so there is no database to look \
            into; set the connection that the seed writes through\n  \
            cause: <assumed environment> (here)";
        let ambiguous = [("E", "sandbox"), ("DATABASE_URL", "postgresql://a@b,c/d")];
        let nobody = || Live::Asked(Vec::new());
        let table = [
            (&given[..], Live::NotAsked, not_asked),
            (&given[..], nobody(), ""), // `database-identity-matches` says it
            (&given[..1], Live::NotAsked, unset),
            (&given[..1], nobody(), unset),
            (&ambiguous[..], nobody(), ""), // `database-url-is-unambiguous` refuses it
        ];
        for (given, live, said) in table {
            let facts = Facts { live, ..seen(given) };
            assert_eq!(asked().in_full_of(&facts), said);
        }
        assert_eq!(asked().says(&[("E", "none of the policy's")]), "");
    }
}
