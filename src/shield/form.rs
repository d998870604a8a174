//! The forms in which a secret can leave.

use super::escape::{Escape, Spelt};
use super::style::Style;
use crate::secret::Secret;

/// A text that must not leave, however its characters are escaped.
pub(super) struct Form {
    /// The index of the watched value that it is made from.
    pub(super) of: usize,
    /// How it is made from the value.
    pub(super) written: Written,
    text: Secret,
}

/// The ways to make a form from a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Written {
    /// The value itself, perhaps escaped character by character.
    Text,
    /// Base64.
    Base64,
    /// Hexadecimal digits.
    Hexadecimal,
}

impl Written {
    /// The name of it, for the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Base64 => "base64",
            Self::Hexadecimal => "hexadecimal",
        }
    }
}

/// How much of a form a text has at a certain place.
pub(super) enum Fit {
    /// All of it.
    Whole,
    /// The text ends first; this many characters of the form are missing.
    CutOff(usize),
    /// Something else.
    Not,
}

impl Form {
    /// Every form of a value.
    pub(super) fn all(of: usize, value: &Secret) -> impl Iterator<Item = Self> {
        let bytes = value.expose().as_bytes();
        let base64 = (0..3).map(|lead| (Written::Base64, base64(bytes, lead)));
        let text = (Written::Text, value.clone());
        let texts = [text, (Written::Hexadecimal, hexadecimal(bytes))].into_iter().chain(base64);
        let texts = texts.collect::<Vec<_>>();
        texts.into_iter().map(move |(written, text)| Self { of, written, text })
    }

    /// The form before any escape.
    pub(super) fn text(&self) -> &str {
        self.text.expose()
    }

    /// The styles in which it is looked for.
    pub(super) const fn styles(&self) -> &'static [Style] {
        match self.written {
            Written::Text => Style::ALL,
            Written::Base64 => Style::PLAIN,
            Written::Hexadecimal => &[Style::Uri],
        }
    }

    /// The fewest bytes in which it can be written.
    pub(super) fn shortest(&self) -> usize {
        self.text().len()
    }

    /// An upper limit of its bytes, whatever the style.
    pub(super) fn longest(&self) -> usize {
        match self.written {
            Written::Hexadecimal => self.text().len(),
            Written::Text | Written::Base64 => self.text().len() * MAX_BYTES_PER_BYTE,
        }
    }

    /// The ways in which `style` may write a character of this form.
    pub(super) fn spelt(&self, style: Style, c: char) -> impl Iterator<Item = (Escape, Spelt)> {
        let safe = self.written == Written::Base64;
        let escapes = style.escapes(c).iter().filter(move |e| safe || **e != Escape::UrlSafe);
        escapes.filter_map(move |escape| Some((*escape, escape.spell(c)?)))
    }

    /// The ways in which any style may write it.
    fn spellings(&self, c: char) -> impl Iterator<Item = (Escape, Spelt)> {
        let safe = self.written == Written::Base64;
        let escapes = Escape::ALL.iter().filter(move |e| safe || **e != Escape::UrlSafe);
        escapes.filter_map(move |escape| Some((*escape, escape.spell(c)?)))
    }

    /// How much of the form `text` has at `at`, starting with the form's character at
    /// byte `from`.
    pub(super) fn fit(&self, from: usize, text: &[u8], at: usize) -> Fit {
        let mut places = Places::at(at);
        let form = self.text().get(from..).unwrap_or_default();
        let mut cut_off = None;
        for (index, c) in form.char_indices() {
            let left = || form.get(index..).map(|left| left.chars().count());
            let mut next = Places::default();
            for place in places.iter() {
                let rest = text.get(place..).unwrap_or_default();
                match rest.first() {
                    Some(byte) => self.step(c, *byte, rest, |step| match step {
                        Step::Whole(length) => next.add(place + length),
                        Step::CutOff => cut_off = left(),
                    }),
                    None => cut_off = left(),
                }
            }
            if next.is_empty() {
                return cut_off.map_or(Fit::Not, Fit::CutOff);
            }
            places = next;
        }
        Fit::Whole
    }

    /// Where the form can begin if its character at byte `to` is at `at`.
    pub(super) fn back(&self, to: usize, text: &[u8], at: usize) -> Places {
        let mut places = Places::at(at);
        for c in self.text().get(..to).unwrap_or_default().chars().rev() {
            let mut next = Places::default();
            for place in places.iter() {
                for (escape, spelt) in self.spellings(c) {
                    let from = place.checked_sub(spelt.as_bytes().len());
                    let found = from.and_then(|from| text.get(from..place));
                    if let (Some(from), Some(found)) = (from, found)
                        && self.equal(escape, spelt.as_bytes(), found)
                    {
                        next.add(from);
                    }
                }
            }
            places = next;
        }
        places
    }

    fn step(&self, c: char, byte: u8, rest: &[u8], mut found: impl FnMut(Step)) {
        let possible = Escape::ALL.iter().filter(|escape| escape.may_begin_with(byte));
        for escape in possible {
            let safe = self.written == Written::Base64 || *escape != Escape::UrlSafe;
            let Some(spelt) = escape.spell(c).filter(|_| safe) else { continue };
            let spelt = spelt.as_bytes();
            let common = spelt.len().min(rest.len());
            let (head, body) = (spelt.get(..common), rest.get(..common));
            if self.equal(*escape, head.unwrap_or_default(), body.unwrap_or_default()) {
                found(if common < spelt.len() { Step::CutOff } else { Step::Whole(common) });
            }
        }
    }

    fn equal(&self, escape: Escape, spelt: &[u8], found: &[u8]) -> bool {
        let any_case = match self.written {
            Written::Hexadecimal => true,
            Written::Text | Written::Base64 => escape.has_no_case(),
        };
        if any_case { found.eq_ignore_ascii_case(spelt) } else { found == spelt }
    }
}

