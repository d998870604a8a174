//! Reads each format back.

use serde_json::Value;

/// What every format reports about a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) outcome: String,
    pub(crate) rule: String,
    pub(crate) message: String,
}

pub(crate) fn json(text: &str) -> Vec<Said> {
    let document: Value = serde_json::from_str(text).unwrap();
    let findings = document["findings"].as_array().unwrap().iter();
    findings
        .map(|finding| Said {
            outcome: string(&finding["outcome"]),
            rule: string(&finding["rule"]),
            message: string(&finding["message"]),
        })
        .collect()
}

pub(crate) fn sarif(text: &str) -> Vec<Said> {
    let document: Value = serde_json::from_str(text).unwrap();
    let run = &document["runs"][0];
    let rules = &run["tool"]["driver"]["rules"];
    let results = run["results"].as_array().unwrap().iter();
    results
        .map(|result| {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(rules[index]["id"], result["ruleId"], "the index is of the rule");
            let text = string(&result["message"]["text"]);
            Said {
                outcome: string(&result["properties"]["outcome"]),
                rule: string(&result["ruleId"]),
                message: text.split_once("\n\nhelp: ").unwrap().0.to_owned(),
            }
        })
        .collect()
}

/// A workflow command, unescaped like in the runner.
pub(crate) struct Command {
    pub(crate) name: String,
    pub(crate) properties: Vec<(String, String)>,
    pub(crate) data: String,
}

pub(crate) fn commands(text: &str) -> Vec<Command> {
    text.lines()
        .map(|line| {
            let (head, data) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
            let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
            let properties = properties.split(',').filter(|property| !property.is_empty());
            let properties = properties.map(|property| {
                let (key, value) = property.split_once('=').unwrap();
                (key.to_owned(), unescaped(value))
            });
            Command {
                name: name.to_owned(),
                properties: properties.collect(),
                data: unescaped(data),
            }
        })
        .collect()
}

pub(crate) fn github(text: &str) -> Vec<Said> {
    let commands = commands(text).into_iter().filter(|command| command.name == "error");
    commands
        .map(|command| {
            let title = command.property("title").unwrap();
            said(&title, command.data.split_once("\nhelp: ").unwrap().0)
        })
        .collect()
}

impl Command {
    pub(crate) fn property(&self, name: &str) -> Option<String> {
        let found = self.properties.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.clone())
    }
}

pub(crate) fn human(text: &str) -> Vec<Said> {
    let titles = text.lines().filter_map(|line| line.split_once("]: "));
    let titles =
        titles.filter(|(head, _)| head.starts_with("refused[") || head.starts_with("undecided["));
    titles.map(|(head, message)| said(&format!("{head}]"), message)).collect()
}

/// Removes the colours.
pub(crate) fn plain(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or("").to_owned();
    parts.fold(first, |out, part| out + part.split_once('m').unwrap().1)
}

fn said(title: &str, message: &str) -> Said {
    let (outcome, rule) = title.strip_suffix(']').unwrap().split_once('[').unwrap();
    Said { outcome: outcome.to_owned(), rule: rule.to_owned(), message: message.to_owned() }
}

fn unescaped(text: &str) -> String {
    let pairs = [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")];
    pairs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

fn string(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
