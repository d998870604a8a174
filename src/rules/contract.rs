//! What every rule owes the registry.

use super::{Check, FILES, RULES, Rule};
use crate::gate::Gate;

#[test]
fn every_file_is_registered() {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/src/rules");
    let mut on_disk: Vec<_> = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .filter(|name| !["mod", "case", "contract", "live", "testing"].contains(&name.as_str()))
        .collect();
    on_disk.sort();
    on_disk.dedup(); // a rule may have a folder for its tests
    assert_eq!(on_disk, FILES);
}

#[test]
fn an_id_is_its_file_and_the_list_is_sorted() {
    let ids: Vec<_> = RULES.iter().map(|rule| rule.id.replace('-', "_")).collect();
    assert_eq!(ids, FILES);
    assert!(FILES.is_sorted());
}

#[test]
fn every_gate_asks_a_rule() {
    for gate in Gate::ALL {
        assert!(Rule::of(gate).next().is_some(), "{gate:?} would permit everything");
    }
}

#[test]
fn every_rule_explains_itself() {
    for rule in RULES {
        for heading in ["## Refuses\n", "\n## Why\n", "\n## Way out\n"] {
            assert!(rule.explain.contains(heading), "{}: {heading:?}", rule.id);
        }
        assert!(!rule.gates.is_empty(), "{}", rule.id);
        assert!(!rule.summary.ends_with('.'), "{}", rule.id);
        assert!(rule.summary.starts_with(char::is_lowercase), "{}", rule.id);
    }
}

#[test]
fn a_rule_looks_at_what_its_gate_shows() {
    for rule in RULES {
        let across = matches!(rule.check, Check::Across(_));
        let compares = rule.gates == [Gate::Compare];
        assert_eq!(across, compares, "{}", rule.id);
        let outside = matches!(rule.check, Check::Outside);
        assert_eq!(outside, rule.gates.contains(&Gate::Probe), "{}", rule.id);
        assert!(!outside || rule.gates.len() == 1, "{}", rule.id);
    }
}

#[test]
fn a_rule_is_found_by_its_id_and_is_no_other() {
    for rule in RULES {
        let found = Rule::by_id(rule.id).map(|found| found.id);
        assert_eq!(found, Some(rule.id));
        for other in RULES {
            assert_eq!(rule == other, rule.id == other.id, "{} {}", rule.id, other.id);
        }
    }
    assert!(Rule::by_id("").is_none() && Rule::by_id("variable-is").is_none());
}
