//! What every format reports: the same findings, correct places, no value.
#![cfg(feature = "report")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that finds something else fails there"
)]

#[path = "report/cases.rs"]
mod cases;
#[path = "report/documents.rs"]
mod documents;
#[path = "report/readers.rs"]
mod readers;

use std::path::Path;

use cases::Case;
use koomy_guard::Policy;
use koomy_guard::finding::{Finding, LabelRole};
use koomy_guard::gate::{Comparison, Gate, Verdict, compare, decide};
use koomy_guard::report::{Color, Format, Report, Style, Tool};

pub(crate) fn report(format: Format, style: Style) -> Report {
    Report { format, style, tool: Tool { name: "guard-cli", version: "0.1.0" } }
}

pub(crate) fn plain(width: usize) -> Style {
    Style { color: Color::Plain, width }
}

/// The output for all cases, in one format.
fn printed(format: Format, style: Style, policy: &Policy) -> Vec<(Case, String)> {
    let alone = cases::alone().into_iter().map(|case| {
        let text = report(format, style).verdict(policy, &judged(policy, &case));
        (case, text)
    });
    let compared = cases::compared().into_iter().map(|case| {
        let comparison = compare(policy, &case.facts);
        let text = report(format, style).comparison(policy, &comparison);
        (case, text)
    });
    alone.chain(compared).collect()
}

fn judged<'a>(policy: &'a Policy, case: &'a Case) -> Verdict<'a> {
    decide(Gate::Boot, policy, &case.facts[0])
}

fn all(comparison: &Comparison<'_>) -> Vec<Finding> {
    let alone = comparison.verdicts.iter().flat_map(|verdict| &verdict.findings);
    alone.chain(&comparison.findings).cloned().collect()
}

/// Every finding of every case.
fn findings(policy: &Policy) -> Vec<Finding> {
    let alone = cases::alone();
    let alone = alone.iter().flat_map(|case| judged(policy, case).findings.as_slice().to_vec());
    let compared = cases::compared();
    let compared = compared.iter().flat_map(|case| all(&compare(policy, &case.facts)));
    alone.chain(compared).collect()
}

#[test]
fn every_format_reports_the_same_findings_in_the_same_order() {
    for policy in [cases::policy(), cases::policy_file()] {
        let [human, json, sarif, github] =
            [Format::Human, Format::Json, Format::Sarif, Format::Github]
                .map(|format| printed(format, plain(80), &policy));
        for (((human, json), sarif), github) in human.iter().zip(&json).zip(&sarif).zip(&github) {
            let name = human.0.name;
            let documented = readers::json(&json.1);
            assert_eq!(readers::sarif(&sarif.1), documented, "{name}");
            let shown = readers::human(&human.1);
            assert_eq!(shown.len(), documented.len(), "{name}");
            for (shown, documented) in shown.iter().zip(&documented) {
                assert_eq!((&shown.rule, &shown.outcome), (&documented.rule, &documented.outcome));
                assert!(name == "hostile" || shown.message == documented.message, "{name}");
            }
            if name != "lonely" {
                assert_eq!(readers::github(&github.1), shown, "{name}");
            }
        }
    }
}

#[test]
fn every_label_is_at_the_token_that_it_names() {
    let policy = cases::policy();
    let found = findings(&policy);
    assert!(found.len() > 12);
    let mut counted = [0, 0, 0];
    for label in found.iter().flat_map(Finding::labels) {
        let Some(span) = label.place.span else { continue };
        let token = label.place.source.slice(span).unwrap();
        assert!(!token.is_empty() && !token.contains('='), "{token:?}");
        let location = label.place.location().unwrap();
        let text = label.place.source.shown().unwrap();
        let line = text.split('\n').nth(location.line - 1).unwrap();
        let at: String = line.chars().skip(location.column - 1).collect();
        assert!(at.starts_with(token.lines().next().unwrap()), "{token:?} is not at {at:?}");
        counted[label.role as usize] += 1;
    }
    assert!(counted.iter().all(|count| *count > 0), "{counted:?}");

    let named = found.iter().filter(|finding| finding.rule().id != "environment-is-readable");
    for finding in named {
        let cause = finding.labels().first().unwrap();
        assert_eq!(cause.role, LabelRole::Cause);
        if let Some(token) = cause.place.span.and_then(|span| cause.place.source.slice(span)) {
            assert_eq!(token, finding.subject());
        }
    }
}

#[test]
fn no_value_is_printed_in_any_format() {
    for format in Format::ALL {
        for color in [Color::Plain, Color::Ansi] {
            let style = Style { color, width: 100 };
            for (case, text) in printed(*format, style, &cases::policy()) {
                let text = readers::plain(&text);
                assert!(!text.to_lowercase().contains("canary"), "{}:\n{text}", case.name);
                for value in &case.values {
                    assert!(!text.contains(value), "{}: a value is printed", case.name);
                }
            }
        }
    }
}

