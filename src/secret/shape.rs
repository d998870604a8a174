//! The form of a token, as data: no pattern is compiled, nothing is allocated.
//!
//! A [`Shape`] is a sequence of pieces and matches a whole value or nothing of
//! it. A form with alternatives is several shapes.

use std::ops::BitOr;

use super::json;
use Piece::{Jwt, Lit, Object, OneOf, Run};

/// The form of a whole value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape(pub(super) &'static [Piece]);

/// One step of a [`Shape`].
#[derive(Clone, Copy, Debug)]
pub(super) enum Piece {
    /// Exactly this text.
    Lit(&'static str),
    /// Exactly one byte, out of these.
    OneOf(&'static str),
    /// Bytes of one set: at least so many, at most so many.
    Run(Bytes, usize, usize),
    /// The rest is a JSON Web Token whose claims hold each of these texts,
    /// written without white space.
    Jwt(&'static [&'static str]),
    /// The rest is a JSON object that holds each of these texts, written
    /// without white space.
    Object(&'static [&'static str]),
}

impl Shape {
    /// Whether the whole of `value` has this form.
    pub(super) fn matches(&self, value: &str) -> bool {
        tail(self.0, value.as_bytes())
    }
}

fn tail(pieces: &[Piece], rest: &[u8]) -> bool {
    let Some((piece, pieces)) = pieces.split_first() else { return rest.is_empty() };
    match piece {
        Lit(text) => rest.strip_prefix(text.as_bytes()).is_some_and(|rest| tail(pieces, rest)),
        OneOf(set) => rest
            .split_first()
            .is_some_and(|(byte, rest)| set.as_bytes().contains(byte) && tail(pieces, rest)),
        Run(bytes, min, max) => run(*bytes, *min, *max, pieces, rest),
        Jwt(texts) => pieces.is_empty() && json::claims_hold(rest, texts),
        Object(texts) => pieces.is_empty() && json::object_holds(rest, texts),
    }
}

// INVARIANT: a run gives bytes back one at a time, so two runs in a row over
// one set would cost the square of the length. A test over all kinds counts.
fn run(bytes: Bytes, min: usize, max: usize, pieces: &[Piece], rest: &[u8]) -> bool {
    let longest = rest.iter().take(max).take_while(|byte| bytes.has(**byte)).count();
    if pieces.is_empty() {
        return longest == rest.len() && longest >= min;
    }
    (min..=longest).rev().any(|taken| rest.get(taken..).is_some_and(|rest| tail(pieces, rest)))
}

/// A set of bytes, made of the small sets that token alphabets are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bytes(u16);

impl Bytes {
    /// `0-9`
    pub(super) const DIGIT: Self = Self(ZERO_ONE_EIGHT_NINE | TWO_TO_SEVEN);
    /// `0-9a-f`
    pub(super) const LOWER_HEX: Self = Self::DIGIT.or(Self(LOWER_A_F));
    /// `0-9a-fA-F`
    pub(super) const HEX: Self = Self::LOWER_HEX.or(Self(UPPER_A_F));
    /// `0-9a-f-`: what follows the first dash of a UUID
    pub(super) const HEX_DASH: Self = Self::LOWER_HEX.or(Self(DASH));
    /// `a-z`
    pub(super) const LOWER: Self = Self(LOWER_A_F | LOWER_G_Z);
    /// `A-Z`
    pub(super) const UPPER: Self = Self(UPPER_A_F | UPPER_G_Z);
    /// `a-z0-9`
    pub(super) const LOWER_ALNUM: Self = Self::LOWER.or(Self::DIGIT);
    /// `A-Z0-9`
    pub(super) const UPPER_ALNUM: Self = Self::UPPER.or(Self::DIGIT);
    /// `A-Za-z0-9`
    pub(super) const ALNUM: Self = Self::LOWER.or(Self::UPPER_ALNUM);
    /// `A-Z2-7`
    pub(super) const BASE32: Self = Self::UPPER.or(Self(TWO_TO_SEVEN));
    /// `A-Za-z0-9_`
    pub(super) const WORD: Self = Self::ALNUM.or(Self(UNDERSCORE));
    /// `A-Za-z0-9-`
    pub(super) const ALNUM_DASH: Self = Self::ALNUM.or(Self(DASH));
    /// `A-Za-z0-9+/`
    pub(super) const BASE64: Self = Self::ALNUM.or(Self(PLUS | SLASH));
    /// `=`
    pub(super) const PADDING: Self = Self(EQUALS);
    /// `A-Za-z0-9+/=`
    pub(super) const BASE64_PADDED: Self = Self::BASE64.or(Self::PADDING);
    /// `A-Za-z0-9_-`
    pub(super) const BASE64_URL: Self = Self::WORD.or(Self(DASH));
    /// `A-Za-z0-9_.~-`
    pub(super) const UNRESERVED: Self = Self::BASE64_URL.or(Self(DOT | TILDE));
    /// `A-Za-z0-9.-`
    pub(super) const HOST: Self = Self::ALNUM_DASH.or(Self(DOT));
    /// Whatever stands between the lines of a PEM block, `\n` written out too.
    pub(super) const PEM: Self = Self::BASE64_PADDED.or(Self(SPACE | BACKSLASH));
    /// Space, tab, line feed, carriage return.
    pub(super) const SPACE: Self = Self(SPACE);
    /// Visible ASCII: everything but white space and control characters.
    pub(super) const VISIBLE: Self = Self(!SPACE);
    /// Visible ASCII that needs quotes in some file format.
    pub(super) const AWKWARD: Self = Self(PUNCTUATION | BACKSLASH);

