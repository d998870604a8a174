//! Walks a parsed TOML tree: first against the format, then for its values.
//!
//! [`check`] reports whatever does not fit, and the accessors of [`Section`] do
//! not, so that every problem is reported once.

use std::borrow::Cow;

use toml::de::{DeArray, DeTable, DeValue};

use super::format::{Key, Need, Shape};
use super::problem::{Problem, ProblemKind, closest};
use crate::source::{Span, Spanned};

type Entry<'a> = (&'a toml::Spanned<Cow<'a, str>>, &'a toml::Spanned<DeValue<'a>>);

/// Where in the tree a value stands; written out only for a problem.
#[derive(Clone, Copy)]
pub(super) enum Path<'a> {
    /// The top of the file.
    Top,
    /// A key below.
    Key(&'a Path<'a>, &'a str),
}

impl Path<'_> {
    fn key(&self) -> String {
        match self {
            Self::Top => String::new(),
            Self::Key(Path::Top, name) => (*name).to_owned(),
            Self::Key(parent, name) => format!("{}.{name}", parent.key()),
        }
    }

    fn table(&self) -> String {
        match self {
            Self::Top => "the top of the file".to_owned(),
            Self::Key(..) => format!("`[{}]`", self.key()),
        }
    }
}

/// Reports every key and value of `table` that the format does not have.
///
/// `path` names the table in messages, such as `[environments.sandbox]`;
/// `span` is where a missing key is reported.
pub(super) fn check(
    table: &DeTable<'_>,
    keys: &'static [Key],
    path: Path<'_>,
    span: Span,
    problems: &mut Vec<Problem>,
) {
    for (name, value) in table {
        match keys.iter().find(|key| key.name == name.get_ref().as_ref()) {
            Some(key) => check_value(value, &key.shape, Path::Key(&path, key.name), problems),
            None => problems.push(unknown_key(name, keys, path)),
        }
    }
    for key in keys.iter().filter(|key| key.need == Need::Required) {
        if !table.contains_key(key.name) {
            let kind = ProblemKind::MissingKey { key: key.name, table: path.table() };
            problems.push(Problem { kind, span, related: None });
        }
    }
}

fn unknown_key(
    name: &toml::Spanned<Cow<'_, str>>,
    keys: &'static [Key],
    path: Path<'_>,
) -> Problem {
    let kind = ProblemKind::UnknownKey {
        key: name.get_ref().to_string(),
        table: path.table(),
        did_you_mean: closest(name.get_ref(), keys.iter().map(|key| key.name)),
    };
    Problem { kind, span: name.span().into(), related: None }
}

fn check_value(
    value: &toml::Spanned<DeValue<'_>>,
    shape: &Shape,
    path: Path<'_>,
    problems: &mut Vec<Problem>,
) {
    match (shape, value.get_ref()) {
        (Shape::Text, DeValue::String(_)) | (Shape::Boolean, DeValue::Boolean(_)) => {}
        (Shape::OneOf(words), DeValue::String(text)) => {
            if !words.contains(&text.as_ref()) {
                problems.push(not_a_word(text, words, value.span().into(), path));
            }
        }
        (Shape::Integer(low, high), DeValue::Integer(_)) => {
            if !integer(value).is_some_and(|number| (*low..=*high).contains(&number)) {
                problems.push(wrong_value(value, shape, path));
            }
        }
        (Shape::Texts, DeValue::Array(items)) => check_items(items, &Shape::Text, path, problems),
        (Shape::Words(words), DeValue::Array(items)) => {
            check_items(items, &Shape::OneOf(words), path, problems);
        }
        (Shape::Integers(low, high), DeValue::Array(items)) => {
            check_items(items, &Shape::Integer(*low, *high), path, problems);
        }
        (Shape::Table(keys), DeValue::Table(table)) => {
            check(table, keys, path, value.span().into(), problems);
        }
        (Shape::Named(keys), DeValue::Table(table)) => check_named(table, keys, path, problems),
        (Shape::PerEnvironment(inner), DeValue::Table(table)) => {
            for (name, value) in table {
                check_value(value, inner, Path::Key(&path, name.get_ref()), problems);
            }
        }
        (Shape::Either(shapes), found) => {
            match shapes.iter().find(|shape| same_type(shape, found)) {
                Some(shape) => check_value(value, shape, path, problems),
                None => problems.push(wrong_value(value, shape, path)),
            }
        }
        (
            Shape::Text
            | Shape::OneOf(_)
            | Shape::Integer(..)
            | Shape::Boolean
            | Shape::Texts
            | Shape::Words(_)
            | Shape::Integers(..)
            | Shape::Table(_)
            | Shape::Named(_)
            | Shape::PerEnvironment(_),
            _,
        ) => problems.push(wrong_value(value, shape, path)),
    }
}

