//! Whether a JSON text holds another, without reading it as JSON.
//!
//! LIMIT: a text is found anywhere in the document, not at its key. At worst a value
//! passes for the kind that it claims to be.

/// Whether `token` is a JSON Web Token whose claims hold each of `texts`.
pub(super) fn claims_hold(token: &[u8], texts: &[&str]) -> bool {
    let mut parts = token.split(|byte| *byte == b'.');
    let (Some(header), Some(claims), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let spelt = [header, claims, signature].iter().all(|part| part.iter().all(is_base64_url));
    spelt
        && signature.len() >= SHORTEST_SIGNATURE
        && object(decoded(header), &["\"alg\":"])
        && object(decoded(claims), texts)
}

/// Whether `text` is a JSON object that holds each of `texts`.
pub(super) fn object_holds(text: &[u8], texts: &[&str]) -> bool {
    object(text.iter().copied(), texts)
}

/// Writes bytes in the base64 alphabet of URLs, without padding.
pub(super) fn encode(bytes: &[u8]) -> String {
    bytes.chunks(3).flat_map(letters).collect()
}

fn object(bytes: impl Iterator<Item = u8> + Clone, texts: &[&str]) -> bool {
    let bytes = bytes.filter(|byte| !byte.is_ascii_whitespace());
    bytes.clone().next() == Some(b'{')
        && bytes.clone().last() == Some(b'}')
        && texts.iter().all(|text| holds(bytes.clone(), text))
}

fn holds(mut bytes: impl Iterator<Item = u8> + Clone, text: &str) -> bool {
    loop {
        let mut ahead = bytes.clone();
        if text.bytes().all(|byte| ahead.next() == Some(byte)) {
            return true;
        }
        if bytes.next().is_none() {
            return false;
        }
    }
}

fn decoded(part: &[u8]) -> impl Iterator<Item = u8> + Clone {
    part.chunks(4).flat_map(|chunk| {
        let bits = chunk.iter().fold(0, |bits: u32, byte| bits << 6 | sextet(*byte));
        let bits = bits << (6 * (4 - chunk.len()));
        let [_, bytes @ ..] = bits.to_be_bytes();
        bytes.into_iter().take(chunk.len().saturating_sub(1))
    })
}

fn letters(chunk: &[u8]) -> impl Iterator<Item = char> {
    let bits = chunk.iter().fold(0, |bits: u32, byte| bits << 8 | u32::from(*byte));
    let bits = bits << (8 * (3 - chunk.len()));
    let shifts = [18, 12, 6, 0].into_iter().take(chunk.len() + 1);
    shifts.map(move |shift| letter(bits >> shift & 63))
}

fn is_base64_url(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || *byte == b'-' || *byte == b'_'
}

fn sextet(byte: u8) -> u32 {
    let sextet = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'-' => 62,
        _ => 63,
    };
    u32::from(sextet)
}

fn letter(sextet: u32) -> char {
    ALPHABET.chars().nth(sextet as usize).unwrap_or('_')
}

const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const SHORTEST_SIGNATURE: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    fn token(claims: &str) -> String {
        let signature = "Qz".repeat(22);
        format!("{}.{}.{signature}", encode(br#"{"alg":"HS256"}"#), encode(claims.as_bytes()))
    }

    #[test]
    fn encodes_and_decodes_every_length() {
        for length in 0..=64_u8 {
            let bytes: Vec<u8> = (0..length).map(|n| n.wrapping_mul(37)).collect();
            let text = encode(&bytes);
            assert_eq!(decoded(text.as_bytes()).collect::<Vec<u8>>(), bytes, "{text}");
        }
        assert_eq!(encode(b"guard>?"), "Z3VhcmQ-Pw");
    }

    #[test]
    fn looks_into_claims() {
        let wanted = ["\"role\":\"service\""];
        let good = token(r#"{ "ref": "a", "role" : "service" }"#);
        assert!(claims_hold(good.as_bytes(), &wanted));
        let cut = &good[..good.len() - 5];
        let table = [
            token(r#"{"role":"anon"}"#),
            token(r#"["role":"service"]"#),
            format!("{good}."),
            format!("{good}\n"),
            cut.to_owned(),
            good.replace('.', ""),
            String::new(),
        ];
        for wrong in table {
            assert!(!claims_hold(wrong.as_bytes(), &wanted), "{wrong}");
        }
    }
}
