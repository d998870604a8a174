//! Generates documents from the library's own data.

use std::fmt::Write as _;

use koomy_guard::policy::format::{self, Key, Need};
use koomy_guard::rules::{RULES, Rule};
use koomy_guard::secret::{Class, Kind};
use serde_json::Value;

pub(crate) fn rules() -> String {
    let mut out = format!(
        "# Rules\n\n{WRITTEN}\n\nA gate always asks all of its rules. A finding prints as \
         `refused[RULE]`.\n`guard-cli rules` prints the table below, and `guard-cli explain RULE` \
         the section on a rule.\n\n| rule | gates | what must hold |\n| --- | --- | --- |\n"
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

pub(crate) fn secrets() -> String {
    let mut out = format!(
        "# Kinds of secrets\n\n{WRITTEN}\n\nA variable with `is = \"secret\"` has one of these as its \
         `kind`, and `random` where it\ndeclares none. The whole value must have the form of its \
         kind. *Modes* are the classes that\nthe form shows, for the key `class`. *Public* values \
         may be shown to anybody.\n\nProviders change their forms. A key with a form that this \
         guard does not know is refused;\ndeclare `kind = \"random\"` until the guard knows it.\n\n\
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

/// What each driver dialed, for the most instructive cases.
pub(crate) fn dials() -> String {
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
        let seen = CLIENTS.iter().map(|(client, _)| dialed(case["clients"].get(*client)));
        let _ =
            writeln!(out, "| `{}`{env} | {} |", short(input), seen.collect::<Vec<_>>().join(" | "));
    }
    out
}

fn dialed(client: Option<&Value>) -> String {
    let Some(client) = client else { return String::new() };
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

pub(crate) fn table(keys: &[Key]) -> String {
    let mut out =
        "| key | value | | meaning | example |\n| --- | --- | --- | --- | --- |\n".to_owned();
    for key in keys {
        let need = match key.need {
            Need::Required => "required",
            Need::Optional => "",
        };
        let example = key.example.map(|example| format!("`{example}`")).unwrap_or_default();
        let cells = [&key.shape.describe(), need, key.doc, &example].map(cell);
        let _ = writeln!(out, "| `{}` | {} |", key.name, cells.join(" | "));
    }
    out
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// The tables of the format: the marker, how to open the table, and the keys.
pub(crate) static TABLES: &[(&str, &str, &[Key])] = &[
    ("top", "", format::POLICY),
    ("environments", "[environments.sandbox]", format::ENVIRONMENT),
    ("tripwire", "[environments.sandbox.tripwire.\"public.users\"]", format::TRIPWIRE),
    ("debug", "[environments.sandbox.debug]", format::DEBUG),
    ("web", "[environments.sandbox.web]", format::WEB),
    ("databases", "[databases.koomy-main]", format::DATABASE),
    ("branch", "[databases.koomy-main.branch]", format::BRANCH),
    ("connections", "[connections.primary]", format::CONNECTION),
    ("variables", "[variables.NAME]", format::VARIABLE),
];

const WRITTEN: &str = "<!-- Written by tests/drift.rs. Do not edit: change the code, then run\n     \
                       `UPDATE=1 cargo test --test drift`. -->";

const RECORDED: &str = include_str!("../data/url-targets.json");

/// The drivers whose dials were recorded, by their names in the record and in prose.
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
