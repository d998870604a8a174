//! Parses documents.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

/// Every document, by its path from the root.
pub(crate) fn documents() -> Vec<(String, String)> {
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

/// The fenced blocks, each with the text after its opening fence.
pub(crate) fn fences(text: &str) -> Vec<(String, String)> {
    let parts: Vec<_> = format!("\n{text}").split("\n```").map(str::to_owned).collect();
    let inside = parts.iter().skip(1).step_by(2);
    let split = inside.map(|part| part.split_once('\n').unwrap_or((part, "")));
    split.map(|(info, block)| (info.to_owned(), format!("{block}\n"))).collect()
}

/// The text without the fenced blocks.
fn prose(text: &str) -> String {
    format!("\n{text}").split("\n```").step_by(2).collect::<Vec<_>>().join("\n")
}

/// The targets of links: `[…](here)` and `[…]: here`.
pub(crate) fn links(text: &str) -> Vec<String> {
    let prose = prose(text);
    let inline = prose.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let named = prose.lines().filter(|line| line.starts_with('['));
    let named = named.filter_map(|line| line.split_once("]: ").map(|(_, link)| link));
    inline.chain(named).map(str::to_owned).collect()
}

/// The texts in backticks.
pub(crate) fn spans(text: &str) -> Vec<String> {
    let prose = prose(text);
    let lines = prose.split("\n\n").flat_map(|paragraph| paragraph.split('`').skip(1).step_by(2));
    lines.map(|span| span.replace('\n', " ")).collect()
}

/// The anchors of the headings, as on GitHub.
pub(crate) fn anchors(text: &str) -> BTreeSet<String> {
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

pub(crate) fn is_rule_like(span: &str) -> bool {
    let words: Vec<_> = span.split('-').collect();
    let is_word = |word: &&str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase());
    let verbs = ["is", "are", "has", "belongs", "matches"];
    words.iter().all(is_word) && words.iter().skip(1).any(|word| verbs.contains(word))
}

pub(crate) fn command_lines(block: &str) -> Vec<String> {
    let lines = block.lines().map(|line| line.trim_start_matches("$ "));
    lines.filter(|line| line.starts_with("guard-cli ")).map(str::to_owned).collect()
}

/// The subcommand after `guard-cli` and its global options.
pub(crate) fn command(span: &str) -> Option<&str> {
    let mut words = span.strip_prefix("guard-cli ")?.split_whitespace();
    words.find(|word| !word.starts_with('-'))
}

/// The key of `key = value`.
pub(crate) fn key(span: &str) -> Option<&str> {
    let (key, _) = span.split_once(" = ")?;
    let is_key = key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    is_key.then_some(key)
}
