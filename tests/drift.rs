//! The documents say what the code does.
//!
//! Parts of them are written from the library's own data, and the rest is held
//! to it: rules, keys, commands, links and examples all have to exist.
//! `UPDATE=1 cargo test --test drift` rewrites what is generated.
#![expect(
    clippy::disallowed_methods,
    reason = "reads documents, and the variable that updates them"
)]

#[path = "drift/generate.rs"]
mod generate;
#[path = "drift/markdown.rs"]
mod markdown;

use std::collections::BTreeSet;

use generate::{TABLES, dials, rules, secrets, table};
use koomy_guard::Policy;
use koomy_guard::policy::ProblemKind;
use koomy_guard::rules::{RULES, Rule};
use koomy_guard::secret::Secret;
use koomy_guard::target::{Engine, MOVERS, Target};
use markdown::*;

/// Compares a document with what it should be, or rewrites it.
fn hold(name: &str, expected: &str) {
    let path = root().join(name);
    if std::env::var_os("UPDATE").is_some() {
        assert!(std::fs::write(&path, expected).is_ok(), "cannot write {name}");
    }
    let found = read(&path);
    let line = found.lines().zip(expected.lines()).position(|(found, expected)| found != expected);
    assert!(
        found == expected,
        "{name} is out of date, first in line {}; run `UPDATE=1 cargo test --test drift`",
        line.unwrap_or(found.lines().count().min(expected.lines().count())) + 1,
    );
}

/// Holds what stands between the markers of a document.
fn hold_parts(name: &str, parts: &[(&str, String)]) {
    let text = read(&root().join(name));
    let mut expected = text.clone();
    for (marker, generated) in parts {
        let begin = format!("<!-- begin: {marker} -->\n");
        let cut = expected.split_once(&begin).and_then(|(before, rest)| {
            let (_, after) = rest.split_once("<!-- end -->")?;
            Some(format!("{before}{begin}\n{generated}\n<!-- end -->{after}"))
        });
        assert!(cut.is_some(), "{name} has no {begin}");
        expected = cut.unwrap_or_default();
    }
    assert_eq!(text.matches("<!-- begin: ").count(), parts.len(), "a marker that nothing fills");
    hold(name, &expected);
}

#[test]
fn the_rules_are_described_from_the_rules() {
    hold("docs/rules.md", &rules());
}

#[test]
fn the_kinds_of_secrets_are_described_from_the_kinds() {
    hold("docs/secrets.md", &secrets());
}

#[test]
fn the_keys_of_a_policy_are_described_from_the_format() {
    let wrong = fences(&read(&root().join("docs/policy.md")))
        .into_iter()
        .find(|(info, _)| info == "toml,wrong")
        .expect("an example of a wrong policy");
    let said = Policy::parse("policy.toml", &wrong.1).expect_err("a problem");
    let tables = TABLES.iter().map(|(marker, _, keys)| (*marker, table(keys)));
    let error = ("error", format!("```text\n{said}\n```\n"));
    hold_parts("docs/policy.md", &tables.chain([error]).collect::<Vec<_>>());
}

#[test]
fn what_drivers_dial_is_described_from_the_records() {
    let movers = MOVERS.iter().map(|name| format!("- `{name}`\n")).collect();
    hold_parts("docs/database-urls.md", &[("dials", dials()), ("movers", movers)]);
}

#[test]
fn every_example_of_a_url_is_judged_as_the_document_says() {
    let mut judged = [0, 0];
    for (name, text) in documents() {
        for (info, block) in fences(&text) {
            for line in block.lines().filter(|_| info.starts_with("url")) {
                let engine = match line.split_once("mysql:") {
                    Some(("", _)) => Engine::MySql,
                    Some(_) | None => Engine::Postgres,
                };
                let accepted = Target::parse(engine, &Secret::new(line)).is_ok();
                assert_eq!(accepted, info == "url", "{name}: {line}");
                judged[usize::from(accepted)] += 1;
            }
        }
    }
    assert!(judged.iter().all(|count| *count > 3), "{judged:?}");
}

#[test]
fn every_example_of_a_key_has_its_form() {
    for (_, header, keys) in TABLES {
        for key in keys.iter().filter(|key| !key.example.is_empty()) {
            let text = format!("{header}\n{} = {}\n", key.name, key.example);
            assert_eq!(misfits(&text), Vec::<String>::new(), "{text}");
        }
    }
}

#[test]
fn every_example_of_a_policy_is_one() {
    let mut complete = 0;
    for (name, text) in documents() {
        for (info, block) in fences(&text) {
            let parsed = Policy::parse("policy.toml", &block);
            match info.as_str() {
                "toml" if block.starts_with("version = 1") => {
                    complete += 1;
                    assert!(parsed.is_ok(), "{name}: {}", parsed.unwrap_err());
                }
                "toml" => assert_eq!(misfits(&block), Vec::<String>::new(), "{name}\n{block}"),
                "toml,wrong" => assert!(parsed.is_err(), "{name}\n{block}"),
                _ => {}
            }
        }
    }
    assert!(complete > 0, "no document has a complete policy");
}

#[test]
fn every_link_leads_somewhere() {
    let mut followed = 0;
    for (name, text) in documents() {
        let from = root().join(&name);
        for link in links(&text) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = match file {
                "" => from.clone(),
                file => from.parent().unwrap_or(&from).join(file),
            };
            assert!(target.exists(), "{name}: {link}");
            let known = anchor.is_empty() || anchors(&read(&target)).contains(anchor);
            assert!(known, "{name}: {link}, no such heading");
            followed += 1;
        }
    }
    assert!(followed > 10, "{followed}");
}

#[test]
fn every_name_in_a_document_exists() {
    let keys: BTreeSet<_> =
        TABLES.iter().flat_map(|(_, _, keys)| keys.iter().map(|key| key.name)).collect();
    let mut named = 0;
    for (name, text) in documents() {
        let commands = fences(&text).into_iter().flat_map(|(_, block)| command_lines(&block));
        for span in spans(&text).into_iter().chain(commands) {
            if is_rule_like(&span) {
                named += 1;
                assert!(Rule::by_id(&span).is_some(), "{name}: no rule `{span}`");
            }
            if let Some(command) = command(&span) {
                assert!(COMMANDS.contains(&command), "{name}: no command in `{span}`");
            }
            if let Some(key) = key(&span) {
                assert!(keys.contains(key), "{name}: no key in `{span}`");
            }
            if span.starts_with("docs/") || span.starts_with("src/") || span.starts_with("tests/") {
                assert!(root().join(&span).exists(), "{name}: no file `{span}`");
            }
        }
    }
    assert!(named > RULES.len(), "{named}");
}

/// What in `text` the format does not have, whatever else a policy needs.
fn misfits(text: &str) -> Vec<String> {
    let problems = Policy::parse("policy.toml", text).err();
    let problems = problems.iter().flat_map(|error| error.problems());
    problems
        .filter(|problem| match &problem.kind {
            ProblemKind::Syntax(_)
            | ProblemKind::UnknownKey { .. }
            | ProblemKind::WrongValue { .. } => true,
            ProblemKind::UnknownName { what, .. } => *what == "kind of secret",
            _ => false,
        })
        .map(|problem| problem.kind.to_string())
        .collect()
}

/// MIRRORS: the subcommands of `guard-cli`.
const COMMANDS: &[&str] = &[
    "check",
    "completions",
    "exec",
    "explain",
    "init",
    "man",
    "policy",
    "rules",
    "selftest",
    "target",
];
