//! Koomy's three env files, and every single change to them that must shut the gate, with
//! exactly the rules that shut it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use koomy_guard::facts::{Facts, Observed};
use koomy_guard::gate::{Gate, decide};
use koomy_guard::observe::env_files;
use koomy_guard::policy::{Phase, Policy};
use koomy_guard::rules::Rule;
use koomy_guard::{Finding, Ruling};

#[path = "koomy/table.rs"]
mod table;

use table::Change::{self, Again, Copy, Edit, Set, Unset};
use table::{every_row, live, test};

type Tested = Result<(), Box<dyn std::error::Error>>;

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("examples/koomy/{name}.env"))
}

fn file(name: &str) -> Facts {
    env_files(&[path(name)], Phase::Boot)
}

fn variables(facts: &Facts) -> Vec<(String, Vec<u8>)> {
    let seen = facts.variables.seen().into_iter().flatten();
    seen.map(|seen| (seen.name.clone(), seen.value.expose().to_vec())).collect()
}

/// A file's variables, sorted by name, after a change.
fn changed(name: &str, change: &Change) -> Vec<(String, Vec<u8>)> {
    let mut list = variables(&file(name));
    let value = |list: &[(String, Vec<u8>)], wanted: &str| {
        let found = list.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    match change {
        Set(name, to) => replace(&mut list, name, to.to_vec()),
        Edit(name, edit) => {
            let to = edit(&String::from_utf8_lossy(&value(&list, name)));
            replace(&mut list, name, to.into_bytes());
        }
        Copy(name, from) => {
            let to = value(&list, from);
            replace(&mut list, name, to);
        }
        Unset(gone) => list.retain(|(name, _)| name != gone),
        Again(name) => {
            let again = value(&list, name);
            list.push(((*name).to_owned(), again));
        }
    }
    list
}

fn replace(list: &mut Vec<(String, Vec<u8>)>, name: &str, value: Vec<u8>) {
    list.retain(|(other, _)| other != name);
    list.push((name.to_owned(), value));
}

/// As in the process environment.
fn as_process(list: &[(String, Vec<u8>)]) -> Facts {
    list.iter()
        .fold(Facts::assume(), |facts, (name, value)| facts.variable(name, value.clone()))
        .facts()
}

/// As in a file, with every value in single quotes.
fn as_file(number: usize, list: &[(String, Vec<u8>)]) -> std::io::Result<Facts> {
    let mut text = Vec::new();
    for (name, value) in list {
        text.extend([name.as_bytes(), b"='", value, b"'\n"].concat());
    }
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("koomy-{number}.env"));
    std::fs::write(&path, text)?;
    Ok(env_files(&[path], Phase::Boot))
}

fn rules<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> BTreeSet<&'static str> {
    findings.into_iter().map(|finding| finding.rule().id).collect()
}

#[test]
fn the_three_files_are_permitted() -> Tested {
    let policy = Policy::built_in()?;
    for name in ["production", "sandbox", "local"] {
        let facts = file(name);
        let verdict = decide(Gate::Boot, &policy, &facts);
        assert_eq!(verdict.ruling(), Ruling::Permitted, "{name}: {:?}", rules(&verdict.findings));
        assert_eq!(verdict.environment.map(|found| found.name.value.as_str()), Some(name));
        assert_eq!(verdict.destinations().count(), 1, "{name}");
    }
    Ok(())
}

