//! The URL that would be accepted, where there is only one candidate.
//!
//! INVARIANT: nothing of the password is shown. No character before the first
//! `@` ends the userinfo for any driver, the first `:` starts the password, and
//! what was repaired is judged again: a second `@` anywhere refuses it.

use std::mem;

use super::engine::Engine;
use super::problem::Problem;
use super::{Target, grammar, slip, url};

/// The accepted form of a refused URL, with `PASSWORD` for the password.
pub(super) fn canonical(engine: Engine, text: &str, problem: Problem) -> Option<String> {
    // DELIBERATE: a placeholder is no password, user or host to repair around.
    if problem == Problem::Unexpanded {
        return None;
    }
    let text = text.trim();
    let text = slip::unquoted(text).unwrap_or(text).trim();
    let (scheme, rest) = text.split_once("://")?;
    let (scheme, _) = scheme.split_once('+').unwrap_or((scheme, ""));
    if Engine::of_scheme(scheme) != Some(engine) {
        return None;
    }
    let (userinfo, rest) = rest.split_once('@')?;
    let mut repaired = engine.dialect().schemes.first()?.to_string();
    push_userinfo(userinfo, &mut repaired)?;
    push_rest(rest, &mut repaired)?;
    url::parse(engine, &repaired).ok().as_ref().map(Target::shown)
}

fn push_userinfo(userinfo: &str, out: &mut String) -> Option<()> {
    let cuts = |held: char| matches!(held, '/' | '?' | '#' | '\\') || held.is_whitespace();
    if userinfo.contains(|held: char| cuts(held) || held.is_control()) {
        return None;
    }
    let (name, secret) = match userinfo.split_once(':') {
        Some((name, secret)) => (name, Some(secret)),
        None => (userinfo, None),
    };
    out.push_str(name);
    match secret {
        Some(secret) if grammar::decode(secret).is_ok_and(|s| grammar::password(s).is_err()) => {
            return None;
        }
        Some(_) => out.push_str(":PASSWORD"),
        None => {}
    }
    out.push('@');
    Some(())
}

fn push_rest(rest: &str, out: &mut String) -> Option<()> {
    let (authority, path) = rest.split_once('/')?;
    let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
    let host = grammar::decode(host).ok()?.to_ascii_lowercase();
    let host = host.strip_suffix('.').unwrap_or(&host);
    // INVARIANT: nothing that was encoded becomes a delimiter.
    if !host.is_empty() {
        grammar::host(host).ok()?;
    }
    out.push_str(host);
    if !port.is_empty() {
        out.extend([":", port.trim_start_matches('0')]);
    }
    let (database, query) = path.split_once('?').unwrap_or((path, ""));
    let database = grammar::decode(database).and_then(|name| grammar::database(&name)).ok()?;
    out.extend(["/", &database]);
    push_query(query, out)
}

fn push_query(query: &str, out: &mut String) -> Option<()> {
    let mut separator = '?';
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=')?;
        out.push(mem::replace(&mut separator, '&'));
        out.extend([key, "="]);
        match key {
            "sslmode" => out.push_str(&value.to_ascii_lowercase()),
            "host" => out.push_str(
                &value
                    .replace("%2F", "/")
                    .replace("%2f", "/")
                    .replace("%3A", ":")
                    .replace("%3a", ":"),
            ),
            _ => out.push_str(value),
        }
    }
    Some(())
}
