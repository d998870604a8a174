//! A policy in print, with every default filled in.

use std::fmt::Write as _;

use super::Policy;
use super::outline::{self, Setting, Table};

/// Prints the policy for people to read.
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
        let setting = match &entry.setting {
            Setting::Any => "any".to_owned(),
            Setting::Level(_, word) => word.clone(),
            Setting::Words(words) | Setting::In(words) => words_or_none(words),
            Setting::Each(each) => {
                let each: Vec<_> = each
                    .iter()
                    .map(|(name, it)| format!("{name}: {}", words_or_none(it)))
                    .collect();
                words_or(&each, "; ")
            }
        };
        let _infallible = writeln!(out, "  {:widest$}  {setting}", entry.key);
    }
}

fn words_or_none(words: &[String]) -> String {
    words_or(words, ", ")
}

fn words_or(words: &[String], separator: &str) -> String {
    if words.is_empty() { "-".to_owned() } else { words.join(separator) }
}

/// Prints the policy as a JSON document, with a line break at its end.
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
        let entries: Map<_, _> = table
            .entries
            .iter()
            .map(|entry| (entry.key.to_owned(), value(&entry.setting)))
            .collect();
        let parent = if table.table.is_empty() { "policy" } else { table.table };
        let Some(Value::Object(parent)) = document.get_mut(parent) else { continue };
        if table.table.is_empty() {
            parent.extend(entries.into_iter().filter(|(key, _)| key != "name"));
        } else {
            parent.insert(table.name, Value::Object(entries));
        }
    }
    format!("{document:#}\n")
}

#[cfg(feature = "report")]
fn value(setting: &Setting) -> serde_json::Value {
    match setting {
        Setting::Any => serde_json::Value::Null,
        Setting::Level(_, word) => word.as_str().into(),
        Setting::Words(words) | Setting::In(words) => words.as_slice().into(),
        Setting::Each(each) => each
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
                let found = document.get(table.table).and_then(|parent| parent.get(&table.name));
                assert_eq!(found.and_then(|it| it.get(entry.key)), Some(&value(&entry.setting)));
            }
        }
        assert_eq!(document["policy"]["name"], "koomy");
    }
}
