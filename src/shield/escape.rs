//! The ways in which encoders write one character.

/// A way to write one character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escape {
    /// Unescaped.
    Raw,
    /// `-` and `_` instead of the `+` and `/` of base64.
    UrlSafe,
    /// `+` for a space, as forms do.
    Plus,
    /// `%2F`, for each byte of UTF-8.
    Percent,
    /// `\"`, `\/`, `\n`.
    Short,
    /// `\u002f`, for each unit of UTF-16.
    Unicode,
    /// `\u{2f}`.
    Braces,
    /// `\x2f`, for each byte of UTF-8.
    Byte,
    /// `&amp;`.
    Named,
    /// `&#47;`.
    Decimal,
    /// `&#047;`.
    Padded,
    /// `&#x2f;`.
    Hexadecimal,
}

impl Escape {
    /// Every escape.
    pub(super) const ALL: &[Self] = &[
        Self::Raw,
        Self::UrlSafe,
        Self::Plus,
        Self::Percent,
        Self::Short,
        Self::Unicode,
        Self::Braces,
        Self::Byte,
        Self::Named,
        Self::Decimal,
        Self::Padded,
        Self::Hexadecimal,
    ];

    /// The character written in this way, if that is possible.
    pub(super) fn spell(self, character: char) -> Option<Spelt> {
        let mut spelt = Spelt::default();
        match self {
            Self::Raw => spelt.raw(character),
            Self::UrlSafe => spelt.push(url_safe(character)?),
            Self::Plus => spelt.push((character == ' ').then_some(b'+')?),
            Self::Percent => spelt.bytes(b"%", character),
            Self::Short => spelt.all(&[b'\\', short(character)?]),
            Self::Unicode => spelt.units(character),
            Self::Braces => spelt.number(b"\\u{", character, 1, b"}"),
            Self::Byte => spelt.bytes(b"\\x", character),
            Self::Named => spelt.name(named(character)?),
            Self::Decimal => spelt.decimal(character, 1),
            Self::Padded => spelt.decimal((u32::from(character) < 100).then_some(character)?, 3),
            Self::Hexadecimal => spelt.number(b"&#x", character, 1, b";"),
        }
        Some(spelt)
    }

    /// Whether a text written in this way may continue with `byte`.
    pub(super) const fn may_begin_with(self, byte: u8) -> bool {
        match self {
            Self::Raw | Self::UrlSafe | Self::Plus => true,
            Self::Percent => byte == b'%',
            Self::Short | Self::Unicode | Self::Braces | Self::Byte => byte == b'\\',
            Self::Named | Self::Decimal | Self::Padded | Self::Hexadecimal => byte == b'&',
        }
    }

    /// Whether the letters that this adds may be in either case.
    pub(super) const fn has_no_case(self) -> bool {
        match self {
            Self::Raw | Self::UrlSafe | Self::Plus => false,
            Self::Percent
            | Self::Short
            | Self::Unicode
            | Self::Braces
            | Self::Byte
            | Self::Named
            | Self::Decimal
            | Self::Padded
            | Self::Hexadecimal => true,
        }
    }
}

/// A character as an encoder writes it.
#[derive(Clone, Copy, Default)]
pub(super) struct Spelt {
    bytes: [u8; MAX_SPELT_BYTES],
    length: usize,
}

impl Spelt {
    /// The bytes that are written.
    pub(super) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = byte;
            self.length += 1;
        }
    }

    fn all(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.push(*byte));
    }

    fn raw(&mut self, character: char) {
        self.all(character.encode_utf8(&mut [0; 4]).as_bytes());
    }

    fn bytes(&mut self, lead: &[u8], character: char) {
        for byte in character.encode_utf8(&mut [0; 4]).bytes() {
            self.all(lead);
            self.hexadecimal(u32::from(byte), 2);
        }
    }

    fn units(&mut self, character: char) {
        for unit in character.encode_utf16(&mut [0; 2]) {
            self.all(b"\\u");
            self.hexadecimal(u32::from(*unit), 4);
        }
    }

    fn number(&mut self, lead: &[u8], character: char, digits: u32, end: &[u8]) {
        self.all(lead);
        self.hexadecimal(u32::from(character), digits);
        self.all(end);
    }

    fn name(&mut self, name: &[u8]) {
        self.push(b'&');
        self.all(name);
        self.push(b';');
    }

    fn hexadecimal(&mut self, number: u32, least: u32) {
        let needed = number.checked_ilog2().map_or(1, |bits| bits / 4 + 1);
        for place in (0..needed.max(least)).rev() {
            if let Some(digit) = char::from_digit(number >> (4 * place) & 15, 16) {
                self.raw(digit);
            }
        }
    }

    fn decimal(&mut self, character: char, least: u32) {
        let number = u32::from(character);
        let needed = number.checked_ilog10().map_or(1, |places| places + 1);
        self.all(b"&#");
        for place in (0..needed.max(least)).rev() {
            if let Some(digit) = char::from_digit(number / 10_u32.pow(place) % 10, 10) {
                self.raw(digit);
            }
        }
        self.push(b';');
    }
}

