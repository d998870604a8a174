//! The cost of looking for secrets in an answer.
//!
//! Every body is clean, like nearly every body in practice. The shield is compared with
//! one automaton for the same secrets, in fewer encodings, and with `copy`, so that on a
//! busy machine the figures can be read as ratios.
#![expect(clippy::expect_used, reason = "a benchmark that cannot run says why")]

use aho_corasick::AhoCorasick;
use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use koomy_guard::secret::Secret;
use koomy_guard::shield::{Shield, Value};

fn main() {
    divan::main();
}

const WORDS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const DIGITS: &[u8] = b"0123456789abcdef";
const KIB: usize = 1024;

/// The number, length and alphabet of the secrets.
#[derive(Clone, Copy)]
struct Secrets(usize, usize, &'static [u8]);

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} secrets of {} out of {}", self.0, self.1, self.2.len())
    }
}

const TWELVE: Secrets = Secrets(20, 12, WORDS);
const TWENTY: Secrets = Secrets(20, 20, WORDS);
const LONG: Secrets = Secrets(20, 32, WORDS);
const HEX: Secrets = Secrets(20, 32, DIGITS);
const MANY: Secrets = Secrets(50, 20, WORDS);
const VERY_MANY: Secrets = Secrets(500, 20, WORDS);
const VERY_MANY_HEX: Secrets = Secrets(500, 32, DIGITS);

/// The body that is searched.
#[derive(Clone, Copy, Debug)]
enum Body {
    Json,
    Hex,
    Base64,
    Random,
    /// JSON in Russian, as PHP and Python write it.
    Foreign,
    /// JSON with a page in it, as Go and Rails write it.
    Page,
    /// Every letter as `\u0061`, `\x61`, `%61` or `&#97;`.
    Unicode,
    Bytes,
    Percent,
    Markup,
}

use Body::{Base64, Bytes, Foreign, Hex, Json, Markup, Page, Percent, Random, Unicode};

macro_rules! cases {
    ($($name:ident: $secrets:expr, $body:expr, $size:expr;)+) => {$(
        mod $name {
            use super::*;

            #[divan::bench]
            fn shield(bencher: Bencher<'_, '_>) {
                let (secrets, body) = ($secrets.made(), $body.made($size));
                let shield = self::shield_of(&secrets);
                bencher
                    .counter(BytesCount::new(body.len()))
                    .bench(|| shield.find(black_box(&body)).is_some());
            }

            #[divan::bench]
            fn stream(bencher: Bencher<'_, '_>) {
                let (secrets, body) = ($secrets.made(), $body.made($size));
                let shield = self::shield_of(&secrets);
                let mut stream = shield.stream();
                bencher
                    .counter(BytesCount::new(body.len()))
                    .bench_local(|| stream.feed(black_box(&body)).is_ok());
            }

            #[divan::bench]
            fn automaton(bencher: Bencher<'_, '_>) {
                let (secrets, body) = ($secrets.made(), $body.made($size));
                let automaton = automaton_of(&secrets);
                bencher
                    .counter(BytesCount::new(body.len()))
                    .bench(|| automaton.is_match(black_box(&body)));
            }

            #[divan::bench]
            fn copy(bencher: Bencher<'_, '_>) {
                let body = $body.made($size);
                bencher
                    .counter(BytesCount::new(body.len()))
                    .bench(|| black_box(&body).clone());
            }
        }
    )+};
}

