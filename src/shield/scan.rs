//! Finds forms in a text, and those that may begin at its end.

use super::form::{Fit, Form, Written};
use super::table::{Bits, Entry, Table, Width, Window, far, near};
use super::windows::{MOST_STARTS, Windows};
use crate::secret::Secret;

/// Finds forms in texts.
pub(super) struct Scanner {
    forms: Vec<Form>,
    /// Every window that can begin in the first `stride` bytes of a form.
    samples: Table,
    /// Those of them that anything can follow.
    alone: Bits,
    /// What can follow the others.
    longer: Bits,
    /// Every window at the very beginning of a form.
    heads: Table,
    stride: usize,
    longest: usize,
}

/// A form that was found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// The index of the value.
    pub(super) of: usize,
    /// The form.
    pub(super) written: Written,
}

/// What is known about a text that may continue.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scan {
    /// A form that was found in it.
    pub(super) found: Option<Found>,
    /// The place from which on a form may have begun.
    pub(super) begun: usize,
    /// The place from which on there is so much of a form that it must not leave.
    pub(super) shown: usize,
}

impl Scan {
    const fn of(text: &[u8]) -> Self {
        Self { found: None, begun: text.len(), shown: text.len() }
    }
}

impl Scanner {
    /// Makes a scanner for these values, in every form.
    pub(super) fn new<'a>(values: impl Iterator<Item = &'a Secret>) -> Self {
        let forms: Vec<_> =
            values.enumerate().flat_map(|(of, value)| Form::all(of, value)).collect();
        let shortest = forms.iter().map(Form::shortest).min().unwrap_or(super::watched::MIN_BYTES);
        let width = width(shortest);
        let stride = (shortest + 1).saturating_sub(width.bytes()).clamp(1, MOST_STARTS);
        let (mut samples, mut heads) = (Windows::new(width, stride), Windows::new(Width::Four, 1));
        for form in (0..).zip(&forms) {
            samples.add(form);
            heads.add(form);
        }
        Self {
            longest: forms.iter().map(Form::longest).max().unwrap_or_default(),
            samples: Table::new(width, &samples.all),
            alone: Bits::of(samples.alone.into_iter()),
            longer: Bits::of(samples.longer.into_iter()),
            heads: Table::new(Width::Four, &heads.all),
            forms,
            stride,
        }
    }

    /// Whether there is nothing to look for.
    pub(super) fn is_idle(&self) -> bool {
        self.forms.is_empty()
    }

    /// The most bytes that a form can have.
    pub(super) const fn longest(&self) -> usize {
        self.longest
    }

    /// The bytes of a form after which it has been sampled.
    pub(super) const fn reach(&self) -> usize {
        self.stride + self.samples.width().bytes() - 1
    }

    /// The first form in a whole text.
    pub(super) fn find(&self, text: &[u8]) -> Option<Found> {
        let mut scan = Scan::of(text);
        self.sample(text, text.len(), &mut scan);
        scan.found
    }

    /// What a text holds that may continue.
    pub(super) fn scan(&self, text: &[u8]) -> Scan {
        let mut scan = self.scan_from(text, text.len());
        if scan.found.is_none() {
            self.end(text, &mut scan);
        }
        scan
    }

    /// Does the same for forms that begin before `until`, and ignores what begins in the
    /// last few bytes.
    pub(super) fn scan_from(&self, text: &[u8], until: usize) -> Scan {
        let mut scan = Scan::of(text);
        self.sample(text, until.saturating_add(self.stride), &mut scan);
        scan
    }

    fn sample(&self, text: &[u8], until: usize, scan: &mut Scan) {
        let mut at = 0;
        while let Some((place, window)) = self.next(text, at).filter(|(place, _)| *place < until) {
            for entry in self.samples.entries(window) {
                self.verify(text, place, entry, scan);
            }
            if scan.found.is_some() {
                break;
            }
            at = place + self.stride;
        }
    }

    /// The next sampled place that may be part of a form.
    fn next(&self, text: &[u8], at: usize) -> Option<(usize, Window)> {
        let eight = |chunk: &[u8]| chunk.first_chunk().map(|eight| u64::from_le_bytes(*eight));
        let four = |chunk: &[u8]| chunk.first_chunk().map(|four| u32::from_le_bytes(*four).into());
        match self.samples.width() {
            Width::Four => self.next_by(text, at, four),
            Width::Six | Width::Eight => self.next_by(text, at, eight),
        }
    }

    /// DELIBERATE: iterates over chunks and not over places, so that no bound is checked
    /// in the loop.
    #[inline(always)]
    fn next_by(
        &self,
        text: &[u8],
        at: usize,
        read: impl Fn(&[u8]) -> Option<u64>,
    ) -> Option<(usize, Window)> {
        let width = self.samples.width();
        let chunks = text.get(at..)?.chunks_exact(self.stride);
        let last = text.len() - chunks.remainder().len();
        for (index, chunk) in chunks.enumerate() {
            // Too short to be read at once, so it is looked up, which only costs time.
            let window = read(chunk).map(|bytes| Window::new(bytes, width));
            if window.is_none_or(|window| self.samples.may_have(window)) {
                let place = at + index * self.stride;
                let window = window.or_else(|| short(text, place, width))?;
                if self.goes_on(text, place, window) {
                    return Some((place, window));
                }
            }
        }
        let window = short(text, last, width)?;
        self.samples.may_have(window).then_some((last, window))
    }

    /// Whether the text continues as a window of the table can.
    fn goes_on(&self, text: &[u8], place: usize, window: Window) -> bool {
        let rest = text.get(place..).unwrap_or_default();
        self.alone.may_have(window.hash())
            || far(rest).is_none_or(|far| self.longer.may_have(far))
            || near(rest).is_some_and(|near| self.longer.may_have(near))
    }

    /// Finds what begins in the last bytes, which may be too few to be sampled.
    fn end(&self, text: &[u8], scan: &mut Scan) {
        for place in text.len().saturating_sub(self.reach())..text.len() {
            let Some(window) = short(text, place, Width::Four) else { break };
            if self.heads.may_have(window) {
                for entry in self.heads.entries(window) {
                    self.verify(text, place, entry, scan);
                }
            }
        }
        let unknown = text.len().saturating_sub(Width::Four.bytes() - 1);
        scan.begun = scan.begun.min(if self.is_idle() { text.len() } else { unknown });
    }

    fn verify(&self, text: &[u8], place: usize, entry: Entry, scan: &mut Scan) {
        let Entry { form, from, before } = entry;
        let (Some(form), Some(at)) =
            (self.forms.get(form as usize), place.checked_sub(usize::from(before)))
        else {
            return;
        };
        let fit = form.fit(usize::from(from), text, at);
        if matches!(fit, Fit::Not) {
            return;
        }
        for begun in form.back(usize::from(from), text, at).iter() {
            match fit {
                Fit::Whole => scan.found = Some(Found { of: form.of, written: form.written }),
                Fit::CutOff(left) => {
                    scan.begun = scan.begun.min(begun);
                    let all = form.text().chars().count();
                    if all.saturating_sub(left) * SHOWN >= all {
                        scan.shown = scan.shown.min(begun);
                    }
                }
                Fit::Not => {}
            }
        }
    }
}

/// The window at a place, if the text is long enough.
fn short(text: &[u8], at: usize, width: Width) -> Option<Window> {
    let found = text.get(at..)?.get(..width.bytes())?;
    let mut eight = [0; 8];
    eight.iter_mut().zip(found).for_each(|(place, byte)| *place = *byte);
    Some(Window::new(u64::from_le_bytes(eight), width))
}

/// Wide windows rarely match by chance; narrow ones allow wide strides.
const fn width(shortest: usize) -> Width {
    match shortest {
        ..14 => Width::Four,
        14..20 => Width::Six,
        20.. => Width::Eight,
    }
}

/// A form is recognised before more than this fraction of it may leave.
const SHOWN: usize = 4;
