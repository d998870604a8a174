//! How much guessing a home-made secret withstands.
//!
//! One walk over the value. At each place the cheapest way to say what comes
//! next is taken: a repetition of something earlier, neighbours in a row, a
//! word, or else one character of the alphabet in use. What a guesser would
//! need to know to write the value down again is the sum.
//!
//! A value made mostly of plain words is walked a second time with words of any
//! language in mind, and the lower sum counts.
//!
//! LIMIT: an estimate from the value alone. It knows a few hundred words and no
//! leaked password; whoever made the value with a weak generator passes.

use super::chance::looks_random;
use super::{letters, words};

/// The least that a secret must withstand: twelve random letters and digits, or
/// five random words.
pub(crate) const MINIMUM_BITS: u32 = 64;

/// Whether a value withstands so many bits of guessing. Looks no further than
/// it needs to know.
pub(crate) fn withstands(value: &str, bits: u32) -> bool {
    bits_up_to(value, bits) >= bits
}

/// Whether a value withstands [`MINIMUM_BITS`] of guessing.
pub(crate) fn is_strong(value: &str) -> bool {
    withstands(value, MINIMUM_BITS)
}

/// Exact below `enough`; from there on, no further than needed to know.
fn bits_up_to(value: &str, enough: u32) -> u32 {
    let bytes = value.as_bytes();
    let enough = enough.saturating_mul(UNIT);
    let alphabet = alphabet(bytes);
    let cost_as = |reading| Walk::over(bytes, alphabet, reading).cost(enough);
    let (by_characters, told) = cost_as(Reading::Characters);
    let by_characters =
        match by_characters < enough && looks_random(bytes, alphabet, different(bytes), told) {
            true => (f64::from(alphabet).log2() * f64::from(UNIT) * bytes.len() as f64) as u32,
            false => by_characters,
        };
    let by_words = (alphabet > HEX && is_wordy(bytes)).then(|| cost_as(Reading::Words).0);
    by_words.map_or(by_characters, |cost| cost.min(by_characters)) / UNIT
}

struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
    seen: Seen,
    earlier: Earlier,
    alphabet: u32,
    recurring: u32,
    reading: Reading,
}

#[derive(Clone, Copy)]
enum Reading {
    Characters,
    Words,
}

impl<'a> Walk<'a> {
    fn over(bytes: &'a [u8], letters: u32, reading: Reading) -> Self {
        let different = different(bytes);
        let alphabet = log2(letters);
        let varied = different as usize * 2 >= bytes.len().min(letters as usize);
        let poor = log2(different + different / 4).min(alphabet);
        let recurring = if varied { poor.max(alphabet.saturating_sub(UNIT)) } else { poor };
        Self {
            bytes,
            at: 0,
            seen: Seen::default(),
            earlier: Earlier::default(),
            alphabet,
            recurring,
            reading,
        }
    }

    /// The cost, and how many characters something cheaper than themselves told.
    fn cost(mut self, enough: u32) -> (u32, usize) {
        let (mut cost, mut told) = (0_u32, 0);
        while let Some(rest) = self.bytes.get(self.at..).filter(|rest| !rest.is_empty()) {
            if cost >= enough {
                break;
            }
            let step = self.step(rest);
            for offset in 0..step.length {
                self.pass(self.at + offset);
            }
            cost = cost.saturating_add(step.cost);
            told += if step.length > 1 { step.length } else { 0 };
            self.at += step.length;
        }
        (cost, told)
    }

    fn step(&self, rest: &[u8]) -> Step {
        let single = Step { length: 1, cost: self.single(rest) };
        let cheaper = |best: Step, step: Step| if step.gain(&best) { step } else { best };
        [self.repetition(rest), self.sequence(rest), self.word(rest)]
            .into_iter()
            .flatten()
            .fold(single, cheaper)
    }