cases! {
    json_1k: TWENTY, Json, KIB;
    json_64k: TWENTY, Json, 64 * KIB;
    json_64k_hex_secrets: HEX, Json, 64 * KIB;
    json_64k_long_secrets: LONG, Json, 64 * KIB;
    json_64k_short_secrets: TWELVE, Json, 64 * KIB;
    json_1k_short_secrets: TWELVE, Json, KIB;
    hex_64k_hex_secrets: HEX, Hex, 64 * KIB;
    base64_64k: TWENTY, Base64, 64 * KIB;
    random_64k: TWENTY, Random, 64 * KIB;
    foreign_64k: TWENTY, Foreign, 64 * KIB;
    page_64k: TWENTY, Page, 64 * KIB;
    unicode_64k: TWENTY, Unicode, 64 * KIB;
    unicode_64k_short_secrets: TWELVE, Unicode, 64 * KIB;
    unicode_64k_500_secrets: VERY_MANY, Unicode, 64 * KIB;
    bytes_64k: TWENTY, Bytes, 64 * KIB;
    percent_64k: TWENTY, Percent, 64 * KIB;
    markup_64k: TWENTY, Markup, 64 * KIB;
    json_1m: TWENTY, Json, 1024 * KIB;
    json_64k_50_secrets: MANY, Json, 64 * KIB;
    json_64k_500_secrets: VERY_MANY, Json, 64 * KIB;
    hex_64k_500_hex_secrets: VERY_MANY_HEX, Hex, 64 * KIB;
}

/// The cost of a service's answer until all of it has left.
mod service {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use axum::Router;
    use axum::body::{Body as Answer, Bytes};
    use axum::extract::Request;
    use axum::routing::get;
    use koomy_guard::tower::ShieldLayer;
    use tower::Service;

    use super::{Bencher, BytesCount, HEX, Json, KIB, shield_of};

    const SIZES: [usize; 3] = [KIB, 64 * KIB, 1024 * KIB];

    fn router(size: usize) -> Router {
        let body = Bytes::from(Json.made(size));
        Router::new().route("/", get(move || std::future::ready(body.clone())))
    }

    fn answer(router: &mut Router) -> usize {
        let mut cx = Context::from_waker(Waker::noop());
        let request = Request::new(Answer::empty());
        let Poll::Ready(Ok(response)) = pin!(router.call(request)).poll(&mut cx) else { return 0 };
        let (mut body, mut sum) = (response.into_body(), 0);
        while let Poll::Ready(Some(Ok(frame))) =
            http_body_util::BodyExt::frame(&mut body).polled(&mut cx)
        {
            sum += frame.data_ref().map_or(0, Bytes::len);
        }
        sum
    }

    /// Polls a future that is made again each time.
    trait PollOnce: Future + Sized {
        fn polled(self, cx: &mut Context<'_>) -> Poll<Self::Output> {
            pin!(self).poll(cx)
        }
    }

    impl<F: Future> PollOnce for F {}

    #[divan::bench(args = SIZES)]
    fn bare(bencher: Bencher<'_, '_>, size: usize) {
        let mut router = router(size);
        bencher.counter(BytesCount::new(size)).bench_local(|| answer(&mut router));
    }

    #[divan::bench(args = SIZES)]
    fn shield(bencher: Bencher<'_, '_>, size: usize) {
        let mut router = router(size).layer(ShieldLayer::new(shield_of(&HEX.made())));
        assert_eq!(answer(&mut router), size, "it is clean");
        bencher.counter(BytesCount::new(size)).bench_local(|| answer(&mut router));
    }
}

/// The cost at the start of a program.
#[divan::bench(args = [TWELVE, TWENTY, HEX, VERY_MANY])]
fn build(bencher: Bencher<'_, '_>, secrets: &Secrets) {
    let secrets = secrets.made();
    bencher.bench(|| shield_of(black_box(&secrets)));
}

/// The same cost with one automaton.
#[divan::bench(args = [TWENTY])]
fn build_automaton(bencher: Bencher<'_, '_>, secrets: &Secrets) {
    let secrets = secrets.made();
    bencher.bench(|| automaton_of(black_box(&secrets)));
}

fn shield_of(secrets: &[Secret]) -> Shield {
    let shield = Shield::new(secrets.iter().map(|secret| Value::secret("SECRET", secret)));
    assert!(shield.omitted().is_empty(), "all are looked for");
    shield
}

fn automaton_of(secrets: &[Secret]) -> AhoCorasick {
    let patterns = secrets.iter().flat_map(|secret| encodings(secret.expose()));
    AhoCorasick::new(patterns).expect("they are few")
}

