//! How letters follow each other in words, and what else people write for them.

/// The letters that may follow this one in a plain English or French word.
///
/// Counted over the distinct words of technical prose in both languages: these
/// pairs are 97.5 % of what occurs there, and half of what could.
pub(super) const fn successors(letter: u8) -> u32 {
    set(match letter {
        b'a' => b"abcdefghijklmnprstuvwxy",
        b'b' => b"aceijlorstuy",
        b'c' => b"acehikloprstuy",
        b'd' => b"abcdegilorstuwy",
        b'e' => b"abcdefghiklmnopqrstuvwxyz",
        b'f' => b"aefilorstuy",
        b'g' => b"aeghilmnorstuz",
        b'h' => b"aeilmnorstuy",
        b'i' => b"abcdefgklmnoprstvxz",
        b'j' => b"aeiou",
        b'k' => b"aeilnosu",
        b'l' => b"abcdefiklmopstuvy",
        b'm' => b"abceilmopsuy",
        b'n' => b"acdefghiklmnoprstuvyz",
        b'o' => b"abcdefghijklmnoprstuvwxy",
        b'p' => b"aeghiloprstuy",
        b'q' => b"u",
        b'r' => b"abcdefghiklmnoprstuvwy",
        b's' => b"acefhiklmnopstuwy",
        b't' => b"acdefhilmnoprstuwyz",
        b'u' => b"abcdefgiklmnoprst",
        b'v' => b"aeio",
        b'w' => b"aehinors",
        b'x' => b"aceimpst",
        b'y' => b"aeilmnopst",
        b'z' => b"aei",
        _ => b"",
    })
}

/// Whether lower-case letters could be a word, as far as neighbours tell.
pub(super) fn is_plausible(letters: &[u8]) -> bool {
    let pairs = letters.iter().zip(letters.iter().skip(1));
    letters.iter().all(u8::is_ascii_lowercase)
        && pairs.into_iter().all(|(a, b)| successors(*a) & 1 << (b - b'a') != 0)
}

/// How many bytes at the start of `text` spell `word`, reading digits and signs
/// as the letters they look like.
pub(super) fn spells(text: &[u8], word: &str) -> Option<usize> {
    let head = text.get(..word.len())?;
    head.iter()
        .zip(word.bytes())
        .all(|(byte, letter)| reads_as(*byte, letter))
        .then_some(word.len())
}

/// The letter that a byte is read as: itself, or what it looks like.
pub(super) fn letter(byte: u8) -> u8 {
    LETTERS.get(usize::from(byte)).copied().unwrap_or(byte)
}

#[expect(clippy::indexing_slicing, reason = "evaluated at compile time")]
const LETTERS: [u8; 256] = {
    let mut letters = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        letters[byte] = match byte as u8 {
            b'@' | b'4' => b'a',
            b'3' => b'e',
            b'1' | b'!' => b'i',
            b'0' => b'o',
            b'5' | b'$' => b's',
            b'7' => b't',
            b'8' => b'b',
            other => other.to_ascii_lowercase(),
        };
        byte += 1;
    }
    letters
};

/// Whether a byte is read as the letter that is wanted.
pub(super) fn reads_as(byte: u8, wanted: u8) -> bool {
    letter(byte) == wanted || byte == b'1' && wanted == b'l'
}

const fn set(mut letters: &[u8]) -> u32 {
    let mut set = 0;
    while let Some((letter, rest)) = letters.split_first() {
        set |= 1 << (*letter - b'a');
        letters = rest;
    }
    set
}