fn check_items(items: &DeArray<'_>, shape: &Shape, path: Path<'_>, problems: &mut Vec<Problem>) {
    items.iter().for_each(|item| check_value(item, shape, path, problems));
}

fn check_named(
    table: &DeTable<'_>,
    keys: &'static [Key],
    path: Path<'_>,
    problems: &mut Vec<Problem>,
) {
    for (name, inner) in table {
        let path = Path::Key(&path, name.get_ref());
        match inner.get_ref().as_table() {
            Some(inner) => check(inner, keys, path, name.span().into(), problems),
            None => problems.push(wrong_value(inner, &Shape::Table(&[]), path)),
        }
    }
}

fn same_type(shape: &Shape, value: &DeValue<'_>) -> bool {
    match shape {
        Shape::Text | Shape::OneOf(_) => value.is_str(),
        Shape::Integer(..) => value.is_integer(),
        Shape::Boolean => value.is_bool(),
        Shape::Texts | Shape::Words(_) | Shape::Integers(..) => value.is_array(),
        Shape::Table(_) | Shape::Named(_) | Shape::PerEnvironment(_) => value.is_table(),
        Shape::Either(shapes) => shapes.iter().any(|shape| same_type(shape, value)),
    }
}

fn wrong_value(value: &toml::Spanned<DeValue<'_>>, shape: &Shape, path: Path<'_>) -> Problem {
    let found = match value.get_ref() {
        DeValue::String(_) => "a string".to_owned(),
        DeValue::Integer(number) => format!("the number {number}"),
        DeValue::Float(_) => "a number with a fraction".to_owned(),
        DeValue::Boolean(value) => format!("`{value}`"),
        DeValue::Datetime(_) => "a date".to_owned(),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    };
    let kind = ProblemKind::WrongValue { key: path.key(), found, expected: shape.describe() };
    Problem { kind, span: value.span().into(), related: None }
}

fn not_a_word(word: &str, words: &'static [&'static str], span: Span, path: Path<'_>) -> Problem {
    let mut expected = Shape::OneOf(words).describe();
    if let Some(meant) = closest(word, words.iter().copied()) {
        expected = format!("{expected}; did you mean `{meant}`?");
    }
    let kind = ProblemKind::WrongValue { key: path.key(), found: format!("`{word}`"), expected };
    Problem { kind, span, related: None }
}

/// A table whose values are read by key. A value of the wrong type reads as
/// absent, because [`check`] has reported it.
#[derive(Clone, Copy)]
pub(super) struct Section<'a> {
    table: &'a DeTable<'a>,
}

impl<'a> Section<'a> {
    pub(super) fn new(table: &'a DeTable<'a>) -> Self {
        Self { table }
    }

    fn find(self, key: &str) -> Option<&'a toml::Spanned<DeValue<'a>>> {
        self.table.get(key)
    }

    pub(super) fn has(self, key: &str) -> bool {
        self.find(key).is_some()
    }

    pub(super) fn is_empty(self) -> bool {
        self.table.is_empty()
    }

    /// Whether `key` holds a list without items.
    pub(super) fn is_empty_list(self, key: &str) -> bool {
        self.find(key).and_then(|value| value.get_ref().as_array()).is_some_and(|l| l.is_empty())
    }

    /// Where the value of `key` stands.
    pub(super) fn span(self, key: &str) -> Option<Span> {
        self.find(key).map(|value| value.span().into())
    }

