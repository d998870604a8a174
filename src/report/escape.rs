//! Makes text from elsewhere harmless, with one function for each way.

use std::borrow::Cow;
use std::fmt::Write;

use crate::visible::{self, is_hidden, rewritten};

/// Makes characters visible that would otherwise act on a terminal or stay hidden, so
/// that a name cannot forge a line.
pub fn visible(text: &str) -> Cow<'_, str> {
    visible::visible(text)
}

/// Does the same as [`visible`], but keeps line breaks and tabs, for text of several
/// lines.
pub(super) fn visible_lines(text: &str) -> Cow<'_, str> {
    rewritten(text, |character| is_hidden(character) && !matches!(character, '\n' | '\t'))
}

/// Writes every hidden character of a JSON document as `\u`, which changes the look of
/// the document and not its meaning.
pub(super) fn visible_json(document: &str) -> Cow<'_, str> {
    let is_bad = |character: char| is_hidden(character) && character != '\n';
    if !document.contains(is_bad) {
        return Cow::Borrowed(document);
    }
    let mut safe = String::with_capacity(document.len());
    for character in document.chars() {
        if is_bad(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                let _infallible = write!(safe, "\\u{unit:04x}");
            }
        } else {
            safe.push(character);
        }
    }
    Cow::Owned(safe)
}

/// Escapes the message of a workflow command.
///
/// MIRRORS `escapeData` of the actions toolkit.
pub(super) fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes a property of a workflow command.
///
/// MIRRORS `escapeProperty` of the actions toolkit.
pub(super) fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// Writes a path as a relative reference, percent-encoded.
pub(super) fn uri(path: &str) -> String {
    let path = path.strip_prefix("./").unwrap_or(path);
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            // Two slashes at the beginning would name a host.
            b'/' if uri == "/" => {}
            b'/' | b'-' | b'.' | b'_' | b'~' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
                uri.push(char::from(byte));
            }
            other => {
                let _infallible = write!(uri, "%{other:02X}");
            }
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_keeps_its_lines() {
        assert_eq!(visible_lines("a\n\tb\r"), "a\n\tb\\r");
    }

    #[test]
    fn workflow_commands_are_escaped_as_the_toolkit_does() {
        let hostile = "50%\r\n::error file=a,line=1::x";
        assert_eq!(data(hostile), "50%25%0D%0A::error file=a,line=1::x");
        assert_eq!(property(hostile), "50%25%0D%0A%3A%3Aerror file=a%2Cline=1%3A%3Ax");
    }

    #[test]
    fn paths_become_relative_references() {
        let table = [
            ("policy.toml", "policy.toml"),
            ("./a/.env", "a/.env"),
            ("a b#c?d%e.env", "a%20b%23c%3Fd%25e.env"),
            ("javascript:x", "javascript%3Ax"),
            ("é.env", "%C3%A9.env"),
            ("//host/share", "/host/share"),
            ("///x", "/x"),
            ("a//b", "a//b"),
        ];
        for (path, expected) in table {
            assert_eq!(uri(path), expected, "{path}");
        }
    }

    #[test]
    fn visible_json_has_the_same_meaning() {
        let text = "a\u{9b}b\u{202e}c\u{e0041}d\u{7f}é";
        let document = serde_json::to_string_pretty(&[text]).unwrap();
        let safe = visible_json(&document);
        assert!(!safe.contains(|c: char| is_hidden(c) && c != '\n'));
        assert_eq!(serde_json::from_str::<[String; 1]>(&safe).unwrap(), [text]);
    }
}
