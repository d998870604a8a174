//! The escapes that one encoder uses together.

use super::escape::Escape;

/// How an encoder treats a whole text.
///
/// An encoder treats characters by their kind. It leaves all letters and digits
/// unescaped, or escapes all of them; of the others it may escape any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Percent signs where necessary.
    Uri,
    /// Only percent signs.
    UriAll,
    /// JSON and scripts, escaped where necessary.
    Script,
    /// Only `\u0061`.
    UnicodeAll,
    /// Only `\u{61}`.
    BracesAll,
    /// Only `\x61`.
    BytesAll,
    /// HTML and XML, escaped where necessary.
    Markup,
    /// Only `&#97;` and `&#x61;`.
    MarkupAll,
}

impl Style {
    /// One of the styles that leave letters and digits unescaped.
    pub(super) const FIRST: Self = Self::Uri;

    /// The styles that leave letters and digits unescaped.
    pub(super) const PLAIN: &[Self] = &[Self::Uri, Self::Script, Self::Markup];

    /// Every style.
    pub(super) const ALL: &[Self] = &[
        Self::Uri,
        Self::UriAll,
        Self::Script,
        Self::UnicodeAll,
        Self::BracesAll,
        Self::BytesAll,
        Self::Markup,
        Self::MarkupAll,
    ];

    /// The ways in which this style may write a character.
    pub(super) const fn escapes(self, character: char) -> &'static [Escape] {
        use Escape::{
            Braces, Byte, Decimal, Hexadecimal, Named, Padded, Percent, Plus, Raw, Short, Unicode,
            UrlSafe,
        };
        let is_word = character.is_ascii_alphanumeric();
        match self {
            Self::Uri | Self::Script | Self::Markup if is_word => &[Raw],
            Self::Uri => &[Raw, UrlSafe, Plus, Percent],
            Self::UriAll => &[Percent],
            Self::Script => &[Raw, UrlSafe, Short, Unicode, Braces, Byte],
            Self::UnicodeAll => &[Short, Unicode],
            Self::BracesAll => &[Short, Braces],
            Self::BytesAll => &[Short, Byte],
            Self::Markup => &[Raw, UrlSafe, Named, Decimal, Padded, Hexadecimal],
            Self::MarkupAll => &[Named, Decimal, Padded, Hexadecimal],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_leaves_all_letters_alone_or_none() {
        for style in Style::ALL {
            let words = ('0'..='z').filter(char::is_ascii_alphanumeric);
            let left_alone = words.filter(|c| style.escapes(*c).contains(&Escape::Raw)).count();
            assert_eq!(left_alone, if Style::PLAIN.contains(style) { 62 } else { 0 }, "{style:?}");
        }
    }
}
