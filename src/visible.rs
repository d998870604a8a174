//! Makes hidden characters in text from elsewhere visible, so that it cannot mislead.

use std::borrow::Cow;

/// Makes characters visible that would otherwise act on a terminal or stay hidden, so
/// that a name cannot forge a line.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    rewritten(text, is_hidden)
}

/// Does the same as [`visible`] for the characters that `is_bad` chooses.
pub(crate) fn rewritten(text: &str, is_bad: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&is_bad) && !text.contains(COMMAND) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if is_bad(character) {
            safe.extend(character.escape_default());
        } else {
            safe.push(character);
        }
    }
    Cow::Owned(safe.replace(COMMAND, HARMLESS))
}

/// Names in backticks, with `separator` between them.
pub(crate) fn listed<'a>(names: impl IntoIterator<Item = &'a str>, separator: &str) -> String {
    let names: Vec<_> = names.into_iter().map(|name| format!("`{name}`")).collect();
    names.join(separator)
}

/// Control characters, line separators, direction marks, and zero-width characters.
pub(crate) fn is_hidden(character: char) -> bool {
    !matches!(character, ' '..='~')
        && (character.is_control()
            || matches!(
                character,
                '\u{ad}'
                    | '\u{34f}'
                    | '\u{61c}'
                    | '\u{115f}'..='\u{1160}'
                    | '\u{17b4}'..='\u{17b5}'
                    | '\u{180b}'..='\u{180f}'
                    | '\u{200b}'..='\u{200f}'
                    | '\u{2028}'..='\u{202e}'
                    | '\u{2060}'..='\u{206f}'
                    | '\u{3164}'
                    | '\u{fe00}'..='\u{fe0f}'
                    | '\u{feff}'
                    | '\u{ffa0}'
                    | '\u{fff0}'..='\u{fffb}'
                    | '\u{1bca0}'..='\u{1bca3}'
                    | '\u{1d173}'..='\u{1d17a}'
                    | '\u{e0000}'..='\u{e0fff}'
            ))
}

/// The older form of a workflow command works in the middle of a line, too.
const COMMAND: &str = "##[";
const HARMLESS: &str = "#\\u{23}[";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_become_visible() {
        let table = [
            ("DATABASE_URL", "DATABASE_URL"),
            ("Évry ü 東京 e\u{301}", "Évry ü 東京 e\u{301}"),
            ("a\nb\r\tc", "a\\nb\\r\\tc"),
            ("\u{1b}[31mred", "\\u{1b}[31mred"),
            ("\u{9b}31m\u{7f}", "\\u{9b}31m\\u{7f}"),
            ("abc\u{202e}cba", "abc\\u{202e}cba"),
            ("\u{2066}x\u{2069}\u{200f}\u{61c}", "\\u{2066}x\\u{2069}\\u{200f}\\u{61c}"),
            ("a\u{200b}b\u{feff}", "a\\u{200b}b\\u{feff}"),
            ("\u{2028}\u{e0041}", "\\u{2028}\\u{e0041}"),
            ("x##[stop-commands]y", "x#\\u{23}[stop-commands]y"),
        ];
        for (text, expected) in table {
            assert_eq!(visible(text), expected, "{text:?}");
        }
    }
}
