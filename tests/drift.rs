//! Checks that the documents say what the code does.
//!
//! Parts of them are generated from the library's own data, and the rest is checked
//! against it: rules, keys, commands, links and examples must all exist. `UPDATE=1 cargo
//! test --test drift` rewrites the generated parts.
#![expect(
    clippy::disallowed_methods,
    reason = "reads documents, and the variable that updates them"
)]

#[path = "drift/generate.rs"]
mod generate;
#[path = "drift/markdown.rs"]
mod markdown;

use std::collections::BTreeSet;
use std::sync::Once;

use generate::{TABLES, dials, rules, secrets, table};
use koomy_guard::policy::ProblemKind;
use koomy_guard::rules::{RULES, Rule};
use koomy_guard::secret::Secret;
use koomy_guard::target::{Engine, MOVERS, Target};
use koomy_guard::{Policy, selftest};
use markdown::{
    anchors, command, command_lines, fences, is_rule_like, key, links, read, root, spans,
};
use toml::de::DeTable;

/// The documents that are generated, completely or in part.
const GENERATED: [&str; 4] =
    ["docs/rules.md", "docs/secrets.md", "docs/policy.md", "docs/database-urls.md"];

#[test]
fn what_is_generated_is_up_to_date() {
    update();
    for name in GENERATED {
        let (found, expected) = (read(&root().join(name)), expected(name));
        let mut lines = found.lines().zip(expected.lines());
        let line = lines.position(|(found, expected)| found != expected);
        let line = line.map_or("at its end".to_owned(), |line| format!("in line {}", line + 1));
        let message = format!("{name} differs {line}; run `UPDATE=1 cargo test --test drift`");
        assert!(found == expected, "{message}");
        let filled = [0, 0, TABLES.len() + 1, 2];
        let parts = GENERATED.iter().zip(filled).find(|(known, _)| **known == name);
        assert_eq!(Some(found.matches("<!-- begin: ").count()), parts.map(|(_, count)| count));
    }
}

fn expected(name: &str) -> String {
    let text = read(&root().join(name));
    match name {
        "docs/rules.md" => rules(),
        "docs/secrets.md" => secrets(),
        "docs/policy.md" => {
            let wrong = fences(&text).into_iter().find(|(info, _)| info == "toml,wrong");
            let said = wrong.and_then(|(_, wrong)| Policy::parse("policy.toml", &wrong).err());
            let said = said.map(|said| format!("```text\n{said}\n```\n")).unwrap_or_default();
            let tables = TABLES.iter().map(|(marker, _, keys)| (*marker, table(keys)));
            filled(&text, tables.chain([("error", said)]))
        }
        _ => {
            let movers = MOVERS.iter().map(|name| format!("- `{name}`\n")).collect();
            filled(&text, [("dials", dials()), ("movers", movers)])
        }
    }
}

/// Fills in the text between its markers; `None` if one of them is missing.
fn filled(text: &str, parts: impl IntoIterator<Item = (&'static str, String)>) -> String {
    let fill = |text: String, (marker, part): (&str, String)| {
        let begin = format!("<!-- begin: {marker} -->\n");
        let (before, rest) = text.split_once(&begin)?;
        let (_, after) = rest.split_once("<!-- end -->")?;
        Some(format!("{before}{begin}\n{part}\n<!-- end -->{after}"))
    };
    parts.into_iter().try_fold(text.to_owned(), fill).unwrap_or_default()
}

/// Rewrites the generated documents, once and before any test reads them, if asked to.
fn update() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        if std::env::var_os("UPDATE").is_some() {
            for name in GENERATED {
                let expected = expected(name);
                // INVARIANT: a document that lost a marker is not emptied.
                if !expected.is_empty() {
                    // A document that cannot be written is then found out of date.
                    let _ = std::fs::write(root().join(name), expected);
                }
            }
        }
    });
}

fn documents() -> Vec<(String, String)> {
    update();
    markdown::documents()
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
        for (key, example) in keys.iter().filter_map(|key| Some((key, key.example?))) {
            let text = format!("{header}\n{} = {example}\n", key.name);
            assert_eq!(misfits(&text), Vec::<String>::new(), "{text}");
        }
    }
}

/// A pipe, a group or a substitution continues when the command fails, and the seed would
/// then run without its assertion.
#[test]
fn no_example_runs_a_seed_whose_assertion_is_missing() {
    let mut assertions = 0;
    for (name, text) in documents() {
        for (_, block) in fences(&text) {
            for line in block.lines().filter(|line| line.contains("guard-cli sql assert")) {
                assertions += 1;
                assert!(!line.contains(['|', '{', '(', '`', ';']), "{name}: {line}");
            }
        }
    }
    assert!(assertions > 1, "no document shows how");
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
                    let policy = parsed.unwrap_or_else(|error| panic!("{name}: {error}"));
                    let tried = selftest::run(&policy);
                    assert!(tried.is_proof(), "{name}: {tried:?}");
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
fn every_module_is_in_the_architecture() {
    let text = read(&root().join("docs/architecture.md"));
    let listed = std::fs::read_dir(root().join("src")).unwrap();
    let files = listed.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let modules: Vec<_> = files.map(|file| file.trim_end_matches(".rs").to_owned()).collect();
    assert!(modules.len() > 10, "{modules:?}");
    for module in modules {
        assert!(text.contains(&format!("\n| `{module}` | ")), "{module}");
    }
}

#[test]
fn every_dependency_has_a_reason() {
    let reasons = anchors(&read(&root().join("docs/dependencies.md")));
    for manifest in ["Cargo.toml", "guard-cli/Cargo.toml", "examples/axum-service/Cargo.toml"] {
        let text = read(&root().join(manifest));
        let manifest = DeTable::parse(&text).unwrap();
        for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let table = manifest.get_ref().get(kind).and_then(|table| table.get_ref().as_table());
            for (name, _) in table.into_iter().flatten() {
                let name = name.get_ref();
                assert!(reasons.contains(name.as_ref()), "docs/dependencies.md lacks `{name}`");
            }
        }
    }
}

#[test]
fn every_link_has_a_target() {
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
    let known = commands();
    assert!(known.contains("check"), "{known:?}");
    let mut named = 0;
    for (name, text) in documents() {
        let commands = fences(&text).into_iter().flat_map(|(_, block)| command_lines(&block));
        for span in spans(&text).into_iter().chain(commands) {
            if is_rule_like(&span) {
                named += 1;
                assert!(Rule::by_id(&span).is_some(), "{name}: no rule `{span}`");
            }
            if let Some(command) = command(&span) {
                assert!(known.contains(command), "{name}: no command in `{span}`");
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

/// The parts of `text` that the format does not have, whatever else a policy needs.
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

/// The subcommands, from the only place that lists them.
fn commands() -> BTreeSet<String> {
    let text = read(&root().join("guard-cli/src/args.rs"));
    let list = text.split_once("enum Command {").map_or("", |(_, rest)| rest);
    let list = list.split_once("\n}").map_or("", |(list, _)| list);
    let names = list.lines().filter_map(|line| line.trim().split_once('('));
    names.map(|(name, _)| name.to_ascii_lowercase()).collect()
}