    /// A character that did not occur yet costs the alphabet. One that did costs
    /// the choice among those that occur, or hardly less than the alphabet where
    /// the value is as varied as a random one. Between words, signs recur for little.
    fn single(&self, rest: &[u8]) -> u32 {
        let Some(byte) = rest.first() else { return 0 };
        let cost = if self.seen.has(*byte) { self.recurring } else { self.alphabet };
        match self.reading {
            Reading::Characters => cost,
            Reading::Words if byte.is_ascii_digit() => cost.min(log2(10)),
            Reading::Words if byte.is_ascii_alphabetic() || !byte.is_ascii() => cost,
            Reading::Words if self.seen.has(*byte) => cost.min(UNIT / 2),
            Reading::Words => cost.min(log2(32)),
        }
    }

    fn repetition(&self, rest: &[u8]) -> Option<Step> {
        let start = self.earlier.find(rest)?;
        let source = self.bytes.get(start..)?;
        let length = source.iter().zip(rest).take_while(|(a, b)| a == b).count();
        let cost = log2(self.at as u32) + log2(length as u32);
        (length >= SHORTEST_REPEAT).then_some(Step { length, cost })
    }

    fn sequence(&self, rest: &[u8]) -> Option<Step> {
        let length = sequence(rest);
        let least = if rest.first().is_some_and(u8::is_ascii_digit) { 3 } else { 4 };
        let cost = self.alphabet + UNIT + log2(length as u32);
        (length >= least).then_some(Step { length, cost })
    }

    fn word(&self, rest: &[u8]) -> Option<Step> {
        let first = letters::letter(*rest.first()?);
        let second = rest.get(1).copied().unwrap_or_default();
        let spelt = |word: &&str| letters::spells(rest, word).filter(|n| *n >= SHORTEST_WORD);
        let lists = words::hollow_at(first, second).iter().chain(words::chosen_at(first, second));
        let known = lists.filter_map(spelt).max();
        if let Some(length) = known {
            return Some(Step { length, cost: KNOWN_WORD + disguise(rest, length) });
        }
        let length = match self.reading {
            Reading::Characters => 0,
            Reading::Words if is_year(rest) => return Some(Step { length: 4, cost: YEAR }),
            Reading::Words => word_at(self.bytes, self.at),
        };
        let cost = (PER_LETTER * length as u32).min(ANY_WORD * length.div_ceil(7) as u32);
        (length >= SHORTEST_WORD).then(|| Step { length, cost: cost + disguise(rest, length) })
    }

    fn pass(&mut self, at: usize) {
        let Some(rest) = self.bytes.get(at..) else { return };
        if let Some(byte) = rest.first() {
            self.seen.add(*byte);
        }
        self.earlier.add(rest, at);
    }
}

#[derive(Clone, Copy)]
struct Step {
    length: usize,
    cost: u32,
}

impl Step {
    /// Whether this step says a character more cheaply than `other` does.
    fn gain(&self, other: &Self) -> bool {
        u64::from(self.cost) * (other.length as u64) < u64::from(other.cost) * (self.length as u64)
    }
}

/// Capitals and digits for letters are among the first things that are tried.
fn disguise(rest: &[u8], length: usize) -> u32 {
    let word = rest.get(..length).unwrap_or_default();
    let (first, others) = word.split_at(length.min(1));
    let digits = !word.iter().all(u8::is_ascii_alphabetic);
    let inner = others.iter().any(u8::is_ascii_uppercase);
    let initial = first.iter().any(u8::is_ascii_uppercase);
    UNIT / 4 * u32::from(initial) + UNIT * (u32::from(inner) + 2 * u32::from(digits))
}

