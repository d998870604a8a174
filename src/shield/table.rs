//! A set of windows that is queried millions of times a second.

/// A few bytes, read at once; letters match in either case.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Window(u64);

impl Window {
    /// The first `width` of these bytes, lowest first.
    #[inline(always)]
    pub(super) const fn new(bytes: u64, width: Width) -> Self {
        Self((bytes | EITHER_CASE) & width.mask())
    }

    /// A hash with its most mixed bits at the top.
    #[inline(always)]
    pub(super) const fn hash(self) -> u64 {
        self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    /// The hash of this window after others.
    const fn hash_after(self, others: u64) -> u64 {
        (others.rotate_left(29) ^ self.0).wrapping_mul(0xbf58_476d_1ce4_e5b9)
    }
}

/// A hash of the first [`NEAR`] bytes of a text, if it is that long.
#[inline(always)]
pub(super) fn near(text: &[u8]) -> Option<u64> {
    let (first, rest) = text.split_first_chunk()?;
    let second = rest.first_chunk()?;
    let window = |eight: &[u8; 8]| Window::new(u64::from_le_bytes(*eight), Width::Eight);
    Some(window(second).hash_after(window(first).hash()))
}

/// A hash of the first [`FAR`] bytes.
#[inline(always)]
pub(super) fn far(text: &[u8]) -> Option<u64> {
    let third = text.get(NEAR..)?.first_chunk()?;
    let window = Window::new(u64::from_le_bytes(*third), Width::Eight);
    Some(window.hash_after(near(text)?))
}

/// A set of hashes with false positives and no false negatives.
pub(super) struct Bits {
    words: Vec<u64>,
    shift: u32,
}

impl Bits {
    /// Makes the set of these.
    pub(super) fn of(hashes: impl ExactSizeIterator<Item = u64>) -> Self {
        let log = log2(hashes.len() * BITS_PER_HASH).clamp(LEAST_BITS, MOST_BITS);
        let (mut words, shift) = (vec![0_u64; 1 << (log - 6)], u64::BITS - log);
        for hash in hashes {
            let bit = hash >> shift;
            if let Some(word) = words.get_mut((bit >> 6) as usize) {
                *word |= 1 << (bit & 63);
            }
        }
        Self { words, shift }
    }

    /// Whether this may be one of them.
    #[inline(always)]
    pub(super) fn may_have(&self, hash: u64) -> bool {
        let bit = hash >> self.shift;
        let word = self.words.get((bit >> 6) as usize).copied().unwrap_or(u64::MAX);
        word >> (bit & 63) & 1 == 1
    }
}

/// How many bytes a window has, from 1 to 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    /// For short secrets.
    Four,
    /// For secrets in between.
    Six,
    /// For long secrets.
    Eight,
}

impl Width {
    /// The number of bytes.
    pub(super) const fn bytes(self) -> usize {
        match self {
            Self::Four => 4,
            Self::Six => 6,
            Self::Eight => 8,
        }
    }

    const fn mask(self) -> u64 {
        u64::MAX >> (64 - 8 * self.bytes())
    }
}

/// A place in a form where a window can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// The index of the form.
    pub(super) form: u32,
    /// The byte of the form at which the character begins in which the window begins.
    pub(super) from: u8,
    /// How many bytes of that character, as written, are before the window.
    pub(super) before: u8,
}

/// Windows, and the places where each can be.
///
/// A bitmap answers nearly every query. If it says yes, which may be a false positive, a
/// table has the places; it never says no wrongly.
pub(super) struct Table {
    width: Width,
    bits: Bits,
    /// For each slot the place where its entries begin, and the end of the last.
    begins: Vec<u32>,
    slot_shift: u32,
    entries: Vec<(u32, Entry)>,
}

impl Table {
    /// Makes a table of these windows.
    pub(super) fn new(width: Width, windows: &[(Window, Entry)]) -> Self {
        let bits = Bits::of(windows.iter().map(|(window, _)| window.hash()));
        let slots_log = log2(windows.len()).clamp(1, 24);
        let slot_shift = u64::BITS - slots_log;
        let (begins, entries) = sorted(windows, slot_shift, 1 << slots_log);
        Self { width, bits, begins, slot_shift, entries }
    }

    /// The width of its windows.
    pub(super) const fn width(&self) -> Width {
        self.width
    }

    /// Whether the window may be one of the table's.
    #[inline(always)]
    pub(super) fn may_have(&self, window: Window) -> bool {
        self.bits.may_have(window.hash())
    }

    /// The places where the window can be.
    pub(super) fn entries(&self, window: Window) -> impl Iterator<Item = Entry> {
        let hash = window.hash();
        let slot = (hash >> self.slot_shift) as usize;
        let bound = |slot: usize| self.begins.get(slot).copied().unwrap_or_default() as usize;
        let entries = self.entries.get(bound(slot)..bound(slot + 1)).unwrap_or_default();
        entries.iter().filter(move |(known, _)| *known == tag(hash)).map(|(_, entry)| *entry)
    }
}

/// The entries by slot, and where those of each slot begin.
fn sorted(
    windows: &[(Window, Entry)],
    slot_shift: u32,
    slots: usize,
) -> (Vec<u32>, Vec<(u32, Entry)>) {
    let slot = |window: &Window| (window.hash() >> slot_shift) as usize;
    let mut begins = vec![0_u32; slots + 1];
    for (window, _) in windows {
        if let Some(count) = begins.get_mut(slot(window) + 1) {
            *count += 1;
        }
    }
    begins.iter_mut().fold(0, |sum, count| {
        *count += sum;
        *count
    });
    let mut next = begins.clone();
    let mut entries = vec![(0, Entry { form: 0, from: 0, before: 0 }); windows.len()];
    for (window, entry) in windows {
        let Some(at) = next.get_mut(slot(window)) else { continue };
        if let Some(place) = entries.get_mut(*at as usize) {
            *place = (tag(window.hash()), *entry);
        }
        *at += 1;
    }
    (begins, entries)
}

const fn tag(hash: u64) -> u32 {
    (hash >> 16) as u32
}

/// The binary logarithm, rounded up.
fn log2(number: usize) -> u32 {
    number.checked_next_power_of_two().map_or(usize::BITS, usize::ilog2)
}

const NEAR: usize = 16;
pub(super) const FAR: usize = 24;
/// The bit in which the cases of an ASCII letter differ, in every byte.
const EITHER_CASE: u64 = 0x2020_2020_2020_2020;
/// About one in this many other hashes is mistaken for one of the set.
const BITS_PER_HASH: usize = 64;
/// 4 KiB.
const LEAST_BITS: u32 = 15;
/// 512 KiB.
const MOST_BITS: u32 = 22;
