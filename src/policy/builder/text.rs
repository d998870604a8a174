//! TOML text from tables that were built in code.

use toml_writer::{ToTomlKey, ToTomlValue, TomlKeyBuilder, TomlStringBuilder};

/// A value of a key.
#[derive(Clone, Debug)]
pub(super) enum Item {
    Text(String),
    Boolean(bool),
    Integer(i64),
    List(Vec<Self>),
    /// A table in one line: keys, each with a value.
    Inline(Vec<(String, Self)>),
}

impl Item {
    pub(super) fn texts(list: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self::List(list.into_iter().map(|text| Self::Text(text.into())).collect())
    }

    /// The entries of a table in one line.
    fn inline(&mut self) -> Option<&mut Vec<(String, Self)>> {
        match self {
            Self::Inline(entries) => Some(entries),
            Self::Text(_) | Self::Boolean(_) | Self::Integer(_) | Self::List(_) => None,
        }
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Text(text) => out.push_str(&quoted(text)),
            Self::Boolean(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Integer(number) => out.push_str(&number.to_string()),
            Self::List(items) => {
                enclosed("[", "]", items, |item, out| item.write(out), out);
            }
            Self::Inline(entries) => {
                enclosed("{ ", " }", entries, |(name, item), out| pair(name, item, out), out);
            }
        }
    }
}

/// A table with its header.
///
/// INVARIANT: what is set twice is written twice, so that the parser refuses
/// it; neither value wins.
#[derive(Clone, Debug)]
pub(super) struct Table {
    /// `environments` and a name; empty at the top of the file.
    header: Vec<String>,
    entries: Vec<(String, Item)>,
}

impl Table {
    pub(super) fn top() -> Self {
        Self { header: Vec::new(), entries: Vec::new() }
    }

    pub(super) fn named(kind: &str, name: String) -> Self {
        Self { header: vec![kind.to_owned(), name], entries: Vec::new() }
    }

    pub(super) fn set(mut self, key: &str, item: Item) -> Self {
        self.entries.push((key.to_owned(), item));
        self
    }

    pub(super) fn text(self, key: &str, text: impl Into<String>) -> Self {
        self.set(key, Item::Text(text.into()))
    }

    pub(super) fn texts(
        self,
        key: &str,
        list: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        self.set(key, Item::texts(list))
    }

    /// Adds an entry to the table in one line at `key`.
    pub(super) fn entry(mut self, key: &str, name: impl Into<String>, item: Item) -> Self {
        let there = self.entries.iter_mut().filter(|(known, _)| known == key);
        match there.filter_map(|(_, item)| item.inline()).next() {
            Some(entries) => {
                entries.push((name.into(), item));
                self
            }
            None => self.set(key, Item::Inline(vec![(name.into(), item)])),
        }
    }

    /// Adds an entry to the table in one line at `name` of that at `key`.
    pub(super) fn entry_of(mut self, key: &str, name: String, inner: &str, item: Item) -> Self {
        let added = (inner.to_owned(), item);
        let outer = self.entries.iter_mut().filter(|(known, _)| known == key);
        let inline = outer.filter_map(|(_, item)| item.inline()).next();
        let Some(rows) = inline else {
            return self.entry(key, name, Item::Inline(vec![added]));
        };
        let of_name = rows.iter_mut().filter(|(known, _)| *known == name);
        match of_name.filter_map(|(_, item)| item.inline()).next() {
            Some(entries) => entries.push(added),
            None => rows.push((name, Item::Inline(vec![added]))),
        }
        self
    }

    pub(super) fn write(&self, out: &mut String) {
        if !self.header.is_empty() {
            let names: Vec<_> = self.header.iter().map(|name| key(name)).collect();
            out.extend(["\n[", &names.join("."), "]\n"]);
        }
        for (name, item) in &self.entries {
            pair(name, item, out);
            out.push('\n');
        }
    }
}

fn pair(name: &str, item: &Item, out: &mut String) {
    out.extend([&key(name), " = "]);
    item.write(out);
}

fn enclosed<T>(
    open: &str,
    close: &str,
    items: &[T],
    write: impl Fn(&T, &mut String),
    out: &mut String,
) {
    out.push_str(open);
    for (index, item) in items.iter().enumerate() {
        out.push_str(if index == 0 { "" } else { ", " });
        write(item, out);
    }
    out.push_str(close);
}

fn key(name: &str) -> String {
    TomlKeyBuilder::new(name).as_default().to_toml_key()
}

// DELIBERATE: always on one line and in double quotes; the other forms of TOML
// cannot hold every text.
fn quoted(text: &str) -> String {
    TomlStringBuilder::new(text).as_basic().to_toml_value()
}
