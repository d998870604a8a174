//! Invented values of a form, the same ones for the same seed.

use super::json;
use super::shape::Piece::{Jwt, Lit, Object, OneOf, Run};
use super::shape::{Bytes, Piece, Shape};

/// A value of the form, with as much chance in it as the form leaves room for.
pub(super) fn sample(shape: &Shape, seed: u64) -> String {
    written(shape, seed, AMPLE)
}

/// A value made of chance alone.
pub(super) fn formless(seed: u64) -> String {
    sample(&Shape(&[Run(Bytes::ALNUM, 40, 40)]), seed)
}

/// The shortest value of the form.
#[cfg(test)]
pub(super) fn shortest(shape: &Shape, seed: u64) -> String {
    written(shape, seed, 0)
}

fn written(shape: &Shape, seed: u64, ample: usize) -> String {
    let mut random = Random(seed);
    let mut value = String::new();
    for piece in shape.0 {
        write(piece, ample, &mut random, &mut value);
    }
    value
}

fn write(piece: &Piece, ample: usize, random: &mut Random, value: &mut String) {
    match piece {
        Lit(text) => value.push_str(text),
        OneOf(set) => value.extend(random.pick(set)),
        Run(bytes, min, max) => {
            let least = (*min).max(ample.min(*max));
            let length = least + random.below((max - least).min(ample) + 1);
            value.push_str(&random.run(*bytes, length));
        }
        Jwt(texts) => {
            let claims = random.object(texts);
            let signature = random.run(Bytes::BASE64_URL, 43);
            let header = json::encode(br#"{"alg":"HS256","typ":"JWT"}"#);
            value.push_str(&[header, json::encode(claims.as_bytes()), signature].join("."));
        }
        Object(texts) => value.push_str(&random.object(texts)),
    }
}

/// The splitmix64 generator: enough for values that protect nothing.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    pub(super) fn below(&mut self, bound: usize) -> usize {
        (self.next() % (bound.max(1) as u64)) as usize
    }

    fn pick(&mut self, set: &str) -> Option<char> {
        let at = self.below(set.len());
        set.chars().nth(at)
    }

    /// Characters of a set, those left out that need quotes somewhere.
    pub(super) fn run(&mut self, bytes: Bytes, length: usize) -> String {
        let plain = bytes.without(Bytes::AWKWARD.or(Bytes::SPACE).or(Bytes::PADDING));
        let letters: String = (0..=u8::MAX).filter(|b| plain.has(*b)).map(char::from).collect();
        (0..length).filter_map(|_| self.pick(&letters)).collect()
    }

    fn object(&mut self, texts: &[&str]) -> String {
        let mut members = vec![format!("\"iss\":\"{}\"", self.run(Bytes::LOWER_ALNUM, 20))];
        for text in texts {
            let rest = if text.ends_with('"') { String::new() } else { self.run(Bytes::ALNUM, 64) };
            let quote = if text.ends_with('"') { "" } else { "\"" };
            members.push(format!("{text}{rest}{quote}"));
        }
        format!("{{{}}}", members.join(","))
    }
}

const AMPLE: usize = 24;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_value() {
        assert_eq!(formless(7), formless(7));
        assert_ne!(formless(7), formless(8));
        assert_eq!(formless(7).len(), 40);
    }

    #[test]
    fn the_generator_is_splitmix64() {
        let mut random = Random(1_234_567);
        assert_eq!(random.next(), 6_457_827_717_110_365_317);
        assert_eq!(random.next(), 3_203_168_211_198_807_973);
    }
}
