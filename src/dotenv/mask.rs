//! The copy of a dotenv file that may be shown.

use crate::source::Span;

/// The masked text, built line by line while the file is parsed.
///
/// INVARIANT: it receives no bytes of the file except what is to the left of `=` in an
/// assignment whose key is a name: blanks, `export` and the key.
#[derive(Default)]
pub(super) struct Mask {
    text: String,
}

impl Mask {
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes) }
    }

    /// Ends a line.
    pub(super) fn newline(&mut self) {
        self.text.push('\n');
    }

    /// Writes a comment, or a line that was not understood.
    pub(super) fn hidden(&mut self) -> Span {
        let start = self.text.len();
        self.text.push_str(HIDDEN);
        Span::new(start, self.text.len())
    }

    /// Writes an assignment, and returns the key's place in the masked text.
    pub(super) fn assignment(&mut self, before: &str, key: &str, after: &str) -> Span {
        self.text.push_str(before);
        let start = self.text.len();
        self.text.push_str(key);
        let end = self.text.len();
        self.text.push_str(after);
        self.text.push('=');
        self.text.push_str(MASK);
        Span::new(start, end)
    }

    /// Writes one more line of a value for each of `breaks`.
    pub(super) fn continued(&mut self, breaks: usize) {
        for _ in 0..breaks {
            self.newline();
            self.text.push_str(MASK);
        }
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}

/// Written instead of a value, whatever its length.
pub(super) const MASK: &str = "********";

/// Written instead of a comment, and of a line that was not understood.
pub(super) const HIDDEN: &str = "# (hidden)";
