//! Reads env files, in the dialect on which their readers agree.
//!
//! A dozen programs read `.env` files, and they differ. This parser accepts what they
//! agree on. Where they would see different values, it reports a [`Problem`] with a
//! spelling that all of them understand. `docs/dotenv.md` describes the dialect, and
//! which readers disagree.
//!
//! The text is masked while it is parsed: [`Parsed::source`] contains keys, and no value,
//! comment, or line that was not understood.

mod decode;
#[cfg(test)]
mod dialect;
mod head;
#[cfg(test)]
mod laws;
mod mask;
mod problem;
mod scope;
mod value;

use std::fmt;
use std::sync::Arc;

use self::head::{Assignment, Head};
use self::mask::Mask;
pub use self::problem::{Problem, ProblemKind};
use self::scope::Scope;
use self::value::{Style, first_line, has_odd_break, without_cr};
use crate::secret::value::Value;
use crate::source::{Source, Span};

/// The content of a dotenv file.
#[derive(Debug)]
pub struct Parsed {
    /// The file's name and its masked text.
    pub source: Arc<Source>,
    /// Every assignment in file order; a name that is assigned twice appears twice.
    pub entries: Vec<Entry>,
    /// The problems on which readers disagree, in file order.
    ///
    /// If there are any, a value among the entries is only the likeliest one.
    pub problems: Vec<Problem>,
}

/// One assignment.
#[derive(Clone)]
pub struct Entry {
    /// The variable's name.
    pub key: String,
    /// Where the name is in the masked text.
    pub span: Span,
    /// The value, which nothing can print.
    pub value: Value,
}

/// Shows the key, which is a name; the value hides itself.
impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, span, value } = self;
        f.debug_struct("Entry").field("key", key).field("span", span).field("value", value).finish()
    }
}

/// Reads a dotenv file from its bytes, and masks it.
///
/// `name` is only for messages; nothing is opened, and nothing is looked up in the
/// environment. Any bytes are read without an error or a panic, in time linear in the
/// length of the file.
/// # Source
///
/// The dialect is described in `docs/dotenv.md`.
pub fn parse(name: &str, bytes: &[u8]) -> Parsed {
    let text = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let mut parser = Parser::new(text);
    if UTF_16.iter().any(|mark| bytes.starts_with(mark)) {
        parser.give_up(ProblemKind::Utf16);
    }
    while let Some(rest) = parser.rest.take() {
        parser.statement(rest);
    }
    Parsed {
        source: Source::file(name, parser.mask.into_text()),
        entries: parser.scope.into_entries(),
        problems: parser.problems,
    }
}

struct Parser<'a> {
    /// The rest of the text; `None` after the last line.
    rest: Option<&'a [u8]>,
    mask: Mask,
    scope: Scope,
    problems: Vec<Problem>,
    /// The line above was not understood, or looked like broken text.
    in_doubt: bool,
}

impl<'a> Parser<'a> {
    fn new(text: &'a [u8]) -> Self {
        Self {
            rest: Some(text),
            mask: Mask::with_capacity(text.len()),
            scope: Scope::default(),
            problems: Vec::new(),
            in_doubt: false,
        }
    }

    fn statement(&mut self, rest: &'a [u8]) {
        let line = first_line(rest);
        match head::classify(without_cr(line)) {
            Head::Blank => self.harmless(rest, line.len()),
            Head::Comment => self.comment(rest, line),
            Head::Assignment(assignment) => self.assignment(rest, &assignment),
            Head::Unknown(kind) => self.unknown(rest, kind),
        }
    }

    fn harmless(&mut self, rest: &'a [u8], used: usize) {
        self.in_doubt = false;
        self.consume(rest, used);
    }

    fn comment(&mut self, rest: &'a [u8], line: &[u8]) {
        let span = self.mask.hidden();
        if has_odd_break(without_cr(line)) {
            self.problems.push(Problem { kind: ProblemKind::OddLineBreak, span });
        }
        self.harmless(rest, line.len());
    }

    fn assignment(&mut self, rest: &'a [u8], assignment: &Assignment<'_>) {
        let Assignment { before, key, after, value_at } = *assignment;
        if self.looks_broken(without_cr(first_line(rest)), key) {
            return self.unknown(rest, ProblemKind::LooksBroken);
        }
        let raw = value::cut(rest.get(value_at..).unwrap_or_default());
        let span = self.mask.assignment(before, key, after);
        self.mask.continued(raw.breaks);
        let (value, unclear) = decode::decode(&raw, &mut self.scope);
        let problem = raw.problem.or(unclear);
        self.problems.extend(problem.map(|kind| Problem { kind, span }));
        if problem != Some(ProblemKind::Unclosed) {
            let entry = Entry { key: key.to_owned(), span, value: Value::new(value) };
            self.scope.push(entry, problem);
        }
        self.in_doubt = problem == Some(ProblemKind::InnerSpace);
        self.consume(rest, value_at + raw.used);
        if problem == Some(ProblemKind::AfterLines) {
            self.hide_rest();
        }
    }

    /// DELIBERATE: the last line of base64 text looks like an assignment, whose "key"
    /// would be the end of a secret.
    fn looks_broken(&self, line: &[u8], key: &str) -> bool {
        let padding = line.strip_prefix(key.as_bytes());
        let random = self.in_doubt || head::looks_random(key);
        padding == Some(b"==") || (padding == Some(b"=") && random)
    }

    /// A run of such lines is one problem, at the first of them.
    fn unknown(&mut self, rest: &'a [u8], kind: ProblemKind) {
        let span = self.mask.hidden();
        if !self.in_doubt {
            self.problems.push(Problem { kind, span });
        }
        self.in_doubt = true;
        let line = first_line(rest);
        let Some((open, style)) = open_quote(line) else {
            return self.consume(rest, line.len());
        };
        let raw = value::quoted(rest, open, style);
        for _ in 0..raw.breaks {
            self.mask.newline();
            self.mask.hidden();
        }
        self.consume(rest, raw.used);
    }

    fn consume(&mut self, rest: &'a [u8], used: usize) {
        self.rest = rest.get(used..).and_then(|left| left.strip_prefix(b"\n"));
        if self.rest.is_some() {
            self.mask.newline();
        }
    }

    fn give_up(&mut self, kind: ProblemKind) {
        self.problems.push(Problem { kind, span: Span::new(0, mask::HIDDEN.len()) });
        self.hide_rest();
    }

    /// DELIBERATE: nothing below is certain. A line may be code, or inside a quote.
    fn hide_rest(&mut self) {
        while let Some(rest) = self.rest.take() {
            let line = first_line(rest);
            if !without_cr(line).is_empty() {
                self.mask.hidden();
            }
            self.consume(rest, line.len());
        }
    }
}

/// DELIBERATE: a reader that treats the line as an assignment continues to the closing
/// quote, so the lines inside it must not be read separately.
fn open_quote(line: &[u8]) -> Option<(usize, Style)> {
    let opens = |at: usize| match at.checked_sub(1).and_then(|before| line.get(before)) {
        Some(before) => matches!(before, b' ' | b'\t' | b'=' | b':'),
        None => true,
    };
    let styled = |(at, byte): (usize, &u8)| Style::opened_by(*byte).map(|style| (at, style));
    line.iter().enumerate().filter_map(styled).find(|(at, _)| opens(*at))
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
const UTF_16: [&[u8]; 2] = [b"\xff\xfe", b"\xfe\xff"];
