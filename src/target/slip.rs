//! Recognises common mistakes (quotes, a template, `jdbc:`), so that a refusal names
//! the mistake and not its first symptom.
//!
//! Runs only on an address that is already refused; nothing here accepts.

use super::Engine;
use super::ambiguity::{FlawAt, Part};
use super::flaw::Flaw;

/// The mistake behind a flaw, or the flaw as it was found.
pub(super) fn explain(engine: Engine, text: &str, found: FlawAt) -> FlawAt {
    if let Some(flaw) = wrapping(text) {
        return FlawAt(Part::Whole, flaw);
    }
    if let Some(offset) = placeholder(text) {
        return FlawAt(part_at(text, offset), Flaw::Unexpanded);
    }
    let found = match found {
        FlawAt(_, Flaw::SchemeUnknown) => scheme(engine, text),
        _ => found,
    };
    let FlawAt(part, flaw) = found;
    let is_vague = !matches!(part, Part::Scheme | Part::Whole)
        || matches!(flaw, Flaw::SchemeUnknown | Flaw::SchemeMissing);
    if let Some((offset, flaw)) = text.char_indices().find_map(odd).filter(|_| is_vague) {
        return FlawAt(part_at(text, offset), flaw);
    }
    match text.find('#') {
        Some(offset) if is_vague && !matches!(flaw, Flaw::RawDelimiter | Flaw::SecondAt) => {
            FlawAt(part_at(text, offset), Flaw::Fragment)
        }
        _ => found,
    }
}

/// What came along around a value.
pub(super) fn wrapping(text: &str) -> Option<Flaw> {
    if text.is_empty() {
        Some(Flaw::Empty)
    } else if text.trim() != text {
        Some(Flaw::WhiteSpaceAround)
    } else if unquoted(text).is_some() {
        Some(Flaw::Quoted)
    } else {
        None
    }
}

/// The value inside a pair of quotes.
pub(super) fn unquoted(text: &str) -> Option<&str> {
    ['"', '\'', '`'].iter().find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote))
}

/// Where a `${NAME}`, `$(NAME)`, `{{ NAME }}` or `<NAME>` begins.
pub(super) fn placeholder(text: &str) -> Option<usize> {
    let pairs = [("${", '}'), ("$(", ')'), ("{{", '}'), ("<", '>')];
    pairs.iter().find_map(|(open, close)| {
        let (before, after) = text.split_once(open)?;
        after.contains(*close).then_some(before.len())
    })
}

fn odd((offset, character): (usize, char)) -> Option<(usize, Flaw)> {
    let flaw = match character {
        '\\' => Flaw::Backslash,
        character if character.is_whitespace() => Flaw::WhiteSpaceInside,
        character if character.is_control() => Flaw::ControlCharacter,
        character if !character.is_ascii() => Flaw::NonAscii,
        _ => return None,
    };
    Some((offset, flaw))
}

fn scheme(engine: Engine, text: &str) -> FlawAt {
    let Some((before, _)) = text.split_once("://") else {
        return schemeless(text);
    };
    let lower = before.to_ascii_lowercase();
    let (name, driver) = match lower.split_once('+') {
        Some((name, driver)) => (name, Some(driver)),
        None => (lower.as_str(), None),
    };
    let flaw = match (name, Engine::of_scheme(name)) {
        (name, _) if name.starts_with("jdbc:") => Flaw::SchemeJdbc,
        ("prisma", _) => Flaw::SchemeOfService,
        (name, _) if is_file(name) => Flaw::SchemeOfFile,
        (_, Some(other)) if other != engine => Flaw::SchemeOfOtherEngine { expected: engine },
        (_, Some(_)) if driver.is_some() => Flaw::SchemeNamesDriver,
        (_, Some(_)) if lower != before => Flaw::SchemeUpperCase,
        _ if before.contains('=') => return FlawAt(Part::Whole, Flaw::KeyValue),
        _ => Flaw::SchemeUnknown,
    };
    FlawAt(Part::Scheme, flaw)
}

fn schemeless(text: &str) -> FlawAt {
    let before = text.split_once(':').map(|(before, _)| before);
    match before {
        Some(before) if before.eq_ignore_ascii_case("jdbc") => {
            FlawAt(Part::Scheme, Flaw::SchemeJdbc)
        }
        Some(before) if Engine::of_scheme(before).is_some() => {
            FlawAt(Part::Scheme, Flaw::SchemeSlashes)
        }
        Some(before) if is_file(&before.to_ascii_lowercase()) => {
            FlawAt(Part::Scheme, Flaw::SchemeOfFile)
        }
        _ if text.contains('=') => FlawAt(Part::Whole, Flaw::KeyValue),
        _ => FlawAt(Part::Scheme, Flaw::SchemeMissing),
    }
}

fn is_file(scheme: &str) -> bool {
    matches!(scheme, "file" | "sqlite" | "sqlite3")
}

/// The part in which an offset lies, for a reader who cuts at the last `@`.
fn part_at(text: &str, offset: usize) -> Part {
    let Some(scheme) = text.find("://") else { return Part::Whole };
    let start = scheme + "://".len();
    if offset < start {
        return Part::Scheme;
    }
    let after = match text.rfind('@').filter(|at| *at >= start) {
        Some(at) if offset < at => {
            let colon = text.get(start..offset).is_some_and(|before| before.contains(':'));
            return if colon { Part::Password } else { Part::User };
        }
        Some(at) => at + 1,
        None => start,
    };
    let before = text.get(after..offset).unwrap_or_default();
    match (before.find('/'), before.find('?'), before.find(':')) {
        (_, Some(_), _) => Part::Query,
        (Some(_), None, _) => Part::Database,
        (None, None, Some(_)) => Part::Port,
        (None, None, None) => Part::Host,
    }
}
