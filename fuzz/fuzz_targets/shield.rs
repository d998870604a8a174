//! A planted secret is found, whole and in any chunks, before more than a third of it has
//! left. Never do more bytes wait than there are.
#![no_main]

use std::sync::LazyLock;

use koomy_guard::secret::Secret;
use koomy_guard::shield::{Shield, Value};
use libfuzzer_sys::fuzz_target;

static SHIELD: LazyLock<Shield> = LazyLock::new(|| {
    let secrets = SECRETS.map(Secret::new);
    let shield = Shield::new(secrets.iter().map(|secret| Value::secret("SECRET", secret)));
    assert!(shield.omitted().is_empty(), "all are looked for");
    shield
});

fuzz_target!(|input: (u8, u8, u16, Vec<u8>, Vec<u8>)| {
    let (which, encoding, at, mut text, cuts) = input;
    chunks(&text, &cuts);

    let secret = SECRETS[usize::from(which) % SECRETS.len()];
    let written = ENCODERS[usize::from(encoding) % ENCODERS.len()](secret);
    let at = usize::from(at) % (text.len() + 1);
    text.splice(at..at, written.iter().copied());
    assert!(SHIELD.find(&text).is_some(), "whole");
    let left = chunks(&text, &cuts).expect("in chunks");
    let shown = left.saturating_sub(at);
    assert!(shown <= written.len() / 3 + 16, "{shown} bytes of {}", written.len());
});

/// How much has left when a secret is found.
fn chunks(text: &[u8], cuts: &[u8]) -> Option<usize> {
    let mut stream = SHIELD.stream();
    let mut cuts = cuts.iter().cycle();
    let (mut rest, mut taken, mut left) = (text, 0, 0);
    while !rest.is_empty() {
        let length = cuts.next().map_or(rest.len(), |cut| usize::from(*cut) * 4 + 1);
        let (chunk, after) = rest.split_at(length.min(rest.len()));
        taken += chunk.len();
        match stream.feed(chunk) {
            Ok(waiting) => {
                assert!(taken - waiting >= left, "nothing comes back");
                left = taken - waiting;
            }
            Err(_) => return Some(left),
        }
        rest = after;
    }
    None
}

fn each(text: &str, write: impl Fn(u8) -> String) -> Vec<u8> {
    text.bytes().flat_map(|byte| write(byte).into_bytes()).collect()
}

const ENCODERS: [fn(&str) -> Vec<u8>; 9] = [
    |text| text.into(),
    |text| each(text, |b| format!("{b:02X}")),
    |text| each(text, |b| format!("%{b:02x}")),
    |text| each(text, |b| format!("\\u00{b:02x}")),
    |text| each(text, |b| format!("\\x{b:02X}")),
    |text| each(text, |b| format!("&#{b};")),
    |text| each(text, |b| format!("&#x{b:X};")),
    |text| each(text, |b| if b.is_ascii_alphanumeric() { (b as char).into() } else { format!("%{b:02X}") }),
    |text| text.replace('/', "\\/").into(),
];

const SECRETS: [&str; 4] = [
    "q7Rk2vXw9LmT",
    "W/d3+nC6yJ=5pGf&Z8sX%25%",
    "9f86d081884c7d659a2feaa0c55ad015",
    "postgresql://app:Hq2mVz8KpX4t@db.shop.example/shop",
];
