//! `environment-is-readable`

use super::{Case, Check, Rule};
use crate::facts::{Facts, Observed};
use crate::finding::{Finding, Findings};
use crate::gate::Gate;
use crate::selftest::{Baseline, Violation, one};
use crate::source::Place;

/// `environment-is-readable`, which other judgements than a gate's may name.
pub static RULE: Rule = Rule {
    id: "environment-is-readable",
    gates: &[Gate::Boot, Gate::Seed],
    summary: "the variables can be read, and there are some",
    explain: "\
## Refuses
Nothing: it is undecided. A file of variables that is missing, is no file, is
too large, or has a line that is not understood; or no variables at all.

## Why
What could not be read was not judged. A guard that passes over it permits
whatever stands there.

## Way out
The finding names the file and the line. `docs/dotenv.md` describes what a file
of variables may hold.
",
    check: Check::One(check),
    violate,
};

fn violate(baseline: &Baseline<'_>, _: &[Baseline<'_>]) -> Option<Violation> {
    Some(one(Facts { variables: Observed::Absent, ..baseline.facts() }))
}

/// What was read is in the case already; what could not be is in [`report`].
fn check(case: &Case<'_>, findings: &mut Findings) {
    if case.variables.iter().next().is_none() {
        nothing(case.facts, findings);
    }
}

/// Says why there is nothing to judge.
pub(crate) fn report(facts: &Facts, findings: &mut Findings) {
    match &facts.variables {
        Observed::Seen(_) => {}
        Observed::Absent => nothing(facts, findings),
        Observed::Unreadable(causes) => {
            for cause in causes.iter() {
                findings.push(Finding::undecided(
                    &RULE,
                    facts.source.name(),
                    cause.place.clone(),
                    &cause.message,
                    &cause.help,
                ));
            }
        }
    }
}

fn nothing(facts: &Facts, findings: &mut Findings) {
    findings.push(Finding::undecided(
        &RULE,
        facts.source.name(),
        Place::whole(&facts.source),
        "there are no variables to judge",
        "name the file that holds them with `--env-file`, or export them",
    ));
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use super::report;
    use crate::facts::{Cause, Causes, Facts, Observed};
    use crate::finding::{Findings, Outcome};
    use crate::rules::testing::{Ask, seen};
    use crate::source::{Place, Source};

    const NOTHING: &str = "undecided assumed environment: there are no variables to judge; \
        name the file that holds them with `--env-file`, or export them\n  \
        cause: <assumed environment> (here)";

    #[test]
    fn something_must_be_there() {
        let ask = Ask::small(&RULE, "");
        assert_eq!(ask.in_full(&[]), NOTHING);
        assert_eq!(ask.in_full(&[("ANYTHING", "")]), "");
    }

    #[test]
    fn says_every_reason_why_nothing_is_known() {
        let cause = |name: &str| Cause {
            message: format!("cannot read `{name}`"),
            help: format!("look at `{name}`"),
            place: Place::whole(&Source::named(name)),
        };
        let causes = Causes { first: cause("a"), rest: vec![cause("b")] };
        let table = [
            (Observed::Seen(Default::default()), vec![]),
            (Observed::Absent, vec!["there are no variables to judge"]),
            (Observed::Unreadable(causes), vec!["cannot read `a`", "cannot read `b`"]),
        ];
        for (variables, expected) in table {
            let mut findings = Findings::new();
            report(&Facts { variables, ..seen(&[]) }, &mut findings);
            let said: Vec<_> = findings.iter().map(|finding| finding.message()).collect();
            assert_eq!(said, expected);
            for finding in &findings {
                assert_eq!(finding.outcome(), Outcome::Undecided);
                assert_eq!(finding.subject(), "assumed environment");
            }
        }
    }
}
