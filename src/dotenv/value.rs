//! Finds the end of a value, and whether every reader agrees on it.

use super::head::is_blank;
use super::problem::ProblemKind;

/// How a value is quoted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Single,
    Double,
    Backtick,
}

/// A value as it is written in the file.
pub(super) struct Raw<'a> {
    pub(super) style: Style,
    /// The text within the quotes, with escapes not yet resolved.
    pub(super) content: &'a [u8],
    /// How many line ends are within the quotes.
    pub(super) breaks: usize,
    /// The bytes up to, and without, the line end that ends the assignment.
    pub(super) used: usize,
    pub(super) problem: Option<ProblemKind>,
}

/// Cuts the value from the text after its `=`, which continues to the end of the file.
pub(super) fn cut(text: &[u8]) -> Raw<'_> {
    let blanks = text.iter().take_while(|byte| is_blank(**byte)).count();
    match text.get(blanks).and_then(|byte| Style::opened_by(*byte)) {
        Some(style) => quoted(text, blanks, style),
        None => plain(text, blanks),
    }
}

/// Cuts the text within a quote that opens at `open`, whatever is before it.
pub(super) fn quoted(text: &[u8], open: usize, style: Style) -> Raw<'_> {
    let body = text.get(open + 1..).unwrap_or_default();
    let Some(length) = closing(body, style) else {
        return unclosed(text, open + 1, style);
    };
    let (content, after) = body.split_at_checked(length).unwrap_or((body, &[]));
    let after = first_line(after.get(1..).unwrap_or_default());
    let breaks = count_breaks(content);
    let used = open + 1 + length + 1 + after.len();
    Raw { style, content, breaks, used, problem: after_quote(without_cr(after), breaks) }
}

fn unclosed(text: &[u8], start: usize, style: Style) -> Raw<'_> {
    let end = text.strip_suffix(b"\n").unwrap_or(text).len();
    let content = text.get(start..end).unwrap_or_default();
    let problem = Some(ProblemKind::Unclosed);
    Raw { style, content, breaks: count_breaks(content), used: end.max(start), problem }
}

// DELIBERATE: `\'` does not close a single quote. For half of the readers it does; it is
// a problem in any case, and going on hides more of the file.
fn closing(body: &[u8], style: Style) -> Option<usize> {
    let close = style.quote()?;
    let mut bytes = body.iter().enumerate();
    while let Some((at, byte)) = bytes.next() {
        if *byte == b'\\' {
            bytes.next();
        } else if *byte == close {
            return Some(at);
        }
    }
    None
}

fn after_quote(after: &[u8], breaks: usize) -> Option<ProblemKind> {
    let text = after.iter().position(|byte| !is_blank(*byte));
    let commented = text.is_some_and(|at| at > 0 && after.get(at) == Some(&b'#'));
    if text.is_some() && !commented {
        return Some(if breaks > 0 { ProblemKind::AfterLines } else { ProblemKind::AfterQuote });
    }
    has_odd_break(after).then_some(ProblemKind::OddLineBreak)
}

fn plain(text: &[u8], blanks: usize) -> Raw<'_> {
    let line = first_line(text);
    let (content, comment) = split_comment(without_cr(line).get(blanks..).unwrap_or_default());
    let problem = if has_odd_break(content) || has_odd_break(comment) {
        Some(ProblemKind::OddLineBreak)
    } else if content.ends_with(b"\t") && !comment.is_empty() {
        Some(ProblemKind::TabComment)
    } else {
        plain_problem(trim_end(content)).or_else(|| trailing_blank(content, comment))
    };
    let content = trim_end(content);
    Raw { style: Style::Plain, content, breaks: 0, used: line.len(), problem }
}

// A blank before a comment is part of the comment.
fn trailing_blank(content: &[u8], comment: &[u8]) -> Option<ProblemKind> {
    let is_last = comment.is_empty() && !trim_end(content).is_empty();
    (is_last && content.last().is_some_and(|byte| is_blank(*byte)))
        .then_some(ProblemKind::TrailingBlank)
}

fn trim_end(text: &[u8]) -> &[u8] {
    let blanks = text.iter().rev().take_while(|byte| is_blank(**byte)).count();
    text.get(..text.len() - blanks).unwrap_or(text)
}

/// A `#` after a blank begins a comment; one inside a word does not.
fn split_comment(text: &[u8]) -> (&[u8], &[u8]) {
    let comment =
        text.array_windows().position(|[before, byte]| is_blank(*before) && *byte == b'#');
    comment.and_then(|before| text.split_at_checked(before + 1)).unwrap_or((text, &[]))
}

/// DELIBERATE: problems that could change how the next lines are read come first.
fn plain_problem(content: &[u8]) -> Option<ProblemKind> {
    let has = |test: fn(u8) -> bool| content.iter().any(|byte| test(*byte));
    if has(|byte| matches!(byte, b'"' | b'\'')) {
        Some(ProblemKind::InnerQuote)
    } else if content.ends_with(b"\\") {
        Some(ProblemKind::OpenBackslash)
    } else if has_odd_character(content) {
        Some(ProblemKind::OddCharacter)
    } else if content.starts_with(b"#") {
        Some(ProblemKind::LeadingHash)
    } else if has(is_blank) {
        Some(ProblemKind::InnerSpace)
    } else if has(|byte| byte == b'\\') {
        Some(ProblemKind::Backslash)
    } else {
        has(|byte| byte == b'#').then_some(ProblemKind::InnerHash)
    }
}

/// DELIBERATE: NUL is not odd here: it makes the value bytes instead of text.
fn has_odd_character(content: &[u8]) -> bool {
    if content.iter().any(|byte| !matches!(byte, 0 | b'\t') && byte.is_ascii_control()) {
        return true;
    }
    let odd = |c: char| !c.is_ascii() && (c.is_whitespace() || c.is_control() || c == '\u{feff}');
    !content.is_ascii() && std::str::from_utf8(content).is_ok_and(|text| text.contains(odd))
}

/// Whether some reader sees a line end where there is no LF.
pub(super) fn has_odd_break(line: &[u8]) -> bool {
    line.contains(&b'\r') || line.array_windows().any(|three| ODD_BREAKS.contains(three))
}

/// The text up to its first LF.
pub(super) fn first_line(text: &[u8]) -> &[u8] {
    text.split(|byte| *byte == b'\n').next().unwrap_or_default()
}

/// The line without the CR of a CRLF.
pub(super) fn without_cr(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn count_breaks(content: &[u8]) -> usize {
    content.iter().filter(|byte| **byte == b'\n').count()
}

impl Style {
    /// The style that a byte opens, if it is a quote.
    pub(super) fn opened_by(byte: u8) -> Option<Self> {
        match byte {
            b'\'' => Some(Self::Single),
            b'"' => Some(Self::Double),
            b'`' => Some(Self::Backtick),
            _ => None,
        }
    }

    fn quote(self) -> Option<u8> {
        match self {
            Self::Plain => None,
            Self::Single => Some(b'\''),
            Self::Double => Some(b'"'),
            Self::Backtick => Some(b'`'),
        }
    }
}

// MIRRORS: JavaScript's other line ends, U+2028 and U+2029.
const ODD_BREAKS: [[u8; 3]; 2] = [[0xe2, 0x80, 0xa8], [0xe2, 0x80, 0xa9]];
