//! The documents say what the code does.
//!
//! Parts of them are written from the library's own data, and the rest is held
//! to it: rules, keys, commands, links and examples all have to exist.
//! `UPDATE=1 cargo test --test drift` rewrites what is generated.
#![expect(
    clippy::disallowed_methods,
    reason = "reads documents, and the variable that updates them"
)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use koomy_guard::Policy;
use koomy_guard::dotenv;
use koomy_guard::policy::ProblemKind;
use koomy_guard::policy::format::{self, Key, Need};
use koomy_guard::rules::{RULES, Rule};
use koomy_guard::secret::{Class, Kind, Secret};
use koomy_guard::target::{Engine, MOVERS, Target};
use serde_json::Value;

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
fn every_example_of_an_env_file_is_judged_as_the_document_says() {
    let mut judged = [0, 0];
    for (name, text) in documents() {
        for (info, block) in fences(&text) {
            match info.as_str() {
                "dotenv" => {
                    assert_eq!(
                        dotenv::parse("f", block.as_bytes()).problems,
                        [],
                        "{name}\n{block}"
                    );
                    judged[1] += block.lines().count();
                }
                "dotenv,refused" => {
                    for line in block.lines() {
                        let problems = dotenv::parse("f", line.as_bytes()).problems;
                        assert_eq!(problems.len(), 1, "{name}: {line}");
                        judged[0] += 1;
                    }
                }
                _ => {}
            }
        }
    }
    assert!(judged.iter().all(|count| *count > 5), "{judged:?}");
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

fn rules() -> String {
    let mut out = format!(
        "# Rules\n\n{WRITTEN}\n\nA gate asks its rules, all of them, each time. A finding prints as \
         `refused[RULE]`;\n`guard-cli explain RULE` prints the section below, \
         `guard-cli rules` the table.\n\n| rule | gates | what must hold |\n| --- | --- | --- |\n"
    );
    for rule in RULES {
        let _ = writeln!(out, "| [`{0}`](#{0}) | {1} | {2} |", rule.id, gates(rule), rule.summary);
    }
    for rule in RULES {
        let explain = rule.explain.replace("## ", "### ").replace("\n### ", "\n\n### ");
        let explain = explain.replace("\n\n\n", "\n\n");
        let explain =
            explain
                .lines()
                .map(|line| {
                    if line.starts_with('#') { format!("{line}\n\n") } else { format!("{line}\n") }
                })
                .collect::<String>();
        let _ = write!(out, "\n## `{}`\n\nGate: {}.\n\n{}", rule.id, gates(rule), explain);
    }
    out
}

fn gates(rule: &Rule) -> String {
    let names: Vec<_> = rule.gates.iter().map(|gate| gate.name()).collect();
    names.join(", ")
}

fn secrets() -> String {
    let mut out = format!(
        "# Kinds of secrets\n\n{WRITTEN}\n\nThe `kind` of a variable with `is = \"secret\"` is one of \
         these; `random` when it is\nleft out. A value is judged by its form, as a whole. *Modes* are \
         the classes that the\nform tells apart, for the key `class`. *Public* values are made to be\nshown.\n\nForms change. One that is not known yet is \
         refused where its kind is declared;\ndeclare `kind = \"random\"` until it is.\n\n\
         | kind | provider | what it is | modes | public |\n| --- | --- | --- | --- | --- |\n"
    );
    for kind in Kind::ALL {
        let modes: Vec<_> =
            Class::ALL.into_iter().filter(|class| kind.tells(*class)).map(Class::name).collect();
        let _ = writeln!(
            out,
            "| `{}` | {} | {} | {} | {} |",
            kind.id(),
            kind.provider(),
            cell(kind.what()),
            modes.join(", "),
            if kind.is_public() { "yes" } else { "" },
        );
    }
    out
}

/// What each driver dialed, for the cases that show the most.
fn dials() -> String {
    let recorded: Value = serde_json::from_str(RECORDED).unwrap_or_default();
    let cases = recorded.get("cases").and_then(Value::as_array).into_iter().flatten();
    let heads: Vec<_> = CLIENTS.iter().map(|(_, name)| *name).collect();
    let mut out = format!("| connection | {} |\n|{}\n", heads.join(" | "), " --- |".repeat(9));
    for case in cases.filter(|case| CASES.iter().any(|id| case["id"] == *id)) {
        let input = case["input"].as_str().unwrap_or_default();
        let env = case["env"].as_object().into_iter().flatten();
        let env: String = env
            .map(|(name, value)| format!(" `{name}={}`", value.as_str().unwrap_or_default()))
            .collect();
        let seen = CLIENTS.iter().map(|(client, _)| dialed(&case["clients"][*client]));
        let _ =
            writeln!(out, "| `{}`{env} | {} |", short(input), seen.collect::<Vec<_>>().join(" | "));
    }
    out
}

fn dialed(client: &Value) -> String {
    let dials = client["dials"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let dials: Vec<_> = dials.map(|dial| short(dial).replace(":5432", "")).collect();
    let database = client["dbname"].as_str().filter(|name| *name != "appdb");
    match (dials.as_slice(), database) {
        ([], _) => "refused".to_owned(),
        (dials, Some(name)) if name.contains("proddb") => {
            format!("{}, `{}`", dials.join(" + "), name)
        }
        (dials, _) => dials.join(" + "),
    }
}

fn short(text: &str) -> String {
    let text = text.replace("postgresql://app:pw@", "…@").replace(".example.com", "");
    text.replace("unix:/var/run/postgresql/.s.PGSQL.5432", "the socket")
}

fn table(keys: &[Key]) -> String {
    let mut out =
        "| key | value | | meaning | example |\n| --- | --- | --- | --- | --- |\n".to_owned();
    for key in keys {
        let need = match key.need {
            Need::Required => "required",
            Need::Optional => "",
        };
        let example = match key.example {
            "" => String::new(),
            example => format!("`{example}`"),
        };
        let shape = match key.shape {
            format::Shape::Integer(low, high) if low == high => format!("`{low}`"),
            _ => key.shape.describe(),
        };
        let cells = [&shape, need, key.doc, &example].map(cell);
        let _ = writeln!(out, "| `{}` | {} |", key.name, cells.join(" | "));
    }
    out
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
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

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

/// Every document, by its path from the root.
fn documents() -> Vec<(String, String)> {
    let listed = std::fs::read_dir(root().join("docs")).into_iter().flatten().flatten();
    let mut names: Vec<_> = listed
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name.ends_with(".md"))
        .map(|name| format!("docs/{name}"))
        .collect();
    names.sort();
    let top = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md"].map(str::to_owned);
    let names = top.into_iter().chain(names).filter(|name| root().join(name).exists());
    names.map(|name| (name.clone(), read(&root().join(&name)))).collect()
}

/// The blocks between fences, each with what stands after its first fence.
fn fences(text: &str) -> Vec<(String, String)> {
    let parts: Vec<_> = format!("\n{text}").split("\n```").map(str::to_owned).collect();
    let inside = parts.iter().skip(1).step_by(2);
    let split = inside.map(|part| part.split_once('\n').unwrap_or((part, "")));
    split.map(|(info, block)| (info.to_owned(), format!("{block}\n"))).collect()
}

/// The text without the blocks between fences.
fn prose(text: &str) -> String {
    format!("\n{text}").split("\n```").step_by(2).collect::<Vec<_>>().join("\n")
}

/// Where the links lead: `[…](here)` and `[…]: here`.
fn links(text: &str) -> Vec<String> {
    let prose = prose(text);
    let inline = prose.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let named = prose.lines().filter(|line| line.starts_with('['));
    let named = named.filter_map(|line| line.split_once("]: ").map(|(_, link)| link));
    inline.chain(named).map(str::to_owned).collect()
}

/// What stands in backticks.
fn spans(text: &str) -> Vec<String> {
    let prose = prose(text);
    let lines = prose.split("\n\n").flat_map(|paragraph| paragraph.split('`').skip(1).step_by(2));
    lines.map(|span| span.replace('\n', " ")).collect()
}

/// The anchors of the headings, as they are on GitHub.
fn anchors(text: &str) -> BTreeSet<String> {
    let prose = prose(text);
    let headings = prose.lines().filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let kept = |c: &char| c.is_alphanumeric() || " -_".contains(*c);
            let heading = line.trim_start_matches('#').trim().to_lowercase();
            heading.chars().filter(kept).map(|c| if c == ' ' { '-' } else { c }).collect()
        })
        .collect()
}

