//! What chance does in a random value, and a pattern does not.

/// Whether nothing tells a value from a random one of its alphabet: it has as many
/// different characters, no more doubled ones, and hardly more of it than chance
/// would have is `told` by a row, a word or a repetition.
///
/// DELIBERATE: asked only of what would be called weak. `openssl rand -hex 8` has
/// 64 bits, and what recurs in it by chance must not count against it.
pub(super) fn looks_random(bytes: &[u8], alphabet: u32, different: u32, told: usize) -> bool {
    let length = bytes.len() as u32;
    let chance = CHANCE + length / 20;
    let expected = bytes.iter().fold(0, |sum, _| sum + PARTS - sum / alphabet.max(1));
    let doubled = bytes.iter().zip(bytes.iter().skip(1)).filter(|(a, b)| a == b).count() as u32;
    alphabet <= LARGEST_PLAIN
        && told * 4 <= bytes.len()
        && doubled <= length / alphabet.max(1) + chance
        && (different + chance) * PARTS >= expected
}

/// One different character, in the parts that are counted with.
const PARTS: u32 = 1 << 12;
/// About three standard deviations of the number of different characters, and of
/// doubled ones, where they are few.
const CHANCE: u32 = 4;
/// Letters, digits and the signs of base64: with others, random values are long
/// enough anyway.
const LARGEST_PLAIN: u32 = 64;
