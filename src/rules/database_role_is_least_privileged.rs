//! `database-role-is-least-privileged`

use super::live::{quoted, told};
use super::{Case, Check, Rule};
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::selftest::{Baseline, Violation, one};

pub(super) static RULE: Rule = Rule {
    id: "database-role-is-least-privileged",
    gates: &[Gate::Boot, Gate::Seed],
    summary: "the role of a connection has none of the rights that its environment forbids",
    explain: "\
## Refuses
A connection whose role, as its server says, has a right of the environment's
`forbidden_rights`: `superuser`, `owner`, `bypass-rls`, `write-all-data`,
`replication`, `create-role` or `create-database`. Nothing is forbidden where the
policy does not say so. Where the server was not asked, nothing is said.

## Why
What a program may not do, neither its mistakes nor its attackers do. A superuser
reads files of the server, an owner drops tables, and row-level security holds
for neither.

## Way out
Connect as a role that was granted what the program needs, and no more. If the
program does need the right, take it out of `forbidden_rights`.
",
    check: Check::Live(check),
    violate,
};

fn violate(baseline: &Baseline<'_>, _: &[Baseline<'_>]) -> Option<Violation> {
    let right = *baseline.environment().forbidden_rights.value.first()?;
    let facts = baseline.with_identity(|identity| {
        identity.role.rights.insert(right);
    });
    facts.map(one)
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for told in told(case) {
        let forbidden = &told.environment.forbidden_rights;
        let role = &told.identity.role;
        let held: Vec<_> = forbidden
            .value
            .iter()
            .filter(|right| role.rights.contains(right))
            .map(|right| format!("`{}`", right.name()))
            .collect();
        if held.is_empty() {
            continue;
        }
        let (name, here) = (told.name(), &told.environment.name.value);
        let (rights, role) = (held.join(", "), quoted(&role.name));
        findings.push(
            Finding::refused(
                &RULE,
                name,
                told.place(),
                format!("the role {role} of `{name}` has {rights}, which `{here}` forbids"),
                "connect as a role that has no more than the program needs",
            )
            .because(
                case.source(),
                forbidden.span,
                "the rights that no role may have here",
            ),
        );
    }
}