fn is_rule_like(span: &str) -> bool {
    let words: Vec<_> = span.split('-').collect();
    let is_word = |word: &&str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase());
    let verbs = ["is", "are", "has", "belongs", "matches"];
    words.iter().all(|word| is_word(&word)) && words.iter().skip(1).any(|word| verbs.contains(word))
}

fn command_lines(block: &str) -> Vec<String> {
    let lines = block.lines().map(|line| line.trim_start_matches("$ "));
    lines.filter(|line| line.starts_with("guard-cli ")).map(str::to_owned).collect()
}

/// The subcommand after `guard-cli` and its global options.
fn command(span: &str) -> Option<&str> {
    let mut words = span.strip_prefix("guard-cli ")?.split_whitespace();
    words.find(|word| !word.starts_with('-'))
}

/// The key of `key = value`.
fn key(span: &str) -> Option<&str> {
    let (key, _) = span.split_once(" = ")?;
    let is_key = key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    is_key.then_some(key)
}

const WRITTEN: &str = "<!-- Written by tests/drift.rs. Do not edit: change the code, then run\n     \
                       `UPDATE=1 cargo test --test drift`. -->";

const RECORDED: &str = include_str!("data/url-targets.json");

/// The drivers whose dials were recorded, by their names there and in prose.
const CLIENTS: [(&str, &str); 8] = [
    ("libpq-bundled", "libpq"),
    ("tokio-postgres", "tokio-postgres"),
    ("sqlx", "sqlx"),
    ("node-pg", "node-pg"),
    ("postgres.js", "postgres.js"),
    ("asyncpg", "asyncpg"),
    ("pgx", "pgx"),
    ("lib-pq", "lib/pq"),
];

const CASES: &[u64] = &[35, 37, 56, 66, 106, 117, 132, 152, 165, 175, 207, 225, 6, 242, 245, 247];

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

/// The tables of the format: marker, how to open one, keys.
static TABLES: &[(&str, &str, &[Key])] = &[
    ("top", "", format::POLICY),
    ("environments", "[environments.sandbox]", format::ENVIRONMENT),
    ("debug", "[environments.sandbox.debug]", format::DEBUG),
    ("databases", "[databases.koomy-main]", format::DATABASE),
    ("branch", "[databases.koomy-main.branch]", format::BRANCH),
    ("connections", "[connections.primary]", format::CONNECTION),
    ("variables", "[variables.NAME]", format::VARIABLE),
];
