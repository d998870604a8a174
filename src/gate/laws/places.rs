//! Every place is correct: its text is what the finding is about.

use super::violations::{every_change, pairs};
use super::*;

/// The variables of a file, as a dotenv reader sees them.
fn file(name: &str, pairs: &[(&str, String)]) -> Facts {
    let text: String = pairs.iter().map(|(name, value)| format!("{name}='{value}'\n")).collect();
    let parsed = dotenv::parse(name, format!("# a file\n\n{text}").as_bytes());
    assert!(parsed.problems.is_empty(), "{:?}", parsed.problems);
    let source = parsed.source;
    let seen = parsed.entries.into_iter().map(|entry| Seen {
        name: entry.key,
        value: entry.value,
        place: Place::at(&source, entry.span),
        also: Vec::new(),
        doubt: None,
    });
    let variables = Observed::Seen(Variables::from_source(seen));
    Facts { variables, source, ..Facts::assume().facts() }
}

/// A file of an environment with every change that does not rename the environment.
pub(super) fn with_every_change(environment: &str) -> Facts {
    file(".env", &pairs(environment, &every_change(environment)))
}

/// Files of two environments with the same values, in reverse order.
pub(super) fn with_all_shared() -> [Facts; 2] {
    let production = pairs("production", &[]);
    let mut sandbox = pairs("sandbox", &[]);
    for (name, value) in &mut sandbox {
        let same = production.iter().find(|(known, _)| known == name);
        if let (false, Some((_, same))) = (name.ends_with("ENV") || name.contains("STRIPE"), same) {
            value.clone_from(same);
        }
    }
    sandbox.reverse();
    [file("production.env", &production), file("sandbox.env", &sandbox)]
}

#[test]
fn every_place_is_true() {
    let policy = Policy::built_in().unwrap();
    let mut looked_at = 0;
    for change in ALONE.iter().filter(|change| change.rule != "environment-is-readable") {
        let mut facts = file(".env", &pairs(change.environment, change.set));
        facts.expected = change.expecting.map(str::to_owned);
        let facts = change.tell(facts);
        looked_at += hold(&policy, &decide(change.gate, &policy, &facts).findings);
    }
    for environment in ["production", "sandbox", "local"] {
        let facts = with_every_change(environment);
        looked_at += hold(&policy, &decide(Gate::Boot, &policy, &facts).findings);
    }
    let production = pairs("production", &[]);
    for name in ["DATABASE_URL", "JWT_SECRET"] {
        let mut sandbox = pairs("sandbox", &[]);
        let value = &production.iter().find(|(known, _)| *known == name).unwrap().1;
        sandbox.iter_mut().find(|(known, _)| *known == name).unwrap().1.clone_from(value);
        let environments = [file("production.env", &production), file("sandbox.env", &sandbox)];
        let comparison = compare(&policy, &environments);
        looked_at += hold(&policy, &comparison.findings);
        for verdict in &comparison.verdicts {
            looked_at += hold(&policy, &verdict.findings);
        }
    }
    assert!(looked_at > 100, "{looked_at}");
}

/// Checks every label, and returns how many there were.
fn hold(policy: &Policy, findings: &Findings) -> usize {
    for finding in findings {
        let causes = finding.labels().iter().filter(|label| label.role == LabelRole::Cause).count();
        assert_eq!((causes, finding.labels()[0].role), (1, LabelRole::Cause));
        for label in finding.labels() {
            let source = &label.place.source;
            let Some(span) = label.place.span else {
                // Only something that is missing has no line.
                assert!(label.role == LabelRole::Cause && finding.message().contains("not set"));
                continue;
            };
            let shown = source.slice(span).unwrap();
            let location = label.place.location().unwrap();
            let line = source.shown().unwrap().lines().nth(location.line - 1).unwrap();
            let from: String = line.chars().skip(location.column - 1).collect();
            assert!(from.starts_with(shown.lines().next().unwrap()), "{}", label.place);
            if source == policy.source() {
                assert!(is_token(source.shown().unwrap(), span.start, span.end), "{shown:?}");
                assert_ne!(label.role, LabelRole::Cause);
            } else {
                assert_ne!(label.role, LabelRole::DecidedBy);
                let is_name = shown.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
                assert!(is_name && line.starts_with(&format!("{shown}=")), "{shown:?}");
                assert!(
                    label.role == LabelRole::Related || shown == finding.subject(),
                    "{shown:?}"
                );
            }
        }
    }
    findings.iter().map(|finding| finding.labels().len()).sum()
}

/// Whether a range of TOML is a complete key, string, list or table.
fn is_token(text: &str, start: usize, end: usize) -> bool {
    let bytes = text.as_bytes();
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-".contains(byte);
    let token = &bytes[start..end];
    match token {
        [] => false,
        [b'"', .., b'"'] => !token[1..token.len() - 1].contains(&b'"'),
        [b'[', .., b']'] | [b'{', .., b'}'] => !token.contains(&b'\n'),
        word => {
            word.iter().all(is_word)
                && !bytes[..start].last().is_some_and(|byte| is_word(byte) || *byte == b'"')
                && !bytes.get(end).is_some_and(is_word)
        }
    }
}

#[test]
fn a_token_is_whole() {
    let table = [
        (0, 1, true),
        (4, 9, true),
        (4, 8, false),
        (5, 9, false),
        (5, 8, false),
        (13, 18, true),
        (13, 17, false),
        (12, 12, false),
        (20, 22, false),
        (21, 23, false),
        (20, 23, true),
    ];
    for (start, end, whole) in table {
        assert_eq!(is_token("a = \"str\"\nb= ['x'] \nkey", start, end), whole, "{start}..{end}");
    }
}
