//! `database-stamp-matches`

use super::live::{Standing, Told, quoted, standing, told};
use super::{Case, Check, Rule};
use crate::facts::{Marked, Stamp};
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::policy::Data;
use crate::selftest::{Baseline, Violation, one};

/// `database-stamp-matches`, which other judgements than a gate's may name.
pub static RULE: Rule = Rule {
    id: "database-stamp-matches",
    gates: &[Gate::Boot, Gate::Seed],
    summary: "the stamp in a database does not contradict where the database is",
    explain: "\
## Refuses
- A stamp that was written for this very database and for another environment.
- In an environment with real data: a copy of real data, or of an environment
  that the policy does not know, at an address that may lead elsewhere. At one of
  the database's `endpoints`, or on a server that is pinned, it is a restore.

Undecided where there is something that cannot be read as a stamp, or the server
does not say enough of itself to tell whose stamp it is.

A database without a stamp, and a copy in an environment without real data, may
be used, and may not be filled: `seed-database-is-disposable` refuses that. Where
the server was not asked, nothing is said.

## Why
`guard-cli stamp` writes the environment and the identity of the database into
it. A copy brings the stamp along, and so says what it is a copy of. The stamp
permits nothing that the policy and the server's identity do not.

## Way out
`guard-cli identify` shows what the stamp says. If a copy is where it should be, write
its stamp anew: `guard-cli stamp`; for a copy of real data, with `--adopt-copy` and the
reason. A stamp of this very database that is wrong is dropped by the owner, with the
schema `koomy_guard`, before the database is stamped anew.
",
    check: Check::Live(check),
    violate,
};

fn violate(baseline: &Baseline<'_>, _: &[Baseline<'_>]) -> Option<Violation> {
    let facts = baseline.with_identity(|identity| match &mut identity.stamp {
        Marked::Stamped(stamp) => stamp.environment.push_str(" of others"),
        stamp @ (Marked::No { .. } | Marked::Emptied | Marked::Unreadable { .. }) => {
            *stamp = Marked::Unreadable { why: "it is no stamp".to_owned() };
        }
    });
    facts.map(one)
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for told in told(case) {
        let here = told.environment.name.value.as_str();
        match standing(told.identity) {
            Standing::Fresh | Standing::Unstamped | Standing::Emptied => {}
            Standing::Own(stamp) if stamp.environment == here => {}
            Standing::Own(stamp) => findings.push(contradiction(&told, stamp)),
            Standing::Copied(stamp) => findings.extend(misplaced(&told, stamp)),
            // Else `database-identity-matches` says so.
            Standing::Untold(stamp) if told.compare().is_ok() => {
                findings.push(untold(&told, stamp));
            }
            Standing::Untold(_) => {}
            Standing::Unreadable(why) => findings.push(unreadable(&told, why)),
        }
    }
}

fn contradiction(told: &Told<'_, '_>, stamp: &Stamp) -> Finding {
    let (name, here) = (told.name(), &told.environment.name.value);
    let environment = quoted(&stamp.environment);
    let known = match told.data_of(stamp) {
        Some(_) => "",
        None => ", an environment that the policy does not know",
    };
    let finding = Finding::refused(
        &RULE,
        name,
        told.place(),
        format!(
            "`{name}` leads to a database that was stamped for {environment}{known}, \
             and this is `{here}`"
        ),
        format!(
            "point `{name}` at a database of `{here}`; if this is one, have its owner drop the \
             schema `koomy_guard`, and stamp it anew: `guard-cli stamp`"
        ),
    );
    finding.because(told.case.source(), told.environment.name.span, "the environment")
}

/// A copy of real data, among real data, where nothing says that it is a restore.
///
/// At the seed gate, `seed-database-is-disposable` refuses real data.
fn misplaced(told: &Told<'_, '_>, stamp: &Stamp) -> Option<Finding> {
    let is_boot = match told.case.gate {
        Gate::Boot | Gate::Compare | Gate::Probe => true,
        Gate::Seed => false,
    };
    let may_be_real = told.data_of(stamp).is_none_or(|data| data == Data::Real);
    let is_real = told.environment.data == Data::Real;
    if !(is_boot && is_real && may_be_real) || told.is_pinned() {
        return None;
    }
    let (name, database) = (told.name(), &told.database.name.value);
    let finding = Finding::refused(
        &RULE,
        name,
        told.place(),
        format!("`{name}` leads to {}, at an address that may lead elsewhere", told.copy_of(stamp)),
        format!("see whether this is `{database}`; if so, write its stamp anew: `guard-cli stamp`"),
    );
    Some(finding.because(told.case.source(), told.database.name.span, "nothing here is pinned"))
}

