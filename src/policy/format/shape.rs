//! The types that describe the keys and values of a policy.

use crate::visible::listed;

/// A key of a table.
#[derive(Debug)]
#[non_exhaustive]
pub struct Key {
    /// As written in the file.
    pub name: &'static str,
    /// The shape of its value.
    pub shape: Shape,
    /// Whether a table without it is a problem.
    pub need: Need,
    /// What it means, in one or two sentences.
    pub doc: &'static str,
    /// A value, in TOML.
    pub example: Option<&'static str>,
}

/// Whether a key must be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// A table without it is a problem.
    Required,
    /// Leaving it out has a meaning of its own.
    Optional,
}

/// The shape of a value.
#[derive(Debug)]
#[non_exhaustive]
pub enum Shape {
    /// A string.
    Text,
    /// One of these strings.
    OneOf(&'static [&'static str]),
    /// A whole number within bounds, both included.
    Integer(i64, i64),
    /// `true` or `false`.
    Boolean,
    /// A list of strings.
    Texts,
    /// A list whose items are among these strings.
    Words(&'static [&'static str]),
    /// A list of whole numbers within bounds.
    Integers(i64, i64),
    /// A table with these keys.
    Table(&'static [Key]),
    /// A table of tables with these keys, under names of the user's choice.
    Named(&'static [Key]),
    /// A table from names of environments to values of this shape.
    PerEnvironment(&'static Shape),
    /// Any of these shapes.
    Either(&'static [Shape]),
}

impl Shape {
    /// Describes the shape in words, to follow "expected".
    pub fn describe(&self) -> String {
        match self {
            Self::Text => "a string".to_owned(),
            Self::OneOf(words) => format!("one of {}", listed(words.iter().copied(), ", ")),
            Self::Integer(only, high) if only == high => format!("`{only}`"),
            Self::Integer(low, high) => format!("a whole number from {low} to {high}"),
            Self::Boolean => "`true` or `false`".to_owned(),
            Self::Texts => "a list of strings".to_owned(),
            Self::Words(words) => format!("a list of {}", listed(words.iter().copied(), ", ")),
            Self::Integers(low, high) => format!("a list of whole numbers from {low} to {high}"),
            Self::Table(_) => "a table".to_owned(),
            Self::Named(_) => "a table of tables".to_owned(),
            Self::PerEnvironment(inner) => {
                format!("a table from environments to {}", inner.describe())
            }
            Self::Either(shapes) => {
                let shapes: Vec<_> = shapes.iter().map(Self::describe).collect();
                shapes.join(", or ")
            }
        }
    }
}
