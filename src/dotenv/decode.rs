//! Resolves escapes and references in values.

use super::head::is_name;
use super::problem::ProblemKind;
use super::scope::Scope;
use super::value::{Raw, Style};

/// Resolves escapes and references, and reports where readers differ.
///
/// Beside a problem it returns the value that most readers see, so that later rules have
/// something to judge. A file with a problem is not accepted.
pub(super) fn decode(raw: &Raw<'_>, scope: &mut Scope) -> (Vec<u8>, Option<ProblemKind>) {
    let plain = |byte: &u8| !matches!(byte, b'\\' | b'$' | b'\r');
    let problem = match raw.style {
        Style::Backtick => Some(ProblemKind::Backtick),
        Style::Single | Style::Double if is_open(raw) => Some(ProblemKind::OpenBackslash),
        Style::Plain | Style::Single | Style::Double => None,
    };
    if raw.content.iter().all(plain) {
        return (raw.content.to_vec(), problem);
    }
    let mut decoder = Decoder { style: raw.style, out: Vec::new(), problem };
    decoder.run(raw.content, scope);
    (decoder.out, decoder.problem)
}

/// Whether a backslash makes readers differ on where the quote closes, and therefore on
/// what the next lines are.
fn is_open(raw: &Raw<'_>) -> bool {
    let pairs = |second: u8| raw.content.array_windows().any(|pair| *pair == [b'\\', second]);
    let escaped_quote = match raw.style {
        // Half of the readers close the quote at `\'`.
        Style::Single => pairs(b'\''),
        // Node closes at the first quote, and drops the rest of that line.
        Style::Double => raw.breaks > 0 && pairs(b'"'),
        Style::Plain | Style::Backtick => false,
    };
    escaped_quote || pairs(b'\n') || raw.content.ends_with(b"\\")
}

struct Decoder {
    style: Style,
    out: Vec<u8>,
    problem: Option<ProblemKind>,
}

impl Decoder {
    fn run(&mut self, mut content: &[u8], scope: &mut Scope) {
        self.out.reserve(content.len());
        while let Some((byte, rest)) = content.split_first() {
            let used = match byte {
                b'\\' => self.backslash(rest),
                b'$' => self.dollar(rest, scope),
                b'\r' => self.carriage_return(rest),
                other => self.keep(*other),
            };
            content = rest.get(used..).unwrap_or_default();
        }
    }

    /// Each of these methods returns how many bytes after the first it has used.
    fn keep(&mut self, byte: u8) -> usize {
        self.out.push(byte);
        0
    }

    fn report(&mut self, kind: ProblemKind) {
        self.problem.get_or_insert(kind);
    }

    fn backslash(&mut self, rest: &[u8]) -> usize {
        match (self.style, rest.first()) {
            (Style::Double | Style::Backtick, Some(b'n')) => {
                self.out.push(b'\n');
                1
            }
            (Style::Single, Some(b'\'' | b'\\')) => {
                self.report(ProblemKind::Backslash);
                self.out.extend(rest.first());
                1
            }
            (Style::Single, _) => self.keep(b'\\'),
            (Style::Double | Style::Backtick | Style::Plain, _) => {
                self.report(ProblemKind::Backslash);
                self.keep(b'\\')
            }
        }
    }

    fn dollar(&mut self, rest: &[u8], scope: &mut Scope) -> usize {
        match (self.style, reference(rest)) {
            (Style::Single, _) if !rest.starts_with(b"{") => {}
            (Style::Single, _) => self.report(ProblemKind::QuotedReference),
            (Style::Backtick, _) => {}
            (Style::Plain | Style::Double, None) => self.report(ProblemKind::Dollar),
            (Style::Plain | Style::Double, Some(name)) => match scope.resolve(name) {
                Ok(value) => {
                    self.out.extend_from_slice(value);
                    return name.len() + "{}".len();
                }
                Err(kind) => self.report(kind),
            },
        }
        self.keep(b'$')
    }

    fn carriage_return(&mut self, rest: &[u8]) -> usize {
        if rest.starts_with(b"\n") {
            self.report(ProblemKind::QuotedCrlf);
            return 0;
        }
        self.report(ProblemKind::OddLineBreak);
        self.keep(b'\r')
    }
}

/// The name in `{NAME}`, if `text` begins with that.
fn reference(text: &[u8]) -> Option<&str> {
    let body = text.strip_prefix(b"{")?;
    let length = body.iter().position(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_'))?;
    let (name, rest) = body.split_at_checked(length)?;
    let name = std::str::from_utf8(name).ok()?;
    (rest.starts_with(b"}") && is_name(name)).then_some(name)
}