    pub(super) fn text(self, key: &str) -> Option<Spanned<String>> {
        self.find(key).and_then(text)
    }

    /// The value that the word at `key` stands for.
    pub(super) fn word<T>(self, key: &str, from_name: fn(&str) -> Option<T>) -> Option<T> {
        from_name(self.find(key)?.get_ref().as_str()?)
    }

    pub(super) fn boolean(self, key: &str) -> Option<bool> {
        self.find(key)?.get_ref().as_bool()
    }

    pub(super) fn integer(self, key: &str) -> Option<i64> {
        integer(self.find(key)?)
    }

    pub(super) fn integers(self, key: &str) -> Option<Vec<i64>> {
        Some(self.find(key)?.get_ref().as_array()?.iter().filter_map(integer).collect())
    }

    pub(super) fn texts(self, key: &str) -> Option<Vec<Spanned<String>>> {
        self.find(key).and_then(texts)
    }

    /// The texts of a list, or of every list in a table of lists.
    pub(super) fn texts_within(self, key: &str) -> Vec<Spanned<String>> {
        let each = || self.entries(key).into_iter().filter_map(|(_, value)| texts(value.0));
        self.texts(key).unwrap_or_else(|| each().flatten().collect())
    }

    pub(super) fn table(self, key: &str) -> Option<Section<'a>> {
        self.find(key)?.get_ref().as_table().map(Section::new)
    }

    /// The entries of the table at `key`, in file order.
    pub(super) fn entries(self, key: &str) -> Vec<(Spanned<String>, Value<'a>)> {
        let Some(table) = self.find(key).and_then(|value| value.get_ref().as_table()) else {
            return Vec::new();
        };
        let mut entries: Vec<Entry<'a>> = table.iter().collect();
        entries.sort_by_key(|(name, _)| name.span().start);
        entries
            .into_iter()
            .map(|(name, value)| {
                let name = Spanned { value: name.get_ref().to_string(), span: name.span().into() };
                (name, Value(value))
            })
            .collect()
    }

    /// The tables at `key`, by name, in file order.
    pub(super) fn named(self, key: &str) -> Vec<(Spanned<String>, Section<'a>)> {
        self.entries(key)
            .into_iter()
            .filter_map(|(name, value)| Some((name, Section::new(value.0.get_ref().as_table()?))))
            .collect()
    }
}

/// The places of all keys in the text of a valid policy.
pub(super) struct Keys<'a>(toml::Spanned<DeTable<'a>>);

impl<'a> Keys<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self(DeTable::parse_recoverable(text).0)
    }

    /// The place of the last key of `path`, in which each key stands below the one
    /// before it.
    pub(super) fn span<'b>(&self, path: impl IntoIterator<Item = &'b str>) -> Option<Span> {
        let (mut table, mut found) = (Some(self.0.get_ref()), None);
        for name in path {
            let (key, value) = table?.get_key_value(name)?;
            (table, found) = (value.get_ref().as_table(), Some(key.span().into()));
        }
        found
    }
}

/// A value of a type that is not known yet.
#[derive(Clone, Copy)]
pub(super) struct Value<'a>(&'a toml::Spanned<DeValue<'a>>);

impl Value<'_> {
    pub(super) fn text(self) -> Option<Spanned<String>> {
        text(self.0)
    }

    pub(super) fn texts(self) -> Option<Spanned<Vec<String>>> {
        let items = texts(self.0)?.into_iter().map(|item| item.value).collect();
        Some(Spanned { value: items, span: self.0.span().into() })
    }
}

fn text(value: &toml::Spanned<DeValue<'_>>) -> Option<Spanned<String>> {
    let text = value.get_ref().as_str()?.to_owned();
    Some(Spanned { value: text, span: value.span().into() })
}

fn texts(value: &toml::Spanned<DeValue<'_>>) -> Option<Vec<Spanned<String>>> {
    Some(value.get_ref().as_array()?.iter().filter_map(text).collect())
}

fn integer(value: &toml::Spanned<DeValue<'_>>) -> Option<i64> {
    let number = value.get_ref().as_integer()?;
    i64::from_str_radix(number.as_str(), number.radix()).ok()
}
