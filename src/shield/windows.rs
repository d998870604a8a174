//! The windows that can begin within the first bytes of a form, however it is escaped.

use std::ops::Range;

use super::escape::{Escape, MAX_SPELT_BYTES, Spelt};
use super::form::Form;
use super::style::Style;
use super::table::{Entry, FAR, Width, Window, far, near};

/// Windows, the places where each can be, and what can follow it.
pub(super) struct Windows {
    width: Width,
    starts: usize,
    /// Each window.
    pub(super) all: Vec<(Window, Entry)>,
    /// Hashes of those that anything can follow.
    pub(super) alone: Vec<u64>,
    /// Hashes of what can follow the others.
    pub(super) longer: Vec<u64>,
}

impl Windows {
    /// Makes an empty set of windows of `width` bytes that begin in the first `starts`
    /// bytes of a form.
    pub(super) fn new(width: Width, starts: usize) -> Self {
        let starts = starts.min(MOST_STARTS);
        Self { width, starts, all: Vec::new(), alone: Vec::new(), longer: Vec::new() }
    }

    /// Adds the windows of a form, in each of its styles.
    ///
    /// INVARIANT: if the form, in one style, is in a text, then each window that begins
    /// at one of those bytes is in this set; and either it is in `alone`, or what follows
    /// it in the text, [`near`] or [`far`], is in `longer`.
    pub(super) fn add(&mut self, form: (u32, &Form)) {
        let (form, text) = (form.0, form.1);
        let reach = self.starts + self.width.bytes();
        let is_plain = text.text().chars().take(reach).all(|c| c.is_ascii_alphanumeric());
        for style in text.styles() {
            // DELIBERATE: what all styles write alike is added only for the first.
            if !is_plain || *style == Style::FIRST || !Style::PLAIN.contains(style) {
                let spellings = Spellings::of(text, *style, reach);
                Walk { form, spellings: &spellings, style: *style, windows: self }.all();
            }
        }
    }
}

struct Walk<'a> {
    form: u32,
    spellings: &'a Spellings,
    style: Style,
    windows: &'a mut Windows,
}

impl Walk<'_> {
    fn all(mut self) {
        let (spellings, starts) = (self.spellings, self.windows.starts);
        // The offsets below `starts` at which the character can begin, as bits.
        let mut reached = 1_u64;
        for index in 0..starts {
            let Some((from, all)) = spellings.at(index) else { break };
            // INVARIANT: if no offset was reached, no bit is set, and no offset is near
            // enough.
            let nearest = reached.trailing_zeros() as usize;
            for spelling in all {
                for before in 0..spelling.length.min(starts.saturating_sub(nearest)) {
                    let (Ok(from), Ok(skipped)) = (u8::try_from(from), u8::try_from(before)) else {
                        continue;
                    };
                    let entry = Entry { form: self.form, from, before: skipped };
                    self.extend(entry, Prefix::NOTHING.and(spelling, before), index + 1);
                }
            }
            reached = all.iter().fold(0, |next, spelling| next | reached << spelling.length);
        }
    }

    /// Adds the windows that continue `prefix` with the character of this index.
    fn extend(&mut self, entry: Entry, prefix: Prefix, index: usize) {
        if prefix.length >= self.windows.width.bytes() {
            // Text without escapes belongs to one style only.
            if prefix.is_escaped || self.style == Style::FIRST {
                self.windows.all.push((prefix.window(self.windows.width), entry));
                self.ahead(prefix, index);
            }
            return;
        }
        let Some((_, all)) = self.spellings.at(index) else { return };
        for spelling in all {
            self.extend(entry, prefix.and(spelling, 0), index + 1);
        }
    }

    /// Adds what can follow a window.
    ///
    /// DELIBERATE: where everything is escaped, windows are much alike, and what follows
    /// distinguishes secrets from other texts of that kind. Elsewhere a window is enough.
    fn ahead(&mut self, prefix: Prefix, index: usize) {
        // Further ahead, a text that can be written in several ways has too many forms.
        let hash = if self.style == Style::MarkupAll { near } else { far };
        if let Some(hash) = hash(prefix.as_bytes()) {
            self.windows.longer.push(hash);
            return;
        }
        let next = self.spellings.at(index);
        let Some((_, all)) = next.filter(|_| !Style::PLAIN.contains(&self.style)) else {
            self.windows.alone.push(prefix.window(self.windows.width).hash());
            return;
        };
        for spelling in all {
            self.ahead(prefix.and(spelling, 0), index + 1);
        }
    }
}

/// The first characters of a form, each with the ways in which a style may write it.
struct Spellings {
    /// Where each begins in the form, and which of the spellings belong to it.
    characters: Vec<(usize, Range<usize>)>,
    all: Vec<Spelling>,
}

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

    /// The place where the character of this index begins, and the ways to write it.
    fn at(&self, index: usize) -> Option<(usize, &[Spelling])> {
        let (from, ways) = self.characters.get(index)?;
        Some((*from, self.all.get(ways.clone())?))
    }
}

/// What is written so far, from the first byte of a window.
#[derive(Clone, Copy)]
struct Prefix {
    bytes: [u8; FAR + MAX_SPELT_BYTES],
    length: usize,
    is_escaped: bool,
}

impl Prefix {
    const NOTHING: Self = Self { bytes: [0; FAR + MAX_SPELT_BYTES], length: 0, is_escaped: false };

    fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    fn window(&self, width: Width) -> Window {
        let eight = self.bytes.first_chunk().copied().unwrap_or_default();
        Window::new(u64::from_le_bytes(eight), width)
    }

    /// Appends what is written of a character after its first `skipped` bytes.
    fn and(mut self, spelling: &Spelling, skipped: usize) -> Self {
        let more = spelling.spelt.as_bytes().get(skipped..).unwrap_or_default();
        let free = self.bytes.iter_mut().skip(self.length);
        free.zip(more).for_each(|(place, byte)| *place = *byte);
        self.length += more.len();
        self.is_escaped |= spelling.is_escaped;
        self
    }
}

/// The most starts that may be asked for: their offsets fit into a word, and the places
/// of their characters into a byte.
pub(super) const MOST_STARTS: usize = 32;
