//! `seed-database-is-disposable`

use super::live::{Heard, Standing, Told, heard, standing, told};
use super::{Case, Check, Reading, Rule};
use crate::facts::{Live, Marked, Rows, Tables};
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::policy::{Data, Environment, Tripwire};
use crate::selftest::{Baseline, Violation, at_seed};

pub(super) static RULE: Rule = Rule {
    id: "seed-database-is-disposable",
    gates: &[Gate::Seed],
    summary: "a seed fills a database that is proven to hold nothing of value",
    explain: "\
## Refuses
- An environment with real data, even if it says `seed = true`.
- A standby, or a session that cannot write.
- A database with tables and no stamp, or with an emptied one.
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
`guard-cli stamp`; if it began as a copy, with `--adopt-copy` and the reason.
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
        baseline.with_identity(|identity| identity.stamp = Marked::No { tables: Tables::Some });
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
    let place = case.find(variable).map_or_else(|| case.nowhere(), |seen| seen.place.clone());
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
            "if the copy may be lost, say so once: `guard-cli stamp --adopt-copy`".to_owned(),
        ),
    };
    Some(Finding::refused(&RULE, name, told.place(), message, help))
}

fn tripped(told: &Told<'_, '_>, tripwire: &Tripwire) -> Option<Finding> {
    let (name, table) = (told.name(), &tripwire.table.value);
    let counted = told.identity.tripwires.iter().find(|counted| counted.table == *table);
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
