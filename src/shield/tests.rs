//! Compares the shield with a reference that knows nothing about windows.

use super::*;
use crate::secret::Secret;

/// Numbers that look random and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn flip(&mut self) -> bool {
        self.next() & 1 == 1
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    fn text(&mut self, alphabet: &str, length: usize) -> String {
        let characters: Vec<_> = alphabet.chars().collect();
        (0..length).map(|_| *self.pick(&characters)).collect()
    }
}

type Encoder = fn(&str, &mut Numbers) -> String;

/// How encoders outside this crate write a text, implemented independently.
const ENCODERS: &[(&str, Encoder)] = &[
    ("as written", |text, _| text.to_owned()),
    ("encodeURIComponent", |text, n| {
        percent(text, n, |b| !is_word(b) && !b"-_.!~*'()".contains(&b))
    }),
    ("encodeURI", |text, n| {
        percent(text, n, |b| !is_word(b) && !b"-_.!~*'();/?:@&=+$,#".contains(&b))
    }),
    ("RFC 3986, reserved kept", |text, n| {
        percent(text, n, |b| !is_word(b) && !b"-._~:/?#[]@!$&'()*+,;=".contains(&b))
    }),
    ("form", |text, n| {
        percent(text, n, |b| !is_word(b) && !b"*-._ ".contains(&b)).replace(' ', "+")
    }),
    ("percent, every byte", |text, n| percent(text, n, |_| true)),
    ("percent, some signs", |text, n| {
        let signs = n.next();
        percent(text, n, |b| !is_word(b) && (b >= 128 || signs >> (b % 64) & 1 == 1))
    }),
    ("json, serde", |text, _| {
        let quoted = serde_json::to_string(text).unwrap();
        quoted[1..quoted.len() - 1].to_owned()
    }),
    ("json, Python", |text, n| {
        let quoted = serde_json::to_string(text).unwrap();
        units(&quoted[1..quoted.len() - 1], n, |c| !c.is_ascii())
    }),
    ("json, PHP", |text, n| {
        let quoted = serde_json::to_string(text).unwrap().replace('/', "\\/");
        units(&quoted[1..quoted.len() - 1], n, |c| !c.is_ascii())
    }),
    ("json, Go and Rails", |text, n| {
        let quoted = serde_json::to_string(text).unwrap();
        units(&quoted[1..quoted.len() - 1], n, |c| "<>&'+=".contains(c))
    }),
    ("\\uXXXX, every unit", |text, n| units(text, n, |_| true)),
    ("\\u{XX}", |text, n| {
        let digits = |c: char| format!("\\u{{{:x}}}", u32::from(c));
        any_case(&text.chars().map(digits).collect::<String>(), n)
    }),
    ("\\u{XX}, Rust's escape_default", |text, _| text.escape_default().to_string()),
    ("\\xXX", |text, n| text.bytes().map(|b| hex(b, n, "\\x")).collect()),
    ("html, the five", |text, _| {
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        text.replace('"', "&quot;").replace('\'', "&#39;")
    }),
    ("html, PHP", |text, _| {
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        text.replace('"', "&quot;").replace('\'', "&#039;")
    }),
    ("html, OWASP", |text, _| {
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        text.replace('"', "&quot;").replace('\'', "&#x27;").replace('/', "&#x2F;")
    }),
    ("html, handlebars", |text, _| {
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let text = text.replace('"', "&quot;").replace('\'', "&#x27;");
        text.replace('`', "&#x60;").replace('=', "&#x3D;")
    }),
    ("html, names", |text, _| {
        let names = [(';', "semi"), ('@', "commat"), (':', "colon"), ('/', "sol"), ('?', "quest")];
        let name = |c: char| match names.iter().find(|(known, _)| *known == c) {
            Some((_, name)) => format!("&{name};"),
            None => c.to_string(),
        };
        text.chars().map(name).collect()
    }),
    ("html, decimal", |text, _| text.chars().map(|c| format!("&#{};", u32::from(c))).collect()),
    ("html, hexadecimal", |text, n| {
        let digits = |c: char| format!("&#x{:x};", u32::from(c));
        any_case(&text.chars().map(digits).collect::<String>(), n)
    }),
    ("html, decimal and hexadecimal", |text, n| {
        let one = |c: char, hex: bool| match hex {
            true => format!("&#x{:X};", u32::from(c)),
            false => format!("&#{};", u32::from(c)),
        };
        text.chars().map(|c| one(c, n.flip())).collect()
    }),
    ("hexadecimal", |text, n| text.bytes().map(|b| hex(b, n, "")).collect()),
    ("base64", |text, n| base64(text, n, "+/")),
    ("base64, url-safe", |text, n| base64(text, n, "-_")),
    ("base64 in json, PHP", |text, n| base64(text, n, "+/").replace('/', "\\/")),
    ("base64 in a URL", |text, n| {
        let text = base64(text, n, "+/").replace('+', "%2B");
        if n.flip() { text.replace('/', "%2f") } else { text }
    }),
    ("base64 in html", |text, n| {
        base64(text, n, "+/").replace('+', "&#43;").replace('=', "&#x3D;")
    }),
];

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