enum Step {
    Whole(usize),
    CutOff,
}

/// A few places in a text, usually one: more cost an allocation.
#[derive(Default)]
pub(super) struct Places {
    first: Option<usize>,
    more: Vec<usize>,
}

impl Places {
    fn at(place: usize) -> Self {
        Self { first: Some(place), more: Vec::new() }
    }

    fn add(&mut self, place: usize) {
        if self.first.is_none() {
            self.first = Some(place);
        } else if !self.iter().any(|known| known == place) {
            self.more.push(place);
        }
    }

    fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    /// Each of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
        self.first.into_iter().chain(self.more.iter().copied())
    }
}

fn hexadecimal(bytes: &[u8]) -> Secret {
    let digit = |half: u8| char::from_digit(u32::from(half), 16);
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).filter_map(digit);
    let mut text = String::with_capacity(bytes.len() * 2);
    text.extend(digits);
    Secret::new(text)
}

/// The part of a base64 text that these bytes alone decide, after `lead` other bytes.
fn base64(bytes: &[u8], lead: usize) -> Secret {
    let bits = 8 * (lead + bytes.len());
    let sextet = |index: usize| {
        let (at, shift) = (index * 6 / 8, index * 6 % 8);
        let byte = |at: usize| {
            let found = at.checked_sub(lead).and_then(|at| bytes.get(at));
            u16::from(found.copied().unwrap_or_default())
        };
        let pair = byte(at) << 8 | byte(at + 1);
        BASE64.get(usize::from(pair >> (10 - shift) & 63)).copied().map(char::from)
    };
    let first = (8 * lead).div_ceil(6);
    let mut text = String::with_capacity(bits / 6);
    text.extend((first..bits / 6).filter_map(sextet));
    Secret::new(text)
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// As `&NewLine;`.
const MAX_BYTES_PER_BYTE: usize = 9;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_forms_are_what_the_value_alone_decides() {
        // The output of `printf '%s' xyzhunter2 | base64`, with none to two bytes before.
        let table = [(0, "aHVudGVyMg"), (1, "h1bnRlcjI"), (2, "odW50ZXIy")];
        for (lead, expected) in table {
            let found = base64(b"hunter2", lead);
            let decided = expected.get(..found.expose().len());
            assert_eq!(Some(found.expose()), decided, "{lead}");
            assert!(expected.len() - found.expose().len() <= 1, "{lead}");
        }
    }

    #[test]
    fn hexadecimal_is_two_digits_a_byte() {
        assert_eq!(hexadecimal("a\u{e9}\n".as_bytes()).expose(), "61c3a90a");
    }

    #[test]
    fn a_form_is_whole_or_cut_off_or_absent() {
        let form = Form::all(0, &Secret::new("a/b%25")).next();
        let form = form.unwrap();
        let table = [
            ("a/b%25", "whole"),
            ("a/b%25 and more", "whole"),
            ("a\\/b%25", "whole"),
            ("%61%2Fb%2525", "whole"),
            ("&#97;&sol;b&percnt;25", "whole"),
            ("\\U0061\\u002f\\u{62}\\x2525", "whole"),
            ("a/b%2", "cut 1"),
            ("a\\", "cut 5"),
            ("%6", "cut 6"),
            ("", "cut 6"),
            ("a/b 25", "no"),
            ("A/b%25", "no"),
        ];
        for (text, expected) in table {
            let found = match form.fit(0, text.as_bytes(), 0) {
                Fit::Whole => "whole".to_owned(),
                Fit::CutOff(left) => format!("cut {left}"),
                Fit::Not => "no".to_owned(),
            };
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn a_form_is_found_backwards() {
        let form = Form::all(0, &Secret::new("a/b%25")).next().unwrap();
        for (text, begins) in
            [("..a/b", Some(2)), ("%61\\/b", Some(0)), ("/b", None), ("A/b", None)]
        {
            let places = form.back(3, text.as_bytes(), text.len());
            assert_eq!(places.iter().next(), begins, "{text}");
        }
    }
}
