//! The policy format as a JSON Schema, for editors.

use serde_json::{Map, Value, json};

use super::format::{self, Key, Need, Shape};
use crate::secret::Kind;

/// Prints the JSON Schema (draft 7) of a policy, with a line break at its end.
///
/// It is made from [`format`](mod@super::format), as is the type check of a policy.
/// LIMIT: a schema cannot tell whether a name refers to something;
/// `guard-cli policy check` can.
pub fn schema() -> String {
    let mut schema = table("", format::POLICY);
    if let Some(keys) = schema.as_object_mut() {
        keys.insert("$schema".to_owned(), json!("http://json-schema.org/draft-07/schema#"));
        keys.insert("title".to_owned(), json!("koomy-guard policy, version 1"));
    }
    format!("{schema:#}\n")
}

/// The schema of the table at the key `parent`.
fn table(parent: &str, keys: &[Key]) -> Value {
    let properties: Map<_, _> =
        keys.iter().map(|key| (key.name.to_owned(), property(parent, key))).collect();
    let needed = keys.iter().filter(|key| key.need == Need::Required).map(|key| key.name);
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
        "required": needed.collect::<Vec<_>>(),
    })
}

fn property(parent: &str, key: &Key) -> Value {
    let mut property = value(key.name, &key.shape);
    limit(&mut property, parent, key.name);
    if let Some(keys) = property.as_object_mut() {
        keys.insert("description".to_owned(), json!(key.doc));
    }
    property
}

fn value(name: &str, shape: &Shape) -> Value {
    match shape {
        Shape::Text => json!({"type": "string"}),
        Shape::OneOf(words) => json!({"type": "string", "enum": words}),
        Shape::Integer(low, high) => json!({"type": "integer", "minimum": low, "maximum": high}),
        Shape::Boolean => json!({"type": "boolean"}),
        Shape::Texts => list(&Shape::Text),
        Shape::Words(words) => list(&Shape::OneOf(words)),
        Shape::Integers(low, high) => list(&Shape::Integer(*low, *high)),
        Shape::Table(keys) => table(name, keys),
        Shape::Named(keys) => json!({"type": "object", "additionalProperties": table(name, keys)}),
        Shape::PerEnvironment(inner) => {
            json!({"type": "object", "additionalProperties": value(name, inner)})
        }
        Shape::Either(shapes) => {
            let shapes: Vec<_> = shapes.iter().map(|shape| value(name, shape)).collect();
            json!({"anyOf": shapes})
        }
    }
}

fn list(item: &Shape) -> Value {
    json!({"type": "array", "items": value("", item)})
}

/// Adds limits that `policy::lower` checks and the shapes of the format do not tell.
fn limit(property: &mut Value, parent: &str, key: &str) {
    let Some(keys) = property.as_object_mut() else { return };
    let pattern = PATTERNS.iter().find(|(below, of_key, _)| *below == parent && *of_key == key);
    if let Some((_, _, pattern)) = pattern {
        match keys.get_mut("items").and_then(Value::as_object_mut) {
            Some(items) => items.insert("pattern".to_owned(), json!(pattern)),
            None => keys.insert("pattern".to_owned(), json!(pattern)),
        };
    }
    match (parent, key) {
        ("variables", "kind") => {
            let ids: Vec<_> = Kind::ALL.iter().map(|kind| kind.id()).collect();
            keys.insert("enum".to_owned(), json!(ids));
        }
        ("", "variables") => {
            keys.insert("propertyNames".to_owned(), json!({"pattern": VARIABLE_NAME}));
        }
        ("", "environments") => {
            keys.insert("minProperties".to_owned(), json!(1));
            keys.insert("propertyNames".to_owned(), json!({"pattern": "^\\S(.*\\S)?$"}));
        }
        (_, _) => {}
    }
}

