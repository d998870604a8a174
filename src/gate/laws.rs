//! The laws of the gates, over products of facts.

use super::*;
use crate::dotenv;
use crate::facts::{Cause, Causes, Live, Seen, Variables};
use crate::finding::{Finding, LabelRole};
use crate::policy::Phase;
use crate::rules::{Check, RULES};
use crate::secret::{Class, Kind};
use crate::source::{Place, Source};

mod dialing;
mod every;
mod live;
mod notes;
mod permits;
mod places;
mod violations;

use every::Cells;
use violations::{ACROSS, ALONE, complete, planted};

fn permits(gate: Gate, policy: &Policy, facts: &Facts) -> bool {
    decide(gate, policy, facts).ruling() == Ruling::Permitted
}

/// Everything that findings say, including their places.
fn described(findings: &Findings) -> Vec<String> {
    findings.iter().map(|finding| format!("{finding:?}")).collect()
}

/// Not knowing never helps: hiding any one fact, or removing one that is required, never
/// turns a refusal into a permit.
#[test]
fn blindness_never_permits() {
    let policy = Policy::built_in().unwrap();
    let cells = Cells::judged();
    let mut blinded = 0;
    for cell in cells.all() {
        for less in cells.blinded(cell).chain(cells.without_one_required(cell, &policy)) {
            blinded += 1;
            assert!(
                cells.permits(cell) || !cells.permits(less),
                "refuses {:?} yet permits {:?}",
                cells.describe(cell),
                cells.describe(less),
            );
        }
    }
    assert!(blinded > 40_000, "{blinded}");
    let permitted = cells.all().filter(|cell| cells.permits(*cell)).count();
    assert!(permitted > 4, "a table without permits proves nothing: {permitted}");
}

/// A declared variable that cannot be read is not permitted.
#[test]
fn what_is_unreadable_is_never_permitted() {
    let cells = Cells::judged();
    for cell in cells.all().filter(|cell| cells.is_blind(*cell)) {
        assert!(!cells.permits(cell), "{:?}", cells.describe(cell));
    }
}

#[test]
fn no_gate_opens_on_an_environment_that_was_not_seen() {
    let policy = Policy::built_in().unwrap();
    let unreadable = || match Facts::assume().facts().variables {
        Observed::Unreadable(causes) => causes,
        Observed::Seen(_) | Observed::Absent => panic!("assumed facts start from the worst"),
    };
    for gate in Gate::ALL {
        for expected in [None, Some("production".to_owned())] {
            for phase in Phase::ALL {
                let blind = [
                    Observed::Absent,
                    Observed::Unreadable(unreadable()),
                    Observed::Seen(Variables::default()),
                ];
                for variables in blind {
                    let assumed = Facts::assume().facts();
                    let facts = Facts { variables, expected: expected.clone(), phase, ..assumed };
                    assert!(!permits(gate, &policy, &facts), "{gate:?}, {facts:?}");
                }
            }
        }
    }
}

/// Nor does a comparison permit more if one of its variables is unreadable.
#[test]
fn blindness_permits_no_comparison() {
    let policy = Policy::built_in().unwrap();
    for change in ACROSS {
        let environments = change.environments();
        assert_ne!(compare(&policy, &environments).ruling(), Ruling::Permitted, "{}", change.rule);
        for (at, facts) in environments.iter().enumerate() {
            let names: Vec<_> =
                facts.variables.seen().unwrap().iter().map(|seen| seen.name.clone()).collect();
            for name in names {
                let mut less = environments.clone();
                every::blind(&mut less[at], &name);
                assert_ne!(
                    compare(&policy, &less).ruling(),
                    Ruling::Permitted,
                    "{}: {name}",
                    change.rule
                );
            }
            let mut less = environments.clone();
            less[at].variables = Observed::Absent;
            assert_ne!(compare(&policy, &less).ruling(), Ruling::Permitted, "{}", change.rule);
        }
    }
}

#[test]
fn a_gate_that_asked_nothing_permits_nothing() {
    let policy = Policy::built_in().unwrap();
    for gate in Gate::ALL {
        let verdict = Verdict {
            gate,
            environment: policy.environment("production"),
            rules_asked: Vec::new(),
            findings: Findings::new(),
            notes: Vec::new(),
            connections: Vec::new(),
            live: &Live::NotAsked,
        };
        assert_eq!(verdict.ruling(), Ruling::Undecided, "{gate:?}");
        let asked = Verdict { rules_asked: vec!["a-rule"], ..verdict };
        assert_eq!(asked.ruling(), Ruling::Permitted, "{gate:?}");
        let nameless = Verdict { environment: None, ..asked };
        let expected = if gate == Gate::Compare { Ruling::Permitted } else { Ruling::Undecided };
        assert_eq!(nameless.ruling(), expected, "{gate:?}");
    }
    // One compares environments, the other asks a service; about variables alone they ask
    // nothing.
    let facts = complete("production", &[]);
    for gate in [Gate::Compare, Gate::Probe] {
        let alone = decide(gate, &policy, &facts);
        assert_eq!((alone.rules_asked.len(), alone.ruling()), (0, Ruling::Undecided));
    }
}

