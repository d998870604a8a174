//! Values that stand where a secret should: `changeme`, `your-api-key`, `${KEY}`.
//!
//! In source such a value is a reason not to report. In an environment it is a
//! reason to refuse, so nothing here may match a good secret: a word counts
//! only where nothing but such words is left of the whole value.

use super::plain::{FOREIGN, Plain};
use super::reference::is_reference;
use super::{letters, words};

/// Why a value is taken for a placeholder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Placeholder {
    /// Made of words such as `your`, `secret`, `changeme`, and nothing else.
    Word,
    /// A template that nobody filled in, a reference that nobody resolved, or a
    /// value cut short with dots.
    Template,
    /// Printed in a provider's documentation.
    Documentation,
    /// Comes with a framework or was written by its project generator.
    FrameworkDefault,
    /// One character, or one run of neighbours, over and over.
    Repeated,
}

impl Placeholder {
    /// Says why, without the value.
    pub(crate) const fn why(self) -> &'static str {
        match self {
            Self::Word => "is made of words that only say a value belongs here",
            Self::Template => "is a template that was not filled in, or a reference not resolved",
            Self::Documentation => "is printed in public documentation",
            Self::FrameworkDefault => "is the default that comes with a framework",
            Self::Repeated => "is filler: repeated or consecutive characters",
        }
    }
}

/// Why a value is a placeholder, if it is one.
///
/// LIMIT: judges secrets. A host called `redis` or a user called `postgres` is
/// made of placeholder words too, and may be right.
pub(crate) fn placeholder(value: &str) -> Option<Placeholder> {
    let value = value.trim();
    if value == POSTMARK_TEST_TOKEN {
        return None;
    }
    by_origin(value)
        .or_else(|| by_signs(value))
        .or_else(|| (is_template(value) || is_reference(value)).then_some(Placeholder::Template))
        .or_else(|| by_words(value))
}

/// Whether a value says that there is none: `null`, `none`, `undefined`, …
pub(crate) fn means_nothing(value: &str) -> bool {
    let value = value.trim();
    NOTHING.iter().any(|nothing| nothing.eq_ignore_ascii_case(value))
}

/// Whether a host is reserved for documentation and tests, or still to be
/// filled in.
///
/// Reserved are the names of RFC 2606 and RFC 6761: `example.com`, `.net`,
/// `.org`, and whatever ends in `.example`, `.invalid`, `.test`. `localhost` is
/// not among them: it leads somewhere.
pub(crate) fn is_documentation_host(host: &str) -> bool {
    let host = host.trim().trim_end_matches('.');
    let mut labels = host.rsplit('.');
    let (top, second) = (labels.next().unwrap_or_default(), labels.next().unwrap_or_default());
    let is = |label: &str, names: &[&str]| names.iter().any(|n| n.eq_ignore_ascii_case(label));
    is(top, &["example", "invalid", "test"])
        || is(second, &["example"]) && is(top, &["com", "net", "org", "edu"])
        || is_template(host)
        || host.split('.').any(is_open_label)
}

fn is_open_label(label: &str) -> bool {
    let first = label.split(['-', '_']).next().unwrap_or_default();
    let open = ["your", "votre", "changeme", "placeholder", "yourdomain", "yourhost", "yourserver"];
    open.iter().any(|word| word.eq_ignore_ascii_case(first))
}

fn by_origin(value: &str) -> Option<Placeholder> {
    let begins = |starts: &[&str]| starts.iter().any(|start| value.starts_with(start));
    let amazon = value.ends_with("EXAMPLE") && begins(&["AKIA", "ASIA"]);
    if begins(&FRAMEWORK_STARTS) {
        Some(Placeholder::FrameworkDefault)
    } else if amazon
        || value.ends_with("EXAMPLEKEY")
        || begins(&DOCUMENTED_STARTS)
        || value.starts_with("ey") && DOCUMENTED_CLAIMS.iter().any(|part| value.contains(part))
        || value.len() >= STORAGE_KEY && value.contains(AZURITE_KEY)
    {
        Some(Placeholder::Documentation)
    } else {
        None
    }
}

fn is_template(value: &str) -> bool {
    let inside = |open: &str, close: &str| {
        value.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)).filter(|s| !s.is_empty())
    };
    let is_sign = |byte| matches!(byte, b'<' | b'$' | b'`' | b'%' | b'#' | b'{' | b'.' | 0xe2);
    // Without a way out in the loop, it looks at sixteen bytes at a time.
    if !value.bytes().fold(false, |found, byte| found | is_sign(byte)) {
        return false;
    }
    inside("<", ">").is_some_and(|inner| !inner.contains(['<', '>']))
        || inside("$(", ")").is_some()
        || inside("`", "`").is_some()
        || inside("%", "%").is_some_and(is_constant)
        || value.strip_prefix('$').is_some_and(is_constant)
        || value.bytes().any(|byte| matches!(byte, b'{' | b'%')) && has_any_slot(value)
        || is_cut_short(value)
}

