//! What people paste: a flaw told by the slip that made it.
//!
//! Runs only on an address that is already refused; nothing here accepts.

use super::Engine;
use super::ambiguity::{Flaw, Part};
use super::problem::Problem;

/// The flaw that helps most: the slip behind it, or the flaw as it was found.
pub(super) fn explain(engine: Engine, text: &str, found: Flaw) -> Flaw {
    if let Some(problem) = wrapping(text) {
        return Flaw(Part::Whole, problem);
    }
    if let Some(offset) = placeholder(text) {
        return Flaw(part_at(text, offset), Problem::Unexpanded);
    }
    let found = match found {
        Flaw(_, Problem::SchemeUnknown) => scheme(engine, text),
        _ => found,
    };
    let Flaw(part, problem) = found;
    let is_vague = !matches!(part, Part::Scheme | Part::Whole)
        || matches!(problem, Problem::SchemeUnknown | Problem::SchemeMissing);
    if let Some((offset, problem)) = text.char_indices().find_map(odd).filter(|_| is_vague) {
        return Flaw(part_at(text, offset), problem);
    }
    match text.find('#') {
        Some(offset)
            if is_vague && !matches!(problem, Problem::RawDelimiter | Problem::SecondAt) =>
        {
            Flaw(part_at(text, offset), Problem::Fragment)
        }
        _ => found,
    }
}

/// What came along around a value.
pub(super) fn wrapping(text: &str) -> Option<Problem> {
    if text.is_empty() {
        Some(Problem::Empty)
    } else if text.trim() != text {
        Some(Problem::WhiteSpaceAround)
    } else if unquoted(text).is_some() {
        Some(Problem::Quoted)
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

fn odd((offset, character): (usize, char)) -> Option<(usize, Problem)> {
    let problem = match character {
        '\\' => Problem::Backslash,
        character if character.is_whitespace() => Problem::WhiteSpaceInside,
        character if character.is_control() => Problem::ControlCharacter,
        character if !character.is_ascii() => Problem::NonAscii,
        _ => return None,
    };
    Some((offset, problem))
}

fn scheme(engine: Engine, text: &str) -> Flaw {
    let Some((before, _)) = text.split_once("://") else {
        return schemeless(text);
    };
    let lower = before.to_ascii_lowercase();
    let (name, driver) = match lower.split_once('+') {
        Some((name, driver)) => (name, Some(driver)),
        None => (lower.as_str(), None),
    };
    let problem = match (name, Engine::of_scheme(name)) {
        (name, _) if name.starts_with("jdbc:") => Problem::SchemeJdbc,
        ("prisma", _) => Problem::SchemeOfService,
        (name, _) if is_file(name) => Problem::SchemeOfFile,
        (_, Some(other)) if other != engine => Problem::SchemeOfOtherEngine { expected: engine },
        (_, Some(_)) if driver.is_some() => Problem::SchemeNamesDriver,
        (_, Some(_)) if lower != before => Problem::SchemeUpperCase,
        _ if before.contains('=') => return Flaw(Part::Whole, Problem::KeyValue),
        _ => Problem::SchemeUnknown,
    };
    Flaw(Part::Scheme, problem)
}

fn schemeless(text: &str) -> Flaw {
    let before = text.split_once(':').map(|(before, _)| before);
    match before {
        Some(before) if before.eq_ignore_ascii_case("jdbc") => {
            Flaw(Part::Scheme, Problem::SchemeJdbc)
        }
        Some(before) if Engine::of_scheme(before).is_some() => {
            Flaw(Part::Scheme, Problem::SchemeSlashes)
        }
        Some(before) if is_file(&before.to_ascii_lowercase()) => {
            Flaw(Part::Scheme, Problem::SchemeOfFile)
        }
        _ if text.contains('=') => Flaw(Part::Whole, Problem::KeyValue),
        _ => Flaw(Part::Scheme, Problem::SchemeMissing),
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