#[test]
fn an_env_file_given_as_a_policy_is_not_quoted() {
    let texts = [
        "KOOMY_ENV=\"sandbox\"\nJWT_SECRET=\"canary\"\n",
        "JWT_SECRET=canary\n",
        "export JWT_SECRET=canary\n",
        "# version = 1\nversion = \"1\"\nJWT_SECRET = 'canary'\n",
        "version=1\nJWT_SECRET=canary\n",
        "version = 1\nexport JWT_SECRET='canary'\n[environments.x]\n",
        "version=1\ndatabase_url=postgres://u:canary@h/d\n",
        "version=1\npassword=canary\n",
        "[databases]\nmain = host=h password=canary\n",
        "variables:\n  password: canary\nversion: canary\n",
    ];
    for text in texts {
        let error = Policy::parse(".env", text).unwrap_err();
        for format in Format::ALL {
            let text = report(*format, plain(80)).policy_error(&error);
            assert!(!text.contains("canary"), "{text}");
        }
    }
}

#[test]
fn a_policy_without_its_version_is_quoted() {
    let rest = "name = 'n'\n[environments.x]\ndata = 'reel'\n[variables.E]\nis = 'environment'\n";
    for version in ["version = \"1\"\n", "version = 2\n", "version = 1\n", ""] {
        let error = Policy::parse("policy.toml", &format!("{version}{rest}")).unwrap_err();
        let text = report(Format::Human, plain(80)).policy_error(&error);
        assert!(text.contains("data = 'reel'") && text.contains("^^^^^^"), "{version}\n{text}");
    }
}

#[test]
fn a_hostile_name_forges_no_line() {
    let is_hidden =
        |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{2069}').contains(&c);
    for format in Format::ALL {
        for (case, text) in printed(*format, plain(100), &cases::policy()) {
            let name = (case.name, format.name());
            assert!(!text.contains(is_hidden), "{name:?}:\n{text}");
            if !matches!(format, Format::Json | Format::Sarif) {
                assert!(!text.contains("##["), "{name:?}");
                assert!(!text.lines().any(|line| line.trim().starts_with("::error::")), "{name:?}");
            }
        }
    }
}

#[test]
fn colours_change_nothing_else() {
    let policy = cases::policy();
    let plain = printed(Format::Human, plain(80), &policy);
    let ansi = printed(Format::Human, Style { color: Color::Ansi, width: 80 }, &policy);
    for ((case, plain), (_, ansi)) in plain.iter().zip(&ansi) {
        assert_ne!(plain, ansi, "{}", case.name);
        assert_eq!(*plain, readers::plain(ansi), "{}", case.name);
    }
}

#[test]
fn quoted_lines_fit_the_terminal() {
    for width in [40, 60, 80, 120] {
        for (case, text) in printed(Format::Human, plain(width), &cases::policy()) {
            let quoted = text.lines().filter(|line| {
                line.trim_start().starts_with(|c: char| c.is_ascii_digit()) && line.contains(" | ")
            });
            // LIMIT: marks that span several lines are not cut.
            for line in quoted.filter(|_| case.name != "hostile") {
                assert!(line.chars().count() <= width, "{} at {width}: {line}", case.name);
            }
        }
    }
}

#[test]
fn an_environment_that_is_permitted_takes_one_line() {
    let policy = cases::policy();
    for (case, text) in printed(Format::Human, plain(80), &policy) {
        let is_permitted = matches!(case.name, "permitted" | "apart");
        assert_eq!(text.lines().count() == 1, is_permitted, "{}:\n{text}", case.name);
        assert_eq!(text.starts_with("permitted: ") && text.lines().count() == 1, is_permitted);
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "`UPDATE=1` rewrites the snapshots")]
fn people_read_what_the_snapshots_show() {
    let mut snapshots = Vec::new();
    for width in [60, 120] {
        for (case, text) in printed(Format::Human, plain(width), &cases::policy()) {
            snapshots.push((format!("{}-{width}.txt", case.name), text));
        }
        let error = Policy::parse("policy.toml", cases::WRONG_POLICY).unwrap_err();
        let text = report(Format::Human, plain(width)).policy_error(&error);
        snapshots.push((format!("wrong-policy-{width}.txt"), text));
    }
    let valid = report(Format::Human, plain(0)).policy_valid(&cases::policy_file());
    snapshots.push(("valid-policy.txt".to_owned(), valid));
    for (name, text) in snapshots {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/report").join(&name);
        if std::env::var("UPDATE").is_ok() {
            std::fs::write(&path, &text).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), text, "{name}");
    }
}