#[test]
fn a_comparison_of_less_than_two_is_undecided() {
    let policy = Policy::built_in().unwrap();
    let all = ["production", "sandbox", "local"].map(|name| complete(name, &[]));
    let table = [
        (0, Ruling::Undecided),
        (1, Ruling::Undecided),
        (2, Ruling::Permitted),
        (3, Ruling::Permitted),
    ];
    for (count, ruling) in table {
        let comparison = compare(&policy, &all[..count]);
        assert_eq!(comparison.ruling(), ruling, "{count}");
        assert_eq!(comparison.verdicts.len(), count);
        assert_eq!(comparison.rules_asked, ["database-is-not-shared", "secret-is-not-shared"]);
    }
    let twice = [all[0].clone(), all[0].clone()];
    assert_eq!(compare(&policy, &twice).ruling(), Ruling::Undecided);
    // What one of them alone is refused for refuses the whole, and wins.
    let bad = complete("sandbox", &[("JWT_SECRET", Some("changeme"))]);
    let unseen = Facts::assume().facts();
    let table = [
        (vec![all[0].clone(), bad.clone()], Ruling::Refused),
        (vec![all[0].clone(), unseen.clone()], Ruling::Undecided),
        (vec![unseen, bad], Ruling::Refused),
    ];
    for (environments, ruling) in table {
        assert_eq!(compare(&policy, &environments).ruling(), ruling);
    }
}

/// Every rule has a case that it refuses, and one that it permits.
#[test]
fn every_rule_refuses_something_and_permits_something() {
    let policy = Policy::built_in().unwrap();
    // Rules about a running service are tested with one, in `guard-cli`.
    let judging = RULES.iter().filter(|rule| !matches!(rule.check, Check::Outside));
    let rules: Vec<_> = judging.map(|rule| rule.id).collect();
    let mut listed: Vec<_> = ALONE.iter().map(|change| change.rule).collect();
    listed.extend(ACROSS.iter().map(|change| change.rule));
    listed.sort_unstable();
    listed.dedup();
    assert_eq!(listed, rules, "each rule has its row in `violations`, and no other has one");

    let speaks = |rule: &str, findings: &Findings| findings.iter().any(|f| f.rule().id == rule);
    for change in ALONE {
        let before = change.before();
        let verdict = decide(change.gate, &policy, &before);
        assert_eq!(described(&verdict.findings), [""; 0], "{}", change.rule);
        let facts = change.facts();
        let verdict = decide(change.gate, &policy, &facts);
        assert!(speaks(change.rule, &verdict.findings), "{}", change.rule);
        assert!(verdict.rules_asked.contains(&change.rule));
    }
    for change in ACROSS {
        let environments = change.environments();
        let findings = compare(&policy, &environments).findings;
        assert!(speaks(change.rule, &findings), "{}", change.rule);
    }
}

#[test]
fn findings_do_not_depend_on_order() {
    let policy = Policy::built_in().unwrap();
    for (gate, facts) in planted() {
        let first = described(&decide(gate, &policy, &facts).findings);
        assert_eq!(first, described(&decide(gate, &policy, &facts).findings), "same in, same out");

        let variables = facts.variables.seen().unwrap();
        for turn in 0..3 {
            let mut list: Vec<_> = variables.iter().cloned().collect();
            match turn {
                0 => list.reverse(),
                turn => list.rotate_left(turn.min(variables.iter().len())),
            }
            let variables = Observed::Seen(Variables::from_source(list));
            let turned = Facts { variables, ..facts.clone() };
            assert_eq!(first, described(&decide(gate, &policy, &turned).findings));
        }

        let case = Case::at(gate, &policy, &facts, variables);
        let mut backwards = Findings::new();
        for rule in RULES.iter().rev().filter(|rule| rule.gates.contains(&gate)) {
            if let Check::One(check) | Check::Live(check) = rule.check {
                check(&case, &mut backwards);
            }
        }
        backwards.sort();
        assert_eq!(first, described(&backwards));
    }
}

#[test]
fn findings_are_in_canonical_order() {
    let policy = Policy::built_in().unwrap();
    let order = |finding: &Finding| {
        let place = &finding.labels()[0].place;
        let line = place.location().map(|location| (location.line, location.column));
        (place.source.name().to_owned(), line, finding.rule().id, finding.subject().to_owned())
    };
    let mut several = 0;
    let files = ["production", "sandbox", "local"].map(places::with_every_change);
    let files = files.map(|facts| (Gate::Boot, facts));
    for (gate, facts) in planted().into_iter().chain(files) {
        let verdict = decide(gate, &policy, &facts);
        assert!(verdict.findings.iter().is_sorted_by_key(order));
        several += usize::from(verdict.findings.as_slice().len() > 5);
    }
    assert!(several > 0);
    let all_shared = places::with_all_shared();
    let comparison = compare(&policy, &all_shared);
    assert_eq!(comparison.findings.as_slice().len(), 5);
    assert!(comparison.findings.iter().is_sorted_by_key(order));

    let cause = |name: &str| Cause {
        message: "cannot be read".to_owned(),
        help: "look".to_owned(),
        place: Place::whole(&Source::named(name)),
    };
    let causes = Causes { first: cause("b"), rest: vec![cause("c"), cause("a")] };
    let unread = Facts { variables: Observed::Unreadable(causes), ..Facts::assume().facts() };
    let verdict = decide(Gate::Boot, &policy, &unread);
    assert_eq!(verdict.findings.as_slice().len(), 3);
    assert_eq!(verdict.rules_asked, ["environment-is-readable"]);
    assert!(verdict.findings.iter().is_sorted_by_key(order));
}

/// Nothing that can be printed about a verdict contains a value.
#[test]
fn no_value_is_printed() {
    let policy = Policy::built_in().unwrap();
    for (gate, facts) in planted() {
        let verdict = decide(gate, &policy, &facts);
        let shown = format!("{verdict:?} {facts:?} {:?}", Permit::<Boot>::ask(&policy, &facts));
        for seen in facts.variables.seen().unwrap() {
            let value = String::from_utf8_lossy(seen.value.expose()).into_owned();
            let is_secret = value.len() > 12 && !policy.source().shown().unwrap().contains(&value);
            assert!(!(is_secret && shown.contains(&value)), "{} is printed", seen.name);
        }
    }
}