#[test]
fn every_single_change_is_refused_by_the_expected_rules() -> Tested {
    let policy = Policy::built_in()?;
    let mut wrong = Vec::new();
    for (number, (what, base, change, expected)) in every_row().iter().enumerate() {
        let expected: BTreeSet<_> = expected.iter().copied().collect();
        let ruling = if expected.is_empty() { Ruling::Permitted } else { Ruling::Refused };
        let list = changed(base, change);
        assert_ne!(list, variables(&file(base)), "{base}: {what} changes nothing");
        // A process never has a name twice, and a file never a carriage return.
        let has_return = list.iter().any(|(_, value)| value.contains(&b'\r'));
        let process = (!matches!(change, Again(_))).then(|| as_process(&list));
        let file = (!has_return).then(|| as_file(number, &list)).transpose()?;
        for facts in process.into_iter().chain(file) {
            let verdict = decide(Gate::Boot, &policy, &facts);
            let about = format!("{base}: {what}, in {}", facts.source.name());
            let found = (rules(&verdict.findings), verdict.ruling());
            if found != (expected.clone(), ruling) {
                wrong.push(format!("{about}: {:?}", found.0));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

/// The rules that are missing here are about things that no variable can say, or about
/// servers.
#[test]
fn every_rule_of_the_gate_is_in_the_table() {
    let expected = every_row().into_iter().flat_map(|(_, _, _, rules)| rules).copied();
    let expected: BTreeSet<_> = expected.collect();
    let of_gate = Rule::of(Gate::Boot).map(|rule| rule.id);
    let missing: Vec<_> = of_gate.filter(|id| !expected.contains(id)).collect();
    assert_eq!(
        missing,
        [
            "database-identity-matches",
            "database-role-is-least-privileged",
            "database-stamp-matches",
            "environment-is-expected",
            "environment-is-readable",
        ]
    );
}

/// If the policy gives no class, keys must still agree with each other.
#[test]
fn keys_of_different_modes_are_refused_without_a_class() -> Tested {
    let lines = include_str!("../policy.example.toml").lines();
    let lines = lines.filter(|line| !line.starts_with("class"));
    let policy = Policy::parse("without class", &lines.collect::<Vec<_>>().join("\n"))?;
    let table = [
        ("sandbox", Set("LANG", b"fr"), None),
        ("production", Set("LANG", b"fr"), None),
        ("sandbox", Edit("STRIPE_SECRET_KEY", live), Some("STRIPE_SECRET_KEY")),
        ("sandbox", Edit("STRIPE_PUBLISHABLE_KEY", live), Some("STRIPE_SECRET_KEY")),
        ("production", Edit("STRIPE_SECRET_KEY", test), Some("STRIPE_SECRET_KEY")),
    ];
    for (base, change, subject) in table {
        let facts = as_process(&changed(base, &change));
        let verdict = decide(Gate::Boot, &policy, &facts);
        let found: Vec<_> = verdict.findings.iter().map(|f| (f.rule().id, f.subject())).collect();
        let expected: Vec<_> = subject.map(|name| ("secret-has-class", name)).into_iter().collect();
        assert_eq!(found, expected, "{base}");
        for finding in &verdict.findings {
            assert!(finding.message().contains("of the same provider"), "{}", finding.message());
        }
    }
    Ok(())
}

/// A value is never in a message, whatever is wrong with it.
#[test]
fn no_finding_shows_a_value() -> Tested {
    let policy = Policy::built_in()?;
    for (what, base, change, _) in every_row() {
        let list = changed(base, &change);
        let facts = as_process(&list);
        for finding in &decide(Gate::Boot, &policy, &facts).findings {
            let said = format!("{} {}", finding.message(), finding.help());
            for (name, value) in &list {
                let Ok(value) = std::str::from_utf8(value) else { continue };
                let is_secret = value.len() > 11 && !value.starts_with("https://");
                assert!(!is_secret || !said.contains(value), "{base}: {what} shows {name}: {said}");
            }
        }
    }
    Ok(())
}

/// Without the quotes, readers of the file would read these values differently.
#[test]
fn a_value_that_readers_read_differently_is_refused() -> Tested {
    let policy = Policy::built_in()?;
    let text = include_str!("../examples/koomy/sandbox.env");
    let table = [
        ("SESSION_SECRET=w8Kf2mQx7Zr4 Tn9b3Vh6Jp1S", &["variable-has-one-value"][..]),
        ("SESSION_SECRET=w8Kf2mQx7Zr4$Tn9b3Vh6Jp1S", &["variable-has-one-value"]),
        ("SESSION_SECRET=\"w8Kf2mQx7Zr4 Tn9b3Vh6Jp1S\"", &[]),
        ("SESSION_SECRET='w8Kf2mQx7Zr4$Tn9b3Vh6Jp1S'", &[]),
        ("SESSION_SECRET=w8Kf2mQx7Zr4Tn9b3Vh6Jp1S # a comment", &[]),
        ("export SESSION_SECRET=w8Kf2mQx7Zr4Tn9b3Vh6Jp1S", &[]),
    ];
    for (number, (line, expected)) in table.into_iter().enumerate() {
        let kept = text.lines().filter(|line| !line.starts_with("SESSION_SECRET"));
        let changed: Vec<_> = kept.chain([line]).collect();
        let file = format!("koomy-line-{number}.env");
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(file);
        std::fs::write(&path, changed.join("\n"))?;
        let facts = env_files(&[path], Phase::Boot);
        let verdict = decide(Gate::Boot, &policy, &facts);
        assert_eq!(rules(&verdict.findings), expected.iter().copied().collect(), "{line}");
    }
    Ok(())
}

#[test]
fn a_file_that_is_not_understood_is_undecided() -> Tested {
    let policy = Policy::built_in()?;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (half, odd) = (folder.join("koomy-half.env"), folder.join("koomy-odd.env"));
    std::fs::write(&half, "KOOMY_ENV=sandbox\nDATABASE_URL=\"postgresql://half")?;
    std::fs::write(&odd, "KOOMY_ENV='production\r'\n")?;
    for path in [half, odd, folder.join("no-such.env"), folder.to_owned()] {
        let facts = env_files(&[path], Phase::Boot);
        assert!(!matches!(facts.variables, Observed::Seen(_)));
        let verdict = decide(Gate::Boot, &policy, &facts);
        assert_eq!(verdict.ruling(), Ruling::Undecided);
        assert_eq!(rules(&verdict.findings), BTreeSet::from(["environment-is-readable"]));
    }
    Ok(())
}
