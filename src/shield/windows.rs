//! The windows that can begin within the first bytes of a form, however it is
//! escaped.

use std::ops::Range;

use super::escape::{Escape, Spelt};
use super::form::Form;
use super::style::Style;
use super::table::{Entry, Width, Window};

/// Adds every window of `width` bytes that can begin at one of the first
/// `starts` bytes of the form, in each of its styles.
///
/// INVARIANT: if the form, in one style, stands in a text, then each window that
/// begins at one of those bytes is among these.
pub(super) fn add(
    form: (u32, &Form),
    width: Width,
    starts: usize,
    windows: &mut Vec<(Window, Entry)>,
) {
    let (form, text) = (form.0, form.1);
    let starts = starts.min(MOST_STARTS);
    let mut near = text.text().chars().take(starts + width.bytes());
    let is_plain = near.all(|c| c.is_ascii_alphanumeric());
    for style in text.styles() {
        // DELIBERATE: what styles do not change is added for the first alone.
        if !is_plain || *style == Style::FIRST || !Style::PLAIN.contains(style) {
            let spellings = Spellings::of(text, *style, starts + width.bytes());
            let is_first = *style == Style::FIRST;
            Walk { form, spellings, is_first, width, starts, windows }.all();
        }
    }
}

struct Walk<'a> {
    form: u32,
    spellings: Spellings,
    /// Whether what is not escaped is added.
    is_first: bool,
    width: Width,
    starts: usize,
    windows: &'a mut Vec<(Window, Entry)>,
}

impl Walk<'_> {
    fn all(mut self) {
        // The offsets below `starts` at which a character can begin, as bits.
        let mut begins = [0_u64; MOST_STARTS + 1];
        begins.iter_mut().take(1).for_each(|first| *first = 1);
        for index in 0..self.starts {
            let reached = begins.get(index).copied().unwrap_or_default();
            let Some((from, escapes)) = self.spellings.characters.get(index).cloned() else {
                break;
            };
            for escape in escapes {
                let Some(spelling) = self.spellings.all.get(escape).copied() else { break };
                let next = begins.get_mut(index + 1);
                next.into_iter().for_each(|next| *next |= reached << spelling.length);
                // INVARIANT: no bit is set where none was reached, and then no
                // offset is near enough.
                let nearest = reached.trailing_zeros() as usize;
                for before in 0..spelling.length.min(self.starts.saturating_sub(nearest)) {
                    let (Ok(from), Ok(skipped)) = (u8::try_from(from), u8::try_from(before)) else {
                        continue;
                    };
                    let entry = Entry { form: self.form, from, before: skipped };
                    self.onward(entry, Written::default().and(spelling, before), index + 1);
                }
            }
        }
    }

    /// The windows that go on so, with the character of this index next.
    fn onward(&mut self, entry: Entry, written: Written, index: usize) {
        if written.length >= self.width.bytes() {
            if written.is_escaped || self.is_first {
                self.windows.push((Window::new(written.bytes, self.width), entry));
            }
            return;
        }
        let Some((_, escapes)) = self.spellings.characters.get(index).cloned() else { return };
        for escape in escapes {
            if let Some(spelling) = self.spellings.all.get(escape).copied() {
                self.onward(entry, written.and(spelling, 0), index + 1);
            }
        }
    }
}

/// The first characters of a form, each with how a style may write it.
struct Spellings {
    /// Where each begins in the form, and which of the spellings are its.
    characters: Vec<(usize, Range<usize>)>,
    all: Vec<Spelling>,
}

#[derive(Clone, Copy)]
struct Spelling {
    spelt: Spelt,
    length: usize,
    is_escaped: bool,
}

impl Spellings {
    fn of(form: &Form, style: Style, count: usize) -> Self {
        let (mut characters, mut all) = (Vec::with_capacity(count), Vec::with_capacity(count));
        for (from, c) in form.text().char_indices().take(count) {
            let first = all.len();
            all.extend(form.spelt(style, c).map(|(escape, spelt)| Spelling {
                spelt,
                length: spelt.as_bytes().len(),
                is_escaped: escape != Escape::Raw,
            }));
            characters.push((from, first..all.len()));
        }
        Self { characters, all }
    }
}

/// What a window holds so far, the first byte lowest.
#[derive(Clone, Copy, Default)]
struct Written {
    bytes: u64,
    length: usize,
    is_escaped: bool,
}

impl Written {
    /// With what is written of a character after so many bytes; what goes beyond
    /// eight is dropped.
    fn and(self, spelling: Spelling, skipped: usize) -> Self {
        let more = spelling.spelt.word(skipped).checked_shl(8 * self.length as u32);
        Self {
            bytes: self.bytes | more.unwrap_or_default(),
            length: self.length + spelling.length - skipped,
            is_escaped: self.is_escaped || spelling.is_escaped,
        }
    }
}

/// The most starts that are asked for: their offsets fit into a word, and the
/// places of their characters into a byte.
pub(super) const MOST_STARTS: usize = 32;