    /// Whether `byte` is in the set.
    pub(super) const fn has(self, byte: u8) -> bool {
        self.0 & part(byte) != 0
    }

    /// The bytes that are in either set.
    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The bytes of this set that are not in `other`.
    pub(super) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

impl BitOr for Bytes {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.or(other)
    }
}

const fn part(byte: u8) -> u16 {
    match byte {
        b'0' | b'1' | b'8' | b'9' => ZERO_ONE_EIGHT_NINE,
        b'2'..=b'7' => TWO_TO_SEVEN,
        b'a'..=b'f' => LOWER_A_F,
        b'g'..=b'z' => LOWER_G_Z,
        b'A'..=b'F' => UPPER_A_F,
        b'G'..=b'Z' => UPPER_G_Z,
        b'+' => PLUS,
        b'/' => SLASH,
        b'=' => EQUALS,
        b'-' => DASH,
        b'_' => UNDERSCORE,
        b'.' => DOT,
        b'~' => TILDE,
        b'\\' => BACKSLASH,
        b' ' | b'\t' | b'\n' | b'\r' => SPACE,
        b'!'..=b'~' => PUNCTUATION,
        _ => 0,
    }
}

const ZERO_ONE_EIGHT_NINE: u16 = 1;
const TWO_TO_SEVEN: u16 = 1 << 1;
const LOWER_A_F: u16 = 1 << 2;
const LOWER_G_Z: u16 = 1 << 3;
const UPPER_A_F: u16 = 1 << 4;
const UPPER_G_Z: u16 = 1 << 5;
const PLUS: u16 = 1 << 6;
const SLASH: u16 = 1 << 7;
const EQUALS: u16 = 1 << 8;
const DASH: u16 = 1 << 9;
const UNDERSCORE: u16 = 1 << 10;
const DOT: u16 = 1 << 11;
const TILDE: u16 = 1 << 12;
const BACKSLASH: u16 = 1 << 13;
const SPACE: u16 = 1 << 14;
const PUNCTUATION: u16 = 1 << 15;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_the_whole_value_or_nothing() {
        let shape = Shape(&[Lit("ab_"), Run(Bytes::DIGIT, 2, 4), OneOf("xy")]);
        let table = [
            ("ab_12x", true),
            ("ab_1234y", true),
            ("ab_1x", false),
            ("ab_12345x", false),
            ("ab_12z", false),
            ("ab_12", false),
            ("ab_12xx", false),
            (" ab_12x", false),
            ("AB_12x", false),
            ("", false),
        ];
        for (value, expected) in table {
            assert_eq!(shape.matches(value), expected, "{value}");
        }
    }

    #[test]
    fn a_run_gives_back_what_a_later_piece_needs() {
        let shape = Shape(&[Run(Bytes::ALNUM, 1, 8), Lit("AA"), Run(Bytes::ALNUM, 0, 2)]);
        let table = [
            ("xAA", true),
            ("xAAyy", true),
            ("xAAyyy", false),
            ("AAAA", true),
            ("AA", false),
            ("xAAAAAAAA", true),
            ("xAAAAAAAAAAAAAAA", false),
        ];
        for (value, expected) in table {
            assert_eq!(shape.matches(value), expected, "{value}");
        }
    }

    #[test]
    fn sets_hold_what_their_names_say() {
        type Row = (Bytes, fn(u8) -> bool);
        let table: [Row; 8] = [
            (Bytes::DIGIT, |b| b.is_ascii_digit()),
            (Bytes::LOWER_HEX, |b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)),
            (Bytes::HEX, |b| b.is_ascii_hexdigit()),
            (Bytes::ALNUM, |b| b.is_ascii_alphanumeric()),
            (Bytes::BASE32, |b| b.is_ascii_uppercase() || (b'2'..=b'7').contains(&b)),
            (Bytes::BASE64_URL, |b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'),
            (Bytes::UNRESERVED, |b| b.is_ascii_alphanumeric() || b"-_.~".contains(&b)),
            (Bytes::VISIBLE, |b| b.is_ascii_graphic()),
        ];
        for (row, (set, expected)) in table.into_iter().enumerate() {
            for byte in 0..=u8::MAX {
                assert_eq!(set.has(byte), expected(byte), "row {row}, byte {byte}");
            }
        }
    }
}