fn has_any_slot(value: &str) -> bool {
    [("${", "}"), ("#{", "}"), ("{{", "}}"), ("<%", "%>"), ("%(", ")s")]
        .iter()
        .any(|(open, close)| has_slot(value, open, close))
}

fn has_slot(value: &str, open: &str, close: &str) -> bool {
    let slot = value.split_once(open).and_then(|(_, rest)| rest.split_once(close));
    slot.is_some_and(|(name, _)| {
        let name = name.trim().trim_start_matches(['.', '=', '$', '-']).trim_start();
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.len() <= LONGEST_SLOT
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_.-:?+= |'\"/()".contains(&byte))
    })
}

pub(super) fn is_constant(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
        && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

fn is_cut_short(value: &str) -> bool {
    (value.ends_with("...") || value.ends_with('\u{2026}')) && value.len() < SHORTEST_WHOLE
}

fn by_signs(value: &str) -> Option<Placeholder> {
    let mut signs = value.chars();
    if signs.clone().any(char::is_alphanumeric) {
        return None;
    }
    let first = signs.next()?;
    let second = signs.find(|sign| *sign != first).unwrap_or(first);
    value.chars().all(|sign| sign == first || sign == second).then_some(Placeholder::Repeated)
}

fn by_words(value: &str) -> Option<Placeholder> {
    let plain = Plain::of(value)?;
    let mut tally = Tally::default();
    for token in plain.bytes().split(|byte| *byte == b' ').filter(|token| !token.is_empty()) {
        match judge(token) {
            Token::Filler => tally.filler += 1,
            Token::Words => tally.words += 1,
            Token::Marker => tally.markers += 1,
            Token::Short => {}
            Token::Name => tally.names += 1,
            Token::Content => return None,
        }
    }
    tally.verdict()
}

#[derive(Default)]
struct Tally {
    filler: usize,
    words: usize,
    markers: usize,
    names: usize,
}

impl Tally {
    fn verdict(&self) -> Option<Placeholder> {
        let Self { filler, words, markers, names } = *self;
        if names > 0 {
            // `my-jwt-secret-for-koomy-app`: a name among words that mean nothing.
            let is_beside = markers > 0 || names * 3 <= words;
            return (is_beside && names <= MOST_NAMES).then_some(Placeholder::Word);
        }
        match (words + markers, filler) {
            (0, 0) => None,
            (0, _) => Some(Placeholder::Repeated),
            (_, _) => Some(Placeholder::Word),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Token {
    /// One character over and over, or neighbours in a row.
    Filler,
    /// Hollow words, one after the other.
    Words,
    /// Words, and one of them says that a value belongs here.
    Marker,
    /// A digit or a few, a letter: neither here nor there.
    Short,
    /// A plain word that we do not know.
    Name,
    /// Anything else.
    Content,
}

fn judge(token: &[u8]) -> Token {
    if is_filler(token) {
        return Token::Filler;
    }
    if token.len() == 1 || is_number(token) {
        return Token::Short;
    }
    let otherwise = if is_name(token) { Token::Name } else { Token::Content };
    let inner = Some(trimmed(token)).filter(|inner| inner.len() < token.len());
    broken(token).or_else(|| broken(inner?)).unwrap_or(otherwise)
}

fn is_filler(token: &[u8]) -> bool {
    let after_first = token.get(1..).unwrap_or_default();
    run(token) == Some(token.len())
        || run(after_first).is_some_and(|length| length > 2 && length == after_first.len())
        || token.len() > 2 && token.iter().all(|byte| b"xyz".contains(byte))
}

fn is_number(token: &[u8]) -> bool {
    token.len() <= LONGEST_NUMBER && token.iter().all(u8::is_ascii_digit)
}

fn is_name(token: &[u8]) -> bool {
    let letters = token.iter().all(u8::is_ascii_lowercase);
    letters && (token.len() < 5 || token.len() <= LONGEST_NAME && letters::is_plausible(token))
}

fn trimmed(token: &[u8]) -> &[u8] {
    let inner = token.trim_ascii();
    let start = inner.iter().take_while(|byte| b"@$".contains(byte)).count();
    let end = inner.iter().rev().take_while(|byte| b"@$".contains(byte)).count();
    inner.get(start..inner.len().saturating_sub(end)).unwrap_or_default()
}

/// Whether the token falls apart into hollow words and filler, without rest;
/// and if so, into what: a marker says more than words, and words than filler.
fn broken(token: &[u8]) -> Option<Token> {
    if token.is_empty() { None } else { broken_from(token, token.len(), PATIENCE) }
}

// INVARIANT: every step spends patience, and a number most of it, so that this
// ends, and digits alone with a chance letter between them are never words.
fn broken_from(rest: &[u8], whole: usize, patience: usize) -> Option<Token> {
    let Some(first) = rest.first() else { return Some(Token::Filler) };
    let after = |length: usize, cost: usize| {
        broken_from(rest.get(length..)?, whole, patience.checked_sub(cost)?)
    };
    let first = letters::letter(*first);
    let hollow = rest.get(1).map_or(&[][..], |second| words::hollow_at(first, *second));
    let by_word = hollow.iter().find_map(|word| {
        let length = letters::spells(rest, word)?;
        if length < 3 && !(rest.starts_with(word.as_bytes()) && is_among_letters(rest, whole)) {
            return None;
        }
        let says = if words::is_marker(word) { Token::Marker } else { Token::Words };
        after(length, 1).map(|rest| rest.max(says))
    });
    let article = || {
        let is_inside = rest.len() < whole && rest.iter().all(u8::is_ascii_lowercase);
        if is_inside && rest.starts_with(b"a") { after(1, PATIENCE / 5) } else { None }
    };
    by_word
        .or_else(article)
        .or_else(|| run(rest).and_then(|length| after(length, 1)))
        .or_else(|| number(rest).and_then(|length| after(length, PATIENCE / 3)))
        .or_else(|| is_name_behind(rest, whole).then_some(Token::Filler))
}

/// `koomy2024` in `mysupersecretkeyforkoomy2024`: a plain word that we do not know,
/// behind several that we do and that are twice as long.
fn is_name_behind(rest: &[u8], whole: usize) -> bool {
    if whole < rest.len() + SHORTEST_PHRASE {
        return false;
    }
    let digits = rest.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let name = rest.get(..rest.len() - digits).unwrap_or_default();
    digits <= LONGEST_NUMBER && name.len() * 3 <= whole && is_name(name)
}

/// Two letters are a word at the start, and elsewhere among letters only.
fn is_among_letters(rest: &[u8], whole: usize) -> bool {
    rest.len() == whole || rest.iter().all(u8::is_ascii_lowercase)
}

fn number(rest: &[u8]) -> Option<usize> {
    let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    (1..=LONGEST_NUMBER).contains(&length).then_some(length)
}

/// The length of the run of equal or consecutive characters at the start, where
/// it is one of three characters or more.
fn run(bytes: &[u8]) -> Option<usize> {
    let (first, rest) = bytes.split_first()?;
    let step = rest.first()?.wrapping_sub(*first);
    if *first == FOREIGN || ![0, 1, u8::MAX, WRAP_UP, WRAP_DOWN].contains(&step) {
        return None;
    }
    let length = 1 + bytes.iter().zip(rest).take_while(|(a, b)| follows(**a, **b, step)).count();
    (length > 2).then_some(length)
}

fn follows(a: u8, b: u8, step: u8) -> bool {
    match step {
        1 | WRAP_UP => b == a.wrapping_add(1) || (a, b) == (b'9', b'0'),
        u8::MAX | WRAP_DOWN => a == b.wrapping_add(1) || (a, b) == (b'0', b'9'),
        step => b.wrapping_sub(a) == step,
    }
}

const LONGEST_NAME: usize = 14;
const LONGEST_NUMBER: usize = 4;
const LONGEST_SLOT: usize = 64;
const MOST_NAMES: usize = 2;
const SHORTEST_PHRASE: usize = 9;
const SHORTEST_WHOLE: usize = 32;
const STORAGE_KEY: usize = 88;
const PATIENCE: usize = 16;
const WRAP_UP: u8 = b'0'.wrapping_sub(b'9');
const WRAP_DOWN: u8 = b'9' - b'0';

// DELIBERATE: a published token that sends nothing is a test key, not an
// oversight.
const POSTMARK_TEST_TOKEN: &str = "POSTMARK_API_TEST";

const NOTHING: [&str; 14] = [
    "null",
    "(null)",
    "<null>",
    "none",
    "(none)",
    "nil",
    "undefined",
    "empty",
    "(empty)",
    "n/a",
    "na",
    "-",
    "\"\"",
    "''",
];

const FRAMEWORK_STARTS: [&str; 4] =
    ["django-insecure-", "_5#y2L", "thisISaSECRET", "SomeRandomString"];

/// The first characters of values in the documentation of Stripe, Flask,
/// FastAPI and Sentry; enough to know them, too few to be them.
const DOCUMENTED_STARTS: [&str; 7] = [
    "sk_test_BQokikJ",
    "sk_test_4eC39H",
    "pk_test_TYooMQ",
    "pk_test_6pRNAS",
    "192b9bdd22ab9ed4",
    "09d25e094faa6ca2",
    "https://examplePublicKey@",
];

/// What the claims of demonstration tokens look like in base64: the issuer
/// `supabase-demo`, the subject `1234567890`.
const DOCUMENTED_CLAIMS: [&str; 3] =
    ["c3VwYWJhc2UtZGVtb", "JzdXBhYmFzZS1kZW1v", "eyJzdWIiOiIxMjM0NTY3ODkw"];

const AZURITE_KEY: &str = "Eby8vdM02xNOcqFl";

#[cfg(test)]
#[path = "placeholder_tests.rs"]
mod tests;