fn hex(byte: u8, numbers: &mut Numbers, lead: &str) -> String {
    let digits = any_case(&format!("{byte:02x}"), numbers);
    format!("{lead}{digits}")
}

/// Digits in random case.
fn any_case(text: &str, numbers: &mut Numbers) -> String {
    let digit = |c: char| matches!(c, 'a'..='f');
    let mut case = |c: char| if digit(c) && numbers.flip() { c.to_ascii_uppercase() } else { c };
    text.chars().map(&mut case).collect()
}

fn percent(text: &str, numbers: &mut Numbers, encoded: impl Fn(u8) -> bool) -> String {
    let mut written = Vec::new();
    for byte in text.bytes() {
        match encoded(byte) {
            true => written.extend(hex(byte, numbers, "%").bytes()),
            false => written.push(byte),
        }
    }
    String::from_utf8_lossy(&written).into_owned()
}

fn units(text: &str, numbers: &mut Numbers, encoded: impl Fn(char) -> bool) -> String {
    let mut written = String::new();
    for c in text.chars() {
        match encoded(c) {
            true => c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| {
                written.push_str("\\u");
                written.push_str(&any_case(&format!("{unit:04x}"), numbers));
            }),
            false => written.push(c),
        }
    }
    written
}

/// Base64 of the text among others, so that it has any alignment.
fn base64(text: &str, numbers: &mut Numbers, signs: &str) -> String {
    let lead = numbers.below(7);
    let mut bytes: Vec<u8> = (0..lead).map(|_| numbers.next() as u8).collect();
    bytes.extend(text.bytes());
    (0..numbers.below(4)).for_each(|_| bytes.push(numbers.next() as u8));
    let letters = ('A'..='Z').chain('a'..='z').chain('0'..='9').chain(signs.chars());
    let letters: Vec<_> = letters.collect();
    let mut written = String::new();
    for three in bytes.chunks(3) {
        let word = [three[0], *three.get(1).unwrap_or(&0), *three.get(2).unwrap_or(&0)];
        let word = u32::from_be_bytes([0, word[0], word[1], word[2]]);
        for place in 0..=three.len() {
            written.push(letters[(word >> (18 - 6 * place) & 63) as usize]);
        }
        (three.len()..3).filter(|_| signs == "+/").for_each(|_| written.push('='));
    }
    written
}

/// Secrets of all sorts and lengths.
fn secrets(numbers: &mut Numbers) -> Vec<(String, Secret)> {
    let words = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let signs = format!("{words}!\"#$%&'()*+,-./:;<=>?@[\\]^_`{{|}}~");
    let foreign = format!("{signs}\u{e9}\u{df}\u{416}\u{4e2d}\u{1f600} ");
    let count = 1 + numbers.below(6);
    let mut secrets = Vec::new();
    for index in 0..count {
        let length = 14 + numbers.below(40);
        let value = match numbers.below(6) {
            0 => numbers.text(words, length),
            1 => numbers.text("0123456789abcdef", length + 6),
            2 => numbers.text(&signs, length),
            3 => numbers.text(&foreign, length),
            4 => format!("%{}%25{}", numbers.text(words, 12), numbers.text("%25", 9)),
            _ => {
                let length = 12 + numbers.below(20);
                let password = numbers.text(words, length);
                format!(
                    "postgresql://koomy_app:{password}%2F%40@db.shop.example:5432/shop?sslmode=require"
                )
            }
        };
        secrets.push((format!("SECRET_{index}"), Secret::new(value.trim())));
    }
    secrets
}

fn shield(secrets: &[(String, Secret)]) -> Shield {
    let values = secrets.iter().map(|(name, secret)| match secret.expose().contains("://") {
        true => Value::connection(name, secret),
        false => Value::secret(name, secret),
    });
    Shield::new(values)
}

/// A text as services send it, without any of the secrets.
fn body(numbers: &mut Numbers, length: usize) -> Vec<u8> {
    let kind = numbers.below(6);
    let mut text = Vec::new();
    while text.len() < length {
        match kind {
            0 => text
                .extend(format!("{{\"id\": {}, \"url\": \"https:\\/\\/", numbers.next()).bytes()),
            1 => text.extend(hex(numbers.next() as u8, numbers, "").bytes()),
            2 => text.extend(base64("some text", numbers, "+/").bytes()),
            3 => text.push(numbers.next() as u8),
            4 => text.extend(percent("a/b:c@d postgresql://", numbers, |b| !is_word(b)).bytes()),
            _ => text.extend(units("tout \u{e9}t\u{e9} & \"fin\"\\", numbers, |_| true).bytes()),
        }
    }
    text.truncate(length);
    text
}

