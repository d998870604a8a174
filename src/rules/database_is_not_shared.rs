//! `database-is-not-shared`

use super::{Case, Check, Rule};
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::selftest::{Baseline, Violation};

pub(super) static RULE: Rule = Rule {
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
    for (position, second) in cases.iter().enumerate() {
        for first in cases.iter().take(position) {
            if !super::are_different_environments(first, second) {
                continue;
            }
            for (_, there) in second.led() {
                for (_, here) in first.led() {
                    if !here.target.is_same_database(&there.target) {
                        continue;
                    }
                    let (one, other) = (&here.variable.name, &there.variable.name);
                    let finding = Finding::refused(
                        &RULE,
                        other,
                        there.variable.place.clone(),
                        format!(
                            "`{other}` of {} reaches the database of {}'s `{one}`",
                            super::name_of(second),
                            super::name_of(first),
                        ),
                        "give each environment a database of its own",
                    );
                    findings.push(finding.related(here.variable.place.clone(), "the same database"));
                }
            }
        }
    }
}
