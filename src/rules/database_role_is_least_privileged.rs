//! `database-role-is-least-privileged`

use super::live::{quoted, told};
use super::{Case, Check, Rule};
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::selftest::{Baseline, Violation, one};
use crate::visible::listed;

/// `database-role-is-least-privileged`, which other judgements than a gate's may name.
pub static RULE: Rule = Rule {
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
        let held = role.rights.iter().filter(|right| forbidden.value.contains(right));
        let rights = listed(held.map(|right| right.name()), ", ");
        if rights.is_empty() {
            continue;
        }
        let (name, here) = (told.name(), &told.environment.name.value);
        let role = quoted(&role.name);
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

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::facts::Right;
    use crate::gate::Gate;
    use crate::rules::testing::{Ask, URL, url};

    #[test]
    fn a_role_has_no_forbidden_right() {
        let url = url("db/koomy");
        let given = [("E", "only"), ("DATABASE_URL", &*url)];
        let all: Vec<_> = Right::ALL.iter().map(|right| format!("'{}'", right.name())).collect();
        for forbidden in Right::ALL {
            let strict = format!("forbidden_rights = ['{}', 'owner']", forbidden.name());
            for gate in [Gate::Boot, Gate::Seed] {
                let ask = Ask::by(&RULE, &policy(&strict)).at(gate);
                for held in Right::ALL {
                    let facts = ask.told(&given, |identity| {
                        identity.role.rights.insert(held);
                    });
                    let is_refused = held == forbidden || held == Right::Owner;
                    let said = match is_refused {
                        true => format!(
                            "the role `app` of `DATABASE_URL` has `{}`, which `only` forbids",
                            held.name()
                        ),
                        false => String::new(),
                    };
                    assert_eq!(ask.says_of(&facts), said, "{forbidden:?} {held:?}");
                }
            }
        }
        let everything = format!("forbidden_rights = [{}]", all.join(", "));
        for (rights, refused) in
            [("", false), ("forbidden_rights = []", false), (&*everything, true)]
        {
            let ask = Ask::by(&RULE, &policy(rights));
            let facts = ask.told(&given, |identity| identity.role.rights.extend(Right::ALL));
            assert_eq!(!ask.says_of(&facts).is_empty(), refused, "{rights}");
            assert_eq!(ask.says(&given), "", "nobody was asked");
        }
    }

    #[test]
    fn one_finding_names_all_rights_and_the_line_that_decides() {
        let url = url("db/koomy");
        let given = [("E", "only"), ("DATABASE_URL", &*url)];
        let ask =
            Ask::by(&RULE, &policy("forbidden_rights = ['replication', 'superuser', 'owner']"));
        let facts = ask.told(&given, |identity| {
            identity.role.rights.extend([Right::Superuser, Right::Replication, Right::CreateRole]);
            identity.role.name = "a\nb".to_owned();
        });
        assert_eq!(
            ask.in_full_of(&facts),
            "refused DATABASE_URL: the role `a\\nb` of `DATABASE_URL` has `superuser`, \
             `replication`, which `only` forbids; connect as a role that has no more than the \
             program needs\n  cause: <assumed environment> (here)\n  \
             decided-by: ['replication', 'superuser', 'owner'] \
             (the rights that no role may have here)"
        );
    }

    fn policy(rights: &str) -> String {
        format!(
            "version = 1\nname = 'n'\n[variables.E]\nis = 'environment'\n{URL}\
             [environments.only]\ndata = 'real'\ndatabases = ['db']\n{rights}\n\
             [databases.db]\nhosts = ['db']\ndatabase = 'koomy'\n"
        )
    }
}
