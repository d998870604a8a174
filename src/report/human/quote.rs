//! Lines of a source, cut and made harmless, with labels.

use std::borrow::Cow;
use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind};

use super::super::escape::{visible, visible_lines};
use crate::finding::{Label, LabelRole};
use crate::source::Span;

/// Lines to show.
pub(super) struct Quote<'b> {
    pub(super) text: String,
    /// The number of the first line.
    pub(super) line: usize,
    marks: Vec<Mark<'b>>,
}

/// A range of the shown text and its label.
struct Mark<'b> {
    span: Range<usize>,
    kind: AnnotationKind,
    text: Option<Cow<'b, str>>,
}

impl<'b> Quote<'b> {
    /// Takes the lines of `text` from the first label to the last; `None` if a label has
    /// no place in it, if they are too far apart, or if they do not fit into `width`
    /// columns together.
    pub(super) fn new(text: &str, labels: &[&'b Label], width: usize) -> Option<Self> {
        let spans = labels.iter().map(|label| label.place.span).collect::<Option<Vec<_>>>()?;
        let first = spans.iter().map(|span| span.start).min()?;
        let last = spans.iter().map(|span| span.end).max()?;
        let start = text.get(..first)?.rfind('\n').map_or(0, |newline| newline + 1);
        let end = last + text.get(last..)?.find('\n').unwrap_or(text.len() - last);
        let lines = text.get(start..end).filter(|lines| lines.len() <= MAX_BYTES)?;
        let shown = harmless(lines);
        let mark = |(label, span): (&&'b Label, Span)| Mark::new(lines, &shown, start, span, label);
        let marks: Vec<_> = labels.iter().zip(spans).map(mark).collect::<Option<_>>()?;
        let marks = fitted(&shown, marks, width.saturating_sub(GUTTER))?;
        let line = 1 + text.get(..start)?.bytes().filter(|byte| *byte == b'\n').count();
        Some(Self { text: shown, line, marks })
    }

    /// The annotations of the lines.
    pub(super) fn annotations(&mut self) -> Vec<Annotation<'b>> {
        let annotation = |Mark { span, kind, text }: Mark<'b>| match text {
            None => kind.span(span),
            Some(text) => kind.span(span).label(text),
        };
        self.marks.drain(..).map(annotation).collect()
    }
}

impl<'b> Mark<'b> {
    fn new(lines: &str, shown: &str, start: usize, span: Span, label: &'b Label) -> Option<Self> {
        let moved = |offset: usize| {
            let before = harmless(lines.get(..offset.checked_sub(start)?)?);
            shown.starts_with(&before).then_some(before.len())
        };
        let span = moved(span.start)?..moved(span.end)?;
        let kind = match label.role {
            LabelRole::Cause => AnnotationKind::Primary,
            LabelRole::DecidedBy | LabelRole::Related => AnnotationKind::Context,
        };
        let text = Some(label.text.as_str()).filter(|text| *text != "here").map(visible);
        (span.start <= span.end).then_some(Self { span, kind, text })
    }

    /// The columns of the mark with its label; `None` if it spans several lines.
    fn columns(&self, shown: &str) -> Option<Range<usize>> {
        let before = shown.get(..self.span.start)?.rsplit('\n').next()?;
        let marked = shown.get(self.span.clone()).filter(|marked| !marked.contains('\n'))?;
        let left = columns(before);
        Some(left..left + columns(marked) + self.text_columns())
    }

    fn text_columns(&self) -> usize {
        self.text.as_ref().map_or(0, |text| columns(text) + 1)
    }

    /// Shortens the mark to what fits beside its label.
    fn shorten(&mut self, shown: &str, room: usize) {
        let most = room.saturating_sub(self.text_columns() + SURROUNDINGS).max(LEAST);
        let marked = shown.get(self.span.clone()).unwrap_or_default();
        let ends = marked.char_indices().map(|(at, character)| at + character.len_utf8());
        let length = ends.take(most).last().unwrap_or(0);
        self.span.end = self.span.start + length;
    }
}

/// The marks, if they fit into `room` columns of a line that must be cut; a single mark
/// is shortened until it fits.
fn fitted<'b>(shown: &str, mut marks: Vec<Mark<'b>>, room: usize) -> Option<Vec<Mark<'b>>> {
    let columns: Vec<_> = marks.iter().filter_map(|mark| mark.columns(shown)).collect();
    let left = columns.iter().map(|columns| columns.start).min().unwrap_or(0);
    let right = columns.iter().map(|columns| columns.end).max().unwrap_or(0);
    let longest = shown.split('\n').map(self::columns).max().unwrap_or(0);
    if longest <= room || right - left + SURROUNDINGS <= room {
        return Some(marks);
    }
    match marks.as_mut_slice() {
        [alone] => alone.shorten(shown, room),
        [] | [_, _, ..] => return None,
    }
    Some(marks)
}

/// LIMIT: characters of double width count as one.
fn columns(text: &str) -> usize {
    text.chars().map(|character| if character == '\t' { 4 } else { 1 }).sum()
}

fn harmless(lines: &str) -> String {
    visible_lines(&lines.replace("\r\n", "\n")).into_owned()
}

/// Places that are further apart are quoted separately.
const MAX_BYTES: usize = 8 * 1024;

/// The columns of the line number and its bar.
const GUTTER: usize = 8;

/// The columns to the left and right of what is marked.
const SURROUNDINGS: usize = 12;

/// The columns that are marked at least.
const LEAST: usize = 8;
