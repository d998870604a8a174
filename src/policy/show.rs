//! A policy printed as it is understood, every default filled in.

use std::fmt::Write as _;

use super::Policy;
use super::outline::{self, Said, Table};

/// The policy as lines for people.
pub fn human(policy: &Policy) -> String {
    let mut out = format!(
        "policy `{}` from {}\nsha256 {}\nenvironments are named by `{}`\n",
        policy.name(),
        policy.origin_name(),
        policy.sha256(),
        policy.environment_variable(),
    );
    for table in outline::of(policy) {
        write_table(&mut out, &table);
    }
    out
}

fn write_table(out: &mut String, table: &Table) {
    if table.table.is_empty() {
        out.push('\n');
    } else {
        let _infallible = writeln!(out, "\n[{}.{}]", table.table, table.name);
    }
    let widest = table.entries.iter().map(|entry| entry.key.len()).max().unwrap_or_default();
    for entry in &table.entries {
        let said = match &entry.said {
            Said::Any => "any".to_owned(),
            Said::Level(_, word) => word.clone(),
            Said::Words(words) | Said::In(words) => words_or_none(words),
            Said::Each(each) => {
                let each: Vec<_> = each
                    .iter()
                    .map(|(name, it)| format!("{name}: {}", words_or_none(it)))
                    .collect();
                words_or(&each, "; ")
            }
        };
        let _infallible = writeln!(out, "  {:widest$}  {said}", entry.key);
    }
}

fn words_or_none(words: &[String]) -> String {
    words_or(words, ", ")
}

fn words_or(words: &[String], separator: &str) -> String {
    if words.is_empty() { "-".to_owned() } else { words.join(separator) }
}

/// The policy as a JSON document, with its line break.
#[cfg(feature = "report")]
pub fn json(policy: &Policy) -> String {
    use serde_json::{Map, Value, json};

    let mut document = json!({
        "schema": crate::report::SCHEMA,
        "policy": {"name": policy.name(), "source": policy.origin_name(), "sha256": policy.sha256()},
        "environment_variable": policy.environment_variable(),
        "environments": {}, "connections": {}, "databases": {}, "variables": {},
    });
    for table in outline::of(policy) {
        let entries: Map<_, _> =
            table.entries.iter().map(|entry| (entry.key.to_owned(), value(&entry.said))).collect();
        let room = if table.table.is_empty() { "policy" } else { table.table };
        let Some(Value::Object(room)) = document.get_mut(room) else { continue };
        if table.table.is_empty() {
            room.extend(entries.into_iter().filter(|(key, _)| key != "name"));
        } else {
            room.insert(table.name, Value::Object(entries));
        }
    }
    format!("{document:#}\n")
}

#[cfg(feature = "report")]
fn value(said: &Said) -> serde_json::Value {
    match said {
        Said::Any => serde_json::Value::Null,
        Said::Level(_, word) => word.as_str().into(),
        Said::Words(words) | Said::In(words) => words.as_slice().into(),
        Said::Each(each) => each
            .iter()
            .map(|(name, it)| (name.clone(), serde_json::Value::from(it.as_slice())))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_the_built_in_policy_is_shown() {
        let policy = Policy::built_in().unwrap();
        let shown = human(&policy);
        for table in outline::of(&policy).iter().filter(|table| !table.table.is_empty()) {
            assert!(
                shown.contains(&format!("[{}.{}]\n", table.table, table.name)),
                "{}",
                table.name
            );
        }
        for default in
            ["ports              5432\n", "min_bits     64\n", "required     production, sandbox\n"]
        {
            assert!(shown.contains(default), "{default:?} in {shown}");
        }
    }

    #[cfg(feature = "report")]
    #[test]
    fn the_document_says_the_same() {
        let policy = Policy::built_in().unwrap();
        let document: serde_json::Value = serde_json::from_str(&json(&policy)).unwrap();
        for table in outline::of(&policy).iter().filter(|table| !table.table.is_empty()) {
            for entry in &table.entries {
                let found = document.get(table.table).and_then(|room| room.get(&table.name));
                assert_eq!(found.and_then(|it| it.get(entry.key)), Some(&value(&entry.said)));
            }
        }
        assert_eq!(document["policy"]["name"], "koomy");
    }
}
