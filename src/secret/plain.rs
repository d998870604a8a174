//! A value as its words are looked for: folded to few letters.

/// A value in lower case, without accents, every sign but `@` and `$` a space.
pub(super) struct Plain {
    bytes: [u8; MAX_BYTES],
    length: usize,
}

impl Plain {
    /// `None` for what is too long to be made of words.
    pub(super) fn of(value: &str) -> Option<Self> {
        let mut plain = Self { bytes: [0; MAX_BYTES], length: 0 };
        if value.is_ascii() {
            let slots = plain.bytes.get_mut(..value.len())?;
            for (slot, byte) in slots.iter_mut().zip(value.bytes()) {
                *slot = FOLDED.get(usize::from(byte)).copied().unwrap_or(FOREIGN);
            }
            plain.length = value.len();
            return Some(plain);
        }
        let mut slots = plain.bytes.iter_mut();
        for letter in value.chars() {
            *slots.next()? = folded(letter);
            plain.length += 1;
        }
        Some(plain)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

fn folded(letter: char) -> u8 {
    match letter {
        letter if letter.is_ascii() => FOLDED.get(letter as usize).copied().unwrap_or(FOREIGN),
        '\u{e0}' | '\u{e2}' | '\u{e4}' | '\u{c0}' | '\u{c2}' => b'a',
        '\u{e7}' | '\u{c7}' => b'c',
        '\u{e8}'..='\u{eb}' | '\u{c8}'..='\u{cb}' => b'e',
        '\u{ee}' | '\u{ef}' => b'i',
        '\u{f4}' | '\u{f6}' => b'o',
        '\u{f9}' | '\u{fb}' | '\u{fc}' => b'u',
        letter if letter.is_alphanumeric() => FOREIGN,
        _ => b' ',
    }
}

/// What [`folded`] makes of ASCII.
#[expect(clippy::indexing_slicing, reason = "evaluated at compile time")]
const FOLDED: [u8; 128] = {
    let mut table = [b' '; 128];
    let mut byte = 0;
    while byte < 128 {
        if let letter @ (b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'@' | b'$') = byte as u8 {
            table[byte] = letter.to_ascii_lowercase();
        }
        byte += 1;
    }
    table
};

/// Any letter outside English and French.
pub(super) const FOREIGN: u8 = 0xff;
const MAX_BYTES: usize = 160;