fn untold(told: &Told<'_, '_>, stamp: &Stamp) -> Finding {
    let name = told.name();
    let environment = quoted(&stamp.environment);
    Finding::undecided(
        &RULE,
        name,
        told.place(),
        format!(
            "`{name}` leads to a database with a stamp for {environment}, and its server does \
             not say enough of itself to tell whether the stamp is its own"
        ),
        "let its role read who the server is: `EXECUTE` on `pg_catalog.pg_control_system()`",
    )
}

fn unreadable(told: &Told<'_, '_>, why: &str) -> Finding {
    let name = told.name();
    Finding::undecided(
        &RULE,
        name,
        told.place(),
        format!("the stamp of the database behind `{name}` cannot be read: {why}"),
        "let its role read `koomy_guard.stamp`; if that is no stamp, see who made it",
    )
}

#[cfg(test)]
mod tests {
    use super::{Marked, RULE};
    use crate::facts::{Server, Tables};
    use crate::gate::Gate;
    use crate::rules::live::tests::{ask, marked, stamp_for, url};

    const BOTH: &[Gate] = &[Gate::Boot, Gate::Seed];
    const BOOT: &[Gate] = &[Gate::Boot];
    const NONE: &[Gate] = &[];

    #[test]
    fn a_stamp_contradicts_nothing() {
        const PLAY: &str = "ep-play-2.eu.aws.neon.tech/koomy";
        const HERE: &str = "localhost/koomy";
        const MAIN: &str = "ep-main-1.eu.aws.neon.tech/koomy";
        const DEPOT: &str = "depot/koomy";
        let stamped = |environment: &str, here: &str| {
            format!("refused a database that was stamped for {environment}, and this is `{here}`")
        };
        let unknown = "`gone`, an environment that the policy does not know";
        let copy = "refused a copy of `production`, with real data: its stamp was written for \
            another database, at an address that may lead elsewhere";
        let copy_of_unknown = "refused a copy of `gone`, an environment that the policy does not \
            know: its stamp was written for another database, at an address that may lead elsewhere";
        let table = [
            ("sandbox", PLAY, "sandbox", "own", NONE, ""),
            ("sandbox", PLAY, "production", "own", BOTH, &*stamped("`production`", "sandbox")),
            ("sandbox", HERE, "production", "own", BOTH, &stamped("`production`", "sandbox")),
            (
                "sandbox",
                HERE,
                "Sandbox",
                "own",
                BOTH,
                &stamped("`Sandbox`, an environment that the policy does not know", "sandbox"),
            ),
            ("production", MAIN, "production", "own", NONE, ""),
            ("production", MAIN, "sandbox", "own", BOTH, &stamped("`sandbox`", "production")),
            ("production", MAIN, "gone", "own", BOTH, &stamped(unknown, "production")),
            // A copy may be used where it is.
            ("sandbox", PLAY, "production", "copied", NONE, ""),
            ("sandbox", PLAY, "sandbox", "copied", NONE, ""),
            ("sandbox", HERE, "gone", "copied", NONE, ""),
            ("production", MAIN, "production", "copied", NONE, ""),
            ("production", MAIN, "sandbox", "copied", NONE, ""),
            ("production", "vault.koomy.app/koomy", "production", "copied", NONE, ""),
            ("production", "far/koomy", "production", "copied", NONE, ""), // its branch is pinned
            ("production", DEPOT, "production", "own", NONE, ""),
            ("production", DEPOT, "sandbox", "copied", NONE, ""),
            ("production", DEPOT, "production", "copied", BOOT, copy),
            ("production", DEPOT, "gone", "copied", BOOT, copy_of_unknown),
        ];
        for (environment, address, stamp, bound, refused_at, said) in table {
            for gate in [Gate::Boot, Gate::Seed] {
                let url = url(address);
                let ask = ask(&RULE, gate);
                let given = [("E", environment), ("DATABASE_URL", &*url)];
                let facts = ask.told(&given, |it| it.stamp = marked(it, stamp, bound));
                let found = ask.in_full_of(&facts);
                let found = found.split("; ").next().unwrap_or_default();
                let found = found.replace("DATABASE_URL: `DATABASE_URL` leads to ", "");
                let expected = if refused_at.contains(&gate) { said } else { "" };
                assert_eq!(found, expected, "{environment} {address} {stamp} {bound} {gate:?}");
            }
        }
    }

