//! Where something stands: spans, and the text we are willing to show.

use std::fmt;
use std::iter;
use std::ops::Range;
use std::sync::Arc;

use once_cell::sync::OnceCell;

/// A range of bytes in a [`Source`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset after the last byte.
    pub end: usize,
}

impl Span {
    /// The bytes from `start` up to, not including, `end`.
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}

/// A value together with where it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    /// What was written.
    pub value: T,
    /// Where.
    pub span: Span,
}

/// A line and a column, both counted from 1; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

/// Something that was read, by name, with the text that may be shown of it.
///
/// A policy keeps its text. A dotenv file keeps a masked copy, made while it
/// was parsed: no renderer can show a value that no longer exists. The process
/// environment has no text at all.
#[derive(Clone)]
pub struct Source {
    name: Box<str>,
    shown: Option<Box<str>>,
    /// Where each line starts. Found when it is first asked for: a decision
    /// that permits points at nothing.
    line_starts: OnceCell<Vec<usize>>,
}

impl Source {
    /// A file whose text may be shown as it stands here.
    ///
    /// INVARIANT: `shown` holds no variable's value. A policy has none; a
    /// dotenv file is masked before it comes here.
    pub fn file(name: impl Into<Box<str>>, shown: impl Into<Box<str>>) -> Arc<Self> {
        Self::new(name.into(), Some(shown.into()))
    }

    /// Something without lines to show, such as the process environment.
    pub fn named(name: impl Into<Box<str>>) -> Arc<Self> {
        Self::new(name.into(), None)
    }

    fn new(name: Box<str>, shown: Option<Box<str>>) -> Arc<Self> {
        Arc::new(Self { name, shown, line_starts: OnceCell::new() })
    }

    /// The name that messages use.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text that may be shown, if there is any.
    pub fn shown(&self) -> Option<&str> {
        self.shown.as_deref()
    }

    /// The text at `span`; nothing where there is no text or no such range.
    pub fn slice(&self, span: Span) -> Option<&str> {
        self.shown()?.get(span.start..span.end)
    }

    /// The line and column where `span` starts.
    pub fn locate(&self, span: Span) -> Option<Location> {
        let shown = self.shown()?;
        let starts = self.line_starts.get_or_init(|| {
            let ends = shown.match_indices('\n').map(|(newline, _)| newline + 1);
            iter::once(0).chain(ends).collect()
        });
        let line = starts.partition_point(|start| *start <= span.start);
        let before = shown.get(*starts.get(line.checked_sub(1)?)?..span.start)?;
        Some(Location { line, column: before.chars().count() + 1 })
    }
}

/// The same name and the same text, whether or not anybody looked for lines.
impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.shown == other.shown
    }
}

impl Eq for Source {}

/// DELIBERATE: not the text. What was given as a policy may be something else.
impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Source").field(&self.name).finish()
    }
}

/// Where a finding points: a source and, where it has lines, a range of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// What was read.
    pub source: Arc<Source>,
    /// Where in it; `None` in a source without text.
    pub span: Option<Span>,
}

impl Place {
    /// A range of a source.
    pub fn at(source: &Arc<Source>, span: Span) -> Self {
        Self { source: Arc::clone(source), span: Some(span) }
    }

    /// A source as a whole.
    pub fn whole(source: &Arc<Source>) -> Self {
        Self { source: Arc::clone(source), span: None }
    }

    /// The line and column, where the source has lines.
    pub fn location(&self) -> Option<Location> {
        self.source.locate(self.span?)
    }
}

/// `name:line:column`, or the name alone.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.source.name())?;
        match self.location() {
            Some(Location { line, column }) => write!(f, ":{line}:{column}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_count_from_one_and_in_characters() {
        let source = Source::file("p", "aé=1\nb=2\n");
        let table = [(0, 1, 1), (1, 1, 2), (3, 1, 3), (6, 2, 1), (9, 2, 4)];
        for (offset, line, column) in table {
            let location = source.locate(Span::new(offset, offset));
            assert_eq!(location, Some(Location { line, column }), "offset {offset}");
        }
        assert_eq!(source.locate(Span::new(2, 2)), None, "inside a character");
        assert_eq!(source.locate(Span::new(99, 99)), None, "past the end");
        assert_eq!(Source::named("n").locate(Span::new(0, 0)), None);
    }

    #[test]
    fn every_line_of_a_text_is_located() {
        let lines = 1_000;
        let source = Source::file("p", "X_DSN=1\n".repeat(lines));
        for at in 0..lines {
            let location = source.locate(Span::new(8 * at, 8 * at));
            assert_eq!(location, Some(Location { line: at + 1, column: 1 }));
        }
    }
}
