//! `database-stamp-matches`

use super::live::{Standing, Told, quoted, standing, told};
use super::{Case, Check, Rule};
use crate::facts::{Marked, Stamp};
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::policy::Data;
use crate::selftest::{Baseline, Violation, one};

pub(super) static RULE: Rule = Rule {
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
`guard-cli identify` shows what the stamp says. If the database is where it should
be, write its stamp anew: `guard-cli stamp`; for a copy, with `--adopt-copy`.
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
            Standing::Untold(stamp) => findings.push(untold(&told, stamp)),
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
            "point `{name}` at a database of `{here}`; if this is one, \
             write its stamp anew: `guard-cli stamp`"
        ),
    );
    finding.because(told.case.source(), told.environment.name.span, "the environment")
}

/// A copy of real data, among real data, where nothing says that it is a restore.
///
/// At the seed gate, `seed-database-is-disposable` refuses real data.
fn misplaced(told: &Told<'_, '_>, stamp: &Stamp) -> Option<Finding> {
    let is_boot = match told.case.gate {
        Gate::Boot | Gate::Compare => true,
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