/// What leaves of a text that comes in random chunks, and whether it was cut off.
fn through(shield: &Shield, text: &[u8], numbers: &mut Numbers) -> (Vec<u8>, bool) {
    let mut stream = shield.stream();
    let (mut left, mut taken) = (0, 0);
    let most = *numbers.pick(&[1, 2, 7, 40, 300, 5_000]);
    while taken < text.len() {
        let length = 1 + numbers.below(most);
        let chunk = &text[taken..text.len().min(taken + length)];
        taken += chunk.len();
        let is_last = taken == text.len() && numbers.flip();
        match if is_last { stream.finish(chunk).map(|()| 0) } else { stream.feed(chunk) } {
            Ok(waiting) => {
                assert!(taken - waiting >= left, "nothing waits that has left");
                left = taken - waiting;
            }
            Err(_) => return (text[..left].to_vec(), true),
        }
    }
    (text.to_vec(), false)
}

#[test]
fn every_encoding_of_every_secret_is_found_wherever_it_stands() {
    let mut numbers = Numbers(1);
    for _ in 0..rounds(400) {
        let secrets = secrets(&mut numbers);
        let shield = shield(&secrets);
        assert_eq!(shield.omitted(), [], "{secrets:?}");
        for (name, secret) in &secrets {
            for (encoder, encode) in ENCODERS {
                let written = encode(secret.expose(), &mut numbers);
                let length = numbers.below(100);
                let mut text = body(&mut numbers, length);
                let at = text.len();
                text.extend(written.bytes());
                let length = *numbers.pick(&[0, 1, 30, 3_000]);
                text.extend(body(&mut numbers, length));
                let said = || format!("{encoder} {written} {}", secret.expose());
                assert_eq!(
                    shield.find(&text).map(|leak| leak.variable),
                    Some(name.as_str()),
                    "{}",
                    said()
                );
                let (left, cut) = through(&shield, &text, &mut numbers);
                assert!(cut, "in chunks: {}", said());
                let shown = left.len().saturating_sub(at);
                let quarter = secret.expose().chars().count() / 4 + 1;
                let least: String = secret.expose().chars().take(quarter).collect();
                let least = encode(&least, &mut numbers).len() + quarter + 12;
                assert!(shown <= least, "{shown} of {}", said());
            }
        }
    }
}

#[test]
fn a_secret_is_found_across_the_edge_of_large_chunks() {
    let mut numbers = Numbers(3);
    let secret = ("TOKEN".to_owned(), Secret::new("q7Rk/2vXw9+LmT\"4bNz8HsD"));
    let shield = shield(std::slice::from_ref(&secret));
    for (encoder, encode) in ENCODERS {
        let written = encode(secret.1.expose(), &mut numbers);
        for cut in 1..written.len() {
            let (mut before, mut after) = (body(&mut numbers, 2_000), written[cut..].into());
            before.extend(written[..cut].bytes());
            // As long as a form can be, and not much longer.
            let length = *numbers.pick(&[2_000, 300]);
            let rest = body(&mut numbers, length);
            Vec::extend(&mut after, rest);
            let mut stream = shield.stream();
            let first = stream.feed(&before).is_ok();
            let second = stream.feed(&after).is_err() && stream.feed(b"more").is_err();
            assert!(second, "{encoder} at {cut} {written}");
            // Base64 may continue with other bytes and with padding.
            assert!(first || written.len() - cut < 24, "{encoder} at {cut} {written}");
        }
    }
}

#[test]
fn a_clean_body_passes_unaltered() {
    let mut numbers = Numbers(2);
    for _ in 0..rounds(2_000) {
        let secrets = secrets(&mut numbers);
        let shield = shield(&secrets);
        let length = numbers.below(6_000);
        let mut text = body(&mut numbers, length);
        // All but the last character of a secret is not a secret. In base64, the last
        // character does not have symbols of its own.
        let (_, secret) = numbers.pick(&secrets).clone();
        let (encoder, encode) = numbers.pick(ENCODERS);
        let mut most: String = secret.expose().chars().collect();
        let last = most.pop();
        if encoder.starts_with("base64") {
            most = most.chars().take(most.chars().count() - 3).collect();
        }
        // A last `%25` may be read as `%` and an omitted `2`.
        most.truncate(most.trim_end_matches(['%', '2', '5']).len());
        let written = encode(&most, &mut numbers);
        let at = numbers.below(text.len() + 1);
        let end = if last == Some('~') { "}" } else { "~" };
        text.splice(at..at, format!("{written}{end}").bytes());
        if let Some(leak) = shield.find(&text) {
            // The password is complete even if the URL is not.
            assert_eq!(leak.part, Part::Password, "{written}");
            continue;
        }
        assert_eq!(through(&shield, &text, &mut numbers), (text, false));
    }
}

/// More rounds with optimisation; a build without it takes ten times as long.
fn rounds(count: usize) -> usize {
    if cfg!(debug_assertions) { count / 10 } else { count }
}
