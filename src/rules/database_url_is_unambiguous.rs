//! `database-url-is-unambiguous`

use super::{Case, Check, Reading, Rule};
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::selftest::{Baseline, Violation, one};

pub(super) static RULE: Rule = Rule {
    id: "database-url-is-unambiguous",
    gates: &[Gate::Boot],
    summary: "a connection has exactly one target, whatever driver reads it",
    explain: "\
## Refuses
A database URL outside the grammar on which drivers agree, and variables of
libpq (`PGHOSTADDR`, `PGSERVICE`, `PGOPTIONS`, …) that move a connection away
from its URL. `docs/database-urls.md` has the grammar.

## Why
Drivers read unusual URLs differently: `?host=` replaces the host for some and
adds one for others, `#@` ends the host for some and begins it for others. What
one of them dials, a reader of the URL does not see.

## Way out
`guard-cli target` prints the form that would be accepted. Percent-encode
special characters in the password. Unset the `PG*` variable.
",
    check: Check::One(check),
    violate,
};

fn violate(baseline: &Baseline<'_>, _: &[Baseline<'_>]) -> Option<Violation> {
    baseline.led(|address| address.host = "one.example,two.example".to_owned()).map(one)
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for reached in &case.connections {
        let at = reached.connection.name.span;
        match &reached.reading {
            Reading::Ambiguous { variable, ambiguity } => {
                let name = &variable.name;
                findings.push(
                    Finding::refused(
                        &RULE,
                        name,
                        variable.place.clone(),
                        format!("`{name}`: {ambiguity}"),
                        ambiguity.help(),
                    )
                    .because(case.source(), at, "the connection that it gives"),
                );
            }
            Reading::NotText(variable) => {
                let name = &variable.name;
                findings.push(
                    Finding::refused(
                        &RULE,
                        name,
                        variable.place.clone(),
                        format!("`{name}` is no text: it holds a NUL or is not UTF-8"),
                        "write it in plain ASCII, special characters percent-encoded",
                    )
                    .because(case.source(), at, "the connection that it gives"),
                );
            }
            Reading::Unset | Reading::Partial { .. } | Reading::Target(_) => {}
        }
    }
    for mover in case.movers() {
        let name = &mover.name;
        findings.push(Finding::refused(
            &RULE,
            name,
            mover.place.clone(),
            format!("`{name}` is set; drivers that read it connect otherwise than the URL says"),
            format!("unset `{name}`, and say what it says in the URL"),
        ));
    }
}