    #[test]
    fn without_a_stamp_there_is_nothing_to_contradict() {
        let url = url("localhost/koomy");
        let given = [("E", "sandbox"), ("DATABASE_URL", &*url)];
        for stamp in [
            Marked::No { tables: Tables::Absent },
            Marked::No { tables: Tables::Present },
            Marked::Emptied,
        ] {
            for gate in [Gate::Boot, Gate::Seed] {
                let ask = ask(&RULE, gate);
                let facts = ask.told(&given, |it| it.stamp = stamp.clone());
                assert_eq!(ask.says_of(&facts), "", "{stamp:?}");
                assert_eq!(ask.says(&given), "", "nobody was asked");
            }
        }
    }

    #[test]
    fn what_cannot_be_told_is_undecided() {
        let here = url("localhost/koomy");
        let given = [("E", "sandbox"), ("DATABASE_URL", &*here)];
        let mysql = url("sql.koomy.app/koomy").replace("postgresql", "mysql");
        for gate in [Gate::Boot, Gate::Seed] {
            let ask = ask(&RULE, gate);
            let facts = ask.told(&given, |it| {
                it.stamp = Marked::Unreadable { why: "it has two rows".to_owned() };
            });
            assert_eq!(
                ask.in_full_of(&facts),
                "undecided DATABASE_URL: the stamp of the database behind `DATABASE_URL` cannot \
                 be read: it has two rows; let its role read `koomy_guard.stamp`; if that is no \
                 stamp, see who made it\n  cause: <assumed environment> (here)"
            );
            // Where the policy needs the identifier, `database-identity-matches` says so.
            let facts = ask.told(&given, |it| {
                it.server = Server::Postgres { neon: None, cluster: None };
            });
            assert_eq!(ask.says_of(&facts), "");
            for environment in ["production", "sandbox"] {
                let facts = ask.told(&[("E", "sandbox"), ("MYSQL_URL", &mysql)], |it| {
                    it.stamp = Marked::Stamped(stamp_for(environment));
                });
                assert_eq!(
                    ask.in_full_of(&facts),
                    format!(
                        "undecided MYSQL_URL: `MYSQL_URL` leads to a database with a stamp \
                         for `{environment}`, and its server does not say enough of itself to \
                         tell whether the stamp is its own; let its role read who the server is: \
                         `EXECUTE` on `pg_catalog.pg_control_system()`\n  \
                         cause: <assumed environment> (here)"
                    )
                );
            }
        }
    }

    #[test]
    fn shows_the_way_out() {
        let (play, depot) = (url("ep-play-2.eu.aws.neon.tech/koomy"), url("depot/koomy"));
        let ask = ask(&RULE, Gate::Boot);
        let said = |environment: &str, url: &str, bound: &str| {
            let given = [("E", environment), ("DATABASE_URL", url)];
            let facts = ask.told(&given, |it| it.stamp = marked(it, "production", bound));
            let said = ask.in_full_of(&facts);
            said.split_once("; ").map(|(_, rest)| rest.to_owned()).unwrap_or_default()
        };
        assert_eq!(
            said("sandbox", &play, "own"),
            "point `DATABASE_URL` at a database of `sandbox`; if this is one, have its owner \
             drop the schema `koomy_guard`, and stamp it anew: `guard-cli stamp`\n  cause: <assumed environment> (here)\n  \
             decided-by: sandbox (the environment)"
        );
        assert_eq!(
            said("production", &depot, "copied"),
            "see whether this is `depot`; if so, write its stamp anew: `guard-cli stamp`\n  \
             cause: <assumed environment> (here)\n  decided-by: depot (nothing here is pinned)"
        );
    }
}