/// The encodings of a text that are a single text each.
fn encodings(text: &str) -> Vec<String> {
    let each = |write: fn(u8) -> String| text.bytes().map(write).collect::<String>();
    let mut encodings = vec![
        text.to_owned(),
        each(|b| format!("{b:02x}")),
        each(|b| format!("{b:02X}")),
        each(|b| format!("%{b:02X}")),
        each(|b| format!("\\u00{b:02x}")),
        each(|b| format!("\\x{b:02x}")),
        each(|b| format!("&#{b};")),
        each(|b| format!("&#x{b:x};")),
    ];
    for lead in 0..3 {
        let padded: Vec<u8> = std::iter::repeat_n(0, lead).chain(text.bytes()).collect();
        let written = base64(&padded);
        encodings
            .push(written.get(2 * lead - lead / 2..written.len() - 2).unwrap_or("").to_owned());
    }
    encodings
}

fn base64(bytes: &[u8]) -> String {
    let letters = [WORDS, b"+/"].concat();
    let mut written = String::new();
    for three in bytes.chunks(3) {
        let word = three.iter().fold(0, |word, byte| word << 8 | usize::from(*byte));
        let word = word << (8 * (3 - three.len()));
        let letter = |place: usize| letters.get(word >> (18 - 6 * place) & 63).copied();
        written.extend((0..=three.len()).filter_map(letter).map(char::from));
    }
    written
}

impl Secrets {
    fn made(self) -> Vec<Secret> {
        let Self(count, length, alphabet) = self;
        let mut numbers = Numbers(count as u64);
        (0..count).map(|_| Secret::new(numbers.text(alphabet, length))).collect()
    }
}

impl Body {
    fn made(self, size: usize) -> Vec<u8> {
        let mut numbers = Numbers(7);
        let mut body = Vec::with_capacity(size + 300);
        while body.len() < size {
            let number = numbers.next();
            match self {
                Self::Json => body.extend(record(number, &numbers.text(WORDS, 12)).bytes()),
                Self::Hex => body.extend(numbers.text(DIGITS, 64).bytes()),
                Self::Base64 => body.extend(base64(&number.to_le_bytes().repeat(3)).bytes()),
                Self::Random => body.extend(number.to_le_bytes()),
                Self::Foreign => {
                    let word = |word: &str| word.chars().map(unicode).collect::<String>();
                    let text = ["заказ", "отправлен", "покупателю"].map(word).join(" ");
                    body.extend(record(number, &text).bytes());
                }
                Self::Page => {
                    let page = "<p class=\\\"note\\\">sent & paid</p>";
                    let marked = |c| if "<>&".contains(c) { unicode(c) } else { c.to_string() };
                    let page = page.chars().map(marked).collect::<String>();
                    body.extend(record(number, &page).bytes());
                }
                Self::Unicode => body.extend(escaped(number, unicode)),
                Self::Bytes => body.extend(escaped(number, |c| format!("\\x{:02x}", u32::from(c)))),
                Self::Percent => body.extend(escaped(number, |c| format!("%{:02X}", u32::from(c)))),
                Self::Markup => body.extend(escaped(number, |c| format!("&#{};", u32::from(c)))),
            }
        }
        body.truncate(size);
        body
    }
}

fn unicode(c: char) -> String {
    format!("\\u{:04x}", u32::from(c))
}

/// A piece of an answer, written in one encoding throughout.
fn escaped(number: u64, write: fn(char) -> String) -> Vec<u8> {
    record(number, "a/b ~").chars().flat_map(|c| write(c).into_bytes()).collect()
}

/// A piece of an answer as services return it.
fn record(number: u64, text: &str) -> String {
    let id = number % 100_000;
    format!(
        "{{\"id\":{id},\"name\":\"Customer {id}\",\"email\":\"user{id}@example.com\",\
         \"url\":\"https://www.example.com/customers/{id}?tab=orders&sort=desc\",\
         \"token\":\"{text}\",\"active\":true,\"created_at\":\"2026-03-{:02}T10:15:30Z\"}},",
        number % 28 + 1
    )
}

/// Numbers that look random and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    fn text(&mut self, alphabet: &[u8], length: usize) -> String {
        let pick = |number: u64| alphabet.get((number % alphabet.len() as u64) as usize);
        (0..length).filter_map(|_| pick(self.next())).map(|byte| char::from(*byte)).collect()
    }
}