const fn url_safe(character: char) -> Option<u8> {
    match character {
        '+' => Some(b'-'),
        '/' => Some(b'_'),
        _ => None,
    }
}

/// MIRRORS: RFC 8259, section 7, and the quotes of JavaScript.
const fn short(character: char) -> Option<u8> {
    match character {
        '"' => Some(b'"'),
        '\'' => Some(b'\''),
        '\\' => Some(b'\\'),
        '/' => Some(b'/'),
        '\u{8}' => Some(b'b'),
        '\u{c}' => Some(b'f'),
        '\n' => Some(b'n'),
        '\r' => Some(b'r'),
        '\t' => Some(b't'),
        _ => None,
    }
}

/// MIRRORS: HTML's named character references for a single ASCII character; of several
/// names, those that encoders write.
const fn named(character: char) -> Option<&'static [u8]> {
    Some(match character {
        '\t' => b"Tab",
        '\n' => b"NewLine",
        '!' => b"excl",
        '"' => b"quot",
        '#' => b"num",
        '$' => b"dollar",
        '%' => b"percnt",
        '&' => b"amp",
        '\'' => b"apos",
        '(' => b"lpar",
        ')' => b"rpar",
        '*' => b"ast",
        '+' => b"plus",
        ',' => b"comma",
        '.' => b"period",
        '/' => b"sol",
        ':' => b"colon",
        ';' => b"semi",
        '<' => b"lt",
        '=' => b"equals",
        '>' => b"gt",
        '?' => b"quest",
        '@' => b"commat",
        '[' => b"lsqb",
        '\\' => b"bsol",
        ']' => b"rsqb",
        '^' => b"Hat",
        '_' => b"lowbar",
        '`' => b"grave",
        '{' => b"lcub",
        '|' => b"vert",
        '}' => b"rcub",
        _ => return None,
    })
}

/// The most bytes that a character becomes: four bytes of UTF-8 as `%f0%9f%98%80`, or as
/// four `\xf0`.
pub(super) const MAX_SPELT_BYTES: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_escape_writes_as_its_encoders_do() {
        // As written by encodeURIComponent, forms, JSON, JavaScript, Rust's
        // `escape_unicode`, Python's `repr` of bytes, and HTML.
        let table = [
            (Escape::Raw, ['a', '/', '\u{e9}'], ["a", "/", "\u{e9}"]),
            (Escape::UrlSafe, ['+', '/', 'a'], ["-", "_", ""]),
            (Escape::Plus, [' ', 'a', '+'], ["+", "", ""]),
            (Escape::Percent, ['a', '/', '\u{1f600}'], ["%61", "%2f", "%f0%9f%98%80"]),
            (Escape::Short, ['"', '/', 'a'], ["\\\"", "\\/", ""]),
            (Escape::Short, ['\n', '\'', '\t'], ["\\n", "\\'", "\\t"]),
            (
                Escape::Unicode,
                ['a', '\u{e9}', '\u{1f600}'],
                ["\\u0061", "\\u00e9", "\\ud83d\\ude00"],
            ),
            (Escape::Braces, ['a', '\t', '\u{1f600}'], ["\\u{61}", "\\u{9}", "\\u{1f600}"]),
            (Escape::Byte, ['a', '/', '\u{1f600}'], ["\\x61", "\\x2f", "\\xf0\\x9f\\x98\\x80"]),
            (Escape::Named, ['&', '\n', 'a'], ["&amp;", "&NewLine;", ""]),
            (Escape::Decimal, ['a', '\'', '\u{1f600}'], ["&#97;", "&#39;", "&#128512;"]),
            (Escape::Padded, ['a', '\'', 'z'], ["&#097;", "&#039;", ""]),
            (Escape::Hexadecimal, ['a', '\t', '\u{1f600}'], ["&#x61;", "&#x9;", "&#x1f600;"]),
        ];
        for (escape, characters, expected) in table {
            let spelt = characters.map(|character| escape.spell(character));
            let spelt = spelt.map(|spelt| spelt.map(|s| s.as_bytes().to_vec()).unwrap_or_default());
            assert_eq!(spelt, expected.map(|text| text.as_bytes().to_vec()), "{escape:?}");
        }
        for escape in Escape::ALL {
            assert!(table.iter().any(|(known, ..)| known == escape), "{escape:?} has no row");
        }
    }

    #[test]
    fn every_escape_is_short_enough_and_begins_as_declared() {
        for escape in Escape::ALL {
            for character in ('\0'..='\u{2fff}').chain(['\u{ffff}', '\u{10000}', char::MAX]) {
                let Some(spelt) = escape.spell(character) else { continue };
                assert!(spelt.length <= character.len_utf8() * 9, "{escape:?}");
                assert!(spelt.length < MAX_SPELT_BYTES || *escape == Escape::Byte, "{escape:?}");
                let first = spelt.as_bytes().first().copied();
                assert!(first.is_some_and(|byte| escape.may_begin_with(byte)), "{escape:?}");
            }
        }
    }
}