/// MIRRORS the checks of `policy::lower`.
const PATTERNS: &[(&str, &str, &str)] = &[
    ("environments", "domains", HOST),
    ("databases", "endpoints", HOST),
    ("databases", "hosts", HOST),
    ("databases", "sockets", SOCKET),
    ("databases", "database", "^[A-Za-z0-9._~-]+$"),
    ("databases", "users", "^[^:]+$"),
    ("debug", "paths", PATH),
    ("debug", "header", "^[A-Za-z0-9_-]+$"),
    ("web", "health_paths", PATH),
];
/// LIMIT: permits the segments `.` and `..`, which the reader refuses.
const SOCKET: &str = "^(/[A-Za-z0-9_.:-]+)+$";
const PATH: &str = "^(/[A-Za-z0-9._~-]+)+$";
const HOST: &str = r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$";
const VARIABLE_NAME: &str = r"^([^*]*|[^*]+\*|\*[^*]+)$";

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(shape: &Shape) -> &[Key] {
        match shape {
            Shape::Table(keys) | Shape::Named(keys) => keys,
            Shape::Text
            | Shape::OneOf(_)
            | Shape::Integer(..)
            | Shape::Boolean
            | Shape::Texts
            | Shape::Words(_)
            | Shape::Integers(..)
            | Shape::PerEnvironment(_)
            | Shape::Either(_) => &[],
        }
    }

    /// Every key of the format, with the schema of its value.
    fn walk<'a>(keys_of: &'a [Key], schema: &'a Value, found: &mut Vec<(&'a Key, &'a Value)>) {
        for key in keys_of {
            let at = &schema["properties"][key.name];
            found.push((key, at));
            let inner =
                if matches!(key.shape, Shape::Named(_)) { &at["additionalProperties"] } else { at };
            walk(keys(&key.shape), inner, found);
        }
    }

    #[test]
    fn every_key_is_there_with_its_description_and_no_other() {
        let schema: Value = serde_json::from_str(&schema()).unwrap();
        let mut found = Vec::new();
        walk(format::POLICY, &schema, &mut found);
        assert!(found.len() > 50);
        for (key, at) in &found {
            assert_eq!(at["description"], key.doc, "{}", key.name);
            let inner = keys(&key.shape);
            if inner.is_empty() {
                assert!(at.get("type").is_some() || at.get("anyOf").is_some(), "{}", key.name);
                continue;
            }
            let table =
                if matches!(key.shape, Shape::Named(_)) { &at["additionalProperties"] } else { at };
            assert_eq!(table["additionalProperties"], false, "{}", key.name);
            assert_eq!(table["properties"].as_object().unwrap().len(), inner.len(), "{}", key.name);
        }
        assert_eq!(schema["additionalProperties"], false);
    }

    #[test]
    fn what_an_editor_completes_is_there() {
        let schema: Value = serde_json::from_str(&schema()).unwrap();
        let at = |path: &str| schema.pointer(path).unwrap_or_else(|| panic!("{path}"));
        let environment = "/properties/environments/additionalProperties";
        let variable = "/properties/variables/additionalProperties/properties";
        assert_eq!(at("/$schema"), "http://json-schema.org/draft-07/schema#");
        assert_eq!(at(&format!("{environment}/properties/data/enum/0")), "real");
        assert_eq!(at(&format!("{environment}/required")), &json!(["data"]));
        assert_eq!(at(&format!("{environment}/properties/domains/items/pattern")), HOST);
        assert_eq!(at(&format!("{variable}/kind/enum")).as_array().unwrap().len(), Kind::ALL.len());
        assert_eq!(
            at(&format!("{variable}/class/additionalProperties/enum")),
            &json!(["live", "test"])
        );
        assert_eq!(at("/properties/version/maximum"), 1);
        for (parent, key, _) in PATTERNS {
            assert!(schema.to_string().contains(&format!("\"{key}\":")), "{parent}.{key}");
        }
    }

    #[test]
    fn a_pattern_stands_at_its_own_key_alone() {
        let schema: Value = serde_json::from_str(&schema()).unwrap();
        let mut stands = Vec::new();
        patterns(format::POLICY, "", &schema, &mut stands);
        let mut expected: Vec<_> =
            PATTERNS.iter().map(|(parent, key, _)| (*parent, *key)).collect();
        stands.sort_unstable();
        expected.sort_unstable();
        assert_eq!(stands, expected);
    }

    fn patterns<'a>(
        keys_of: &'a [Key],
        parent: &'a str,
        schema: &Value,
        stands: &mut Vec<(&'a str, &'a str)>,
    ) {
        for key in keys_of {
            let at = &schema["properties"][key.name];
            if at.get("pattern").or_else(|| at["items"].get("pattern")).is_some() {
                stands.push((parent, key.name));
            }
            let inner =
                if matches!(key.shape, Shape::Named(_)) { &at["additionalProperties"] } else { at };
            patterns(keys(&key.shape), key.name, inner, stands);
        }
    }

    #[test]
    fn patterns_say_what_the_reader_says() {
        let host = regex::Regex::new(HOST).unwrap();
        let name = regex::Regex::new(VARIABLE_NAME).unwrap();
        for (text, fits) in [
            ("a.b", true),
            ("a-b.c1", true),
            ("A.b", false),
            ("a..b", false),
            ("-a", false),
            ("a.", false),
        ] {
            assert_eq!(host.is_match(text), fits, "{text}");
        }
        for (text, fits) in
            [("A", true), ("A*", true), ("*A", true), ("*", false), ("A*B", false), ("*A*", false)]
        {
            assert_eq!(name.is_match(text), fits, "{text}");
        }
    }
}
