//! Classifies a line by the text to the left of its first `=`.

use super::problem::ProblemKind;

/// The kinds of lines.
pub(super) enum Head<'a> {
    Blank,
    Comment,
    Assignment(Assignment<'a>),
    Unknown(ProblemKind),
}

/// `before` + `key` + `after` + `=` and a value.
pub(super) struct Assignment<'a> {
    /// Indentation and `export`.
    pub(super) before: &'a str,
    pub(super) key: &'a str,
    /// Blanks between the key and `=`.
    pub(super) after: &'a str,
    /// Where the value begins, in bytes from the start of the line.
    pub(super) value_at: usize,
}

/// Classifies a line, given without its line end.
pub(super) fn classify(line: &[u8]) -> Head<'_> {
    match line.iter().find(|byte| !is_blank(**byte)) {
        None => return Head::Blank,
        Some(b'#') => return Head::Comment,
        Some(_) => {}
    }
    let Some(equals) = line.iter().position(|byte| *byte == b'=') else {
        return Head::Unknown(ProblemKind::NoEquals);
    };
    line.get(..equals)
        .and_then(|left| std::str::from_utf8(left).ok())
        .and_then(|left| assignment(left, equals + 1))
        .map_or(Head::Unknown(ProblemKind::NotAName), Head::Assignment)
}

fn assignment(left: &str, value_at: usize) -> Option<Assignment<'_>> {
    let named = left.trim_end_matches(BLANKS);
    let key_at = named.rfind(BLANKS).map_or(0, |blank| blank + 1);
    let (before, key) = named.split_at_checked(key_at)?;
    let after = left.get(named.len()..)?;
    let exported = matches!(before.trim_matches(BLANKS), "" | "export");
    (exported && is_name(key)).then_some(Assignment { before, key, after, value_at })
}

/// Whether every reader accepts `key` as a name: ASCII, not beginning with a digit, and
/// not the word that may precede a name.
pub(super) fn is_name(key: &str) -> bool {
    let name_byte = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    !key.starts_with(|first: char| first.is_ascii_digit())
        && !matches!(key, "" | "export")
        && key.bytes().all(name_byte)
}

/// Whether `key` looks random rather than chosen, like base64 text.
pub(super) fn looks_random(key: &str) -> bool {
    let has = |test: fn(&u8) -> bool| key.as_bytes().iter().any(test);
    !key.contains('_')
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_digit)
}

/// Space and tab, which every reader treats as blanks.
pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

const BLANKS: [char; 2] = [' ', '\t'];