/// How many characters at the start follow each other in the alphabet, or on
/// the row of digits, up or down, or stay the same.
fn sequence(rest: &[u8]) -> usize {
    let pairs = rest.iter().zip(rest.iter().skip(1));
    let step = |a: u8, b: u8| {
        let same_sort = a.is_ascii_alphabetic() && b.is_ascii_alphabetic()
            || a.is_ascii_digit() && b.is_ascii_digit();
        let step = b.to_ascii_lowercase().wrapping_sub(a.to_ascii_lowercase());
        match (step, a, b) {
            (0, _, _) => Some(0),
            (1, _, _) | (_, b'9', b'0') if same_sort => Some(1),
            (u8::MAX, _, _) | (_, b'0', b'9') if same_sort => Some(u8::MAX),
            _ => None,
        }
    };
    let mut steps = pairs.map(|(a, b)| step(*a, *b));
    match steps.next() {
        Some(Some(first)) => 2 + steps.take_while(|step| *step == Some(first)).count(),
        Some(None) | None => 1,
    }
}

/// The length of what could be a plain word at the start: up to a capital, or
/// to whatever is no letter and does not look like one.
fn plain_word(rest: &[u8]) -> usize {
    let Some((first, tail)) = rest.split_first() else { return 0 };
    let (mut last, mut length, mut digits) = (letters::letter(*first), 1, 0);
    for byte in tail.iter().take_while(|byte| !byte.is_ascii_uppercase()) {
        let next = letters::letter(*byte);
        if !next.is_ascii_lowercase() {
            break;
        }
        if letters::successors(last) & 1 << (next - b'a') == 0 {
            return 0;
        }
        digits += usize::from(!byte.is_ascii_alphabetic());
        (last, length) = (next, length + 1);
    }
    let readable = digits == 0 || length >= SHORTEST_DISGUISED && digits * 4 <= length;
    if first.is_ascii_alphabetic() && readable { length } else { 0 }
}

fn is_year(rest: &[u8]) -> bool {
    let century = rest.starts_with(b"19") || rest.starts_with(b"20");
    century && rest.iter().take(4).filter(|byte| byte.is_ascii_digit()).count() == 4
}

/// The length of the plain word that begins at this place, after a sign or with
/// a capital.
fn word_at(bytes: &[u8], at: usize) -> usize {
    let before = at.checked_sub(1).and_then(|at| bytes.get(at));
    let rest = bytes.get(at..).unwrap_or_default();
    let inside = before.is_some_and(u8::is_ascii_alphanumeric);
    let begins = rest.first().is_some_and(u8::is_ascii_uppercase) || !inside;
    if begins { plain_word(rest) } else { 0 }
}

/// Whether most of the value is plain words, or what joins them. A random value
/// has such runs too, but few and short ones.
fn is_wordy(bytes: &[u8]) -> bool {
    let mut other = 0;
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let word = if is_year(rest) { 4 } else { word_at(bytes, at) };
        let joint = rest.first().is_some_and(|byte| !byte.is_ascii_alphanumeric());
        let length = if word >= SHORTEST_WORD { word } else { word_end(rest) };
        other += if word >= SHORTEST_WORD { 0 } else { length - usize::from(joint) };
        if other * 3 > bytes.len() {
            return false;
        }
        at += length;
    }
    true
}

/// Where the run of lower-case letters ends that starts here.
fn word_end(rest: &[u8]) -> usize {
    let tail = rest.get(1..).unwrap_or_default();
    let inside = rest.first().is_some_and(u8::is_ascii_alphabetic);
    1 + if inside { tail.iter().take_while(|byte| byte.is_ascii_lowercase()).count() } else { 0 }
}

/// How many characters the value could have been made of.
fn alphabet(bytes: &[u8]) -> u32 {
    let mut sorts = 0_u8;
    for byte in bytes {
        sorts |= SORTS.get(usize::from(*byte)).copied().unwrap_or(FOREIGN);
    }
    let has = |sort: u8| u32::from(sorts & sort != 0);
    if sorts & (SIGN | FOREIGN) == 0 {
        let one_case = has(LOWER_HEX | LOWER_REST) + has(UPPER_HEX | UPPER_REST) < 2;
        if one_case && sorts & (LOWER_REST | UPPER_REST) == 0 && sorts & DIGIT != 0 {
            return if sorts & (LOWER_HEX | UPPER_HEX) == 0 { 10 } else { HEX };
        }
    }
    let letters = 26 * has(LOWER_HEX | LOWER_REST) + 26 * has(UPPER_HEX | UPPER_REST);
    let plain = letters + 10 * has(DIGIT) + 2 * has(BASE64_SIGN);
    plain + 31 * has(SIGN) + 96 * has(FOREIGN)
}

