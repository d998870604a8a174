//! Whether a value that looks weak may be random all the same.

/// Whether a value looks like a random one of its alphabet: it has as many different
/// characters and no more doubled ones, and hardly more of its bytes are `explained`
/// by a row, a word or a repetition than chance would have it.
///
/// DELIBERATE: asked only of what would be called weak. `openssl rand -hex 8` has
/// 64 bits, and what recurs in it by chance must not count against it.
pub(super) fn looks_random(bytes: &[u8], alphabet: u32, different: u32, explained: usize) -> bool {
    let length = bytes.len() as u32;
    let chance = CHANCE + length / 20;
    let expected = bytes.iter().fold(0, |sum, _| sum + PARTS - sum / alphabet.max(1));
    let doubled = bytes.iter().zip(bytes.iter().skip(1)).filter(|(a, b)| a == b).count() as u32;
    alphabet <= LARGEST_PLAIN
        && explained * 4 <= bytes.len()
        && doubled <= length / alphabet.max(1) + chance
        && (different + chance) * PARTS >= expected
}

/// One different character, in fixed-point parts.
const PARTS: u32 = 1 << 12;
/// About three standard deviations of the number of different characters, and of
/// doubled ones, where they are few.
const CHANCE: u32 = 4;
/// Letters, digits and the signs of base64: with others, random values are long
/// enough anyway.
const LARGEST_PLAIN: u32 = 64;