const fn sort(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => DIGIT,
        b'a'..=b'f' => LOWER_HEX,
        b'g'..=b'z' => LOWER_REST,
        b'A'..=b'F' => UPPER_HEX,
        b'G'..=b'Z' => UPPER_REST,
        b'+' | b'/' | b'-' | b'_' | b'=' => BASE64_SIGN,
        ..=0x7f => SIGN,
        0x80.. => FOREIGN,
    }
}

/// The set of bytes that occurred.
#[derive(Default)]
struct Seen {
    low: u128,
    high: u128,
}

impl Seen {
    fn has(&self, byte: u8) -> bool {
        let half = if byte < 128 { self.low } else { self.high };
        half >> (byte & 127) & 1 == 1
    }

    fn add(&mut self, byte: u8) {
        let half = if byte < 128 { &mut self.low } else { &mut self.high };
        *half |= 1 << (byte & 127);
    }
}

/// How many different bytes there are.
fn different(bytes: &[u8]) -> u32 {
    let mut seen = Seen::default();
    bytes.iter().for_each(|byte| seen.add(*byte));
    seen.low.count_ones() + seen.high.count_ones()
}

/// Where four bytes stood last, by a hash of them; 0 is nowhere.
struct Earlier([u32; 512]);

impl Default for Earlier {
    fn default() -> Self {
        Self([0; 512])
    }
}

impl Earlier {
    fn find(&self, rest: &[u8]) -> Option<usize> {
        let slot = self.0.get(hash(rest)?)?;
        (*slot as usize).checked_sub(1)
    }

    fn add(&mut self, rest: &[u8], at: usize) {
        let slot = hash(rest).and_then(|hash| self.0.get_mut(hash));
        if let (Some(slot), Ok(at)) = (slot, u32::try_from(at + 1)) {
            *slot = at;
        }
    }
}

fn hash(rest: &[u8]) -> Option<usize> {
    let four = u32::from_le_bytes(*rest.first_chunk()?);
    Some((four.wrapping_mul(0x9e37_79b1) >> (u32::BITS - 9)) as usize)
}

/// The binary logarithm in sixteenths, straight lines between the powers.
const fn log2(number: u32) -> u32 {
    let Some(whole) = number.checked_ilog2() else { return 0 };
    UNIT * whole + ((number as u64 * UNIT as u64) >> whole) as u32 - UNIT
}

const UNIT: u32 = 16;
const HEX: u32 = 16;
const YEAR: u32 = 7 * UNIT;
const KNOWN_WORD: u32 = 9 * UNIT;
const ANY_WORD: u32 = 13 * UNIT;
const PER_LETTER: u32 = 38;
const SHORTEST_DISGUISED: usize = 6;
const SHORTEST_REPEAT: usize = 4;
const SHORTEST_WORD: usize = 4;

/// What [`sort`] says of every byte.
#[expect(clippy::indexing_slicing, reason = "evaluated at compile time")]
const SORTS: [u8; 256] = {
    let mut sorts = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        sorts[byte] = sort(byte as u8);
        byte += 1;
    }
    sorts
};

const DIGIT: u8 = 1;
const LOWER_HEX: u8 = 1 << 1;
const LOWER_REST: u8 = 1 << 2;
const UPPER_HEX: u8 = 1 << 3;
const UPPER_REST: u8 = 1 << 4;
const BASE64_SIGN: u8 = 1 << 5;
const SIGN: u8 = 1 << 6;
const FOREIGN: u8 = 1 << 7;

#[cfg(test)]
#[path = "strength_tests.rs"]
mod tests;
