//! The URL that would be accepted, where there is only one candidate.
//!
//! INVARIANT: nothing of the password is shown. No character before the first
//! `@` ends the userinfo for any driver, the first `:` starts the password, and a
//! second `@` anywhere refuses it. What was repaired is judged again.

use super::engine::{Dialect, Encryption, Engine};
use super::flaw::Flaw;
use super::{Target, grammar, parameter, slip, url};

/// The accepted form of a refused URL, with `PASSWORD` for the password.
pub(super) fn canonical(engine: Engine, text: &str, flaw: Flaw) -> Option<String> {
    // DELIBERATE: a placeholder is no password, user or host to repair around.
    if flaw == Flaw::Unexpanded {
        return None;
    }
    let text = text.trim();
    let text = slip::unquoted(text).unwrap_or(text).trim();
    let text = text.strip_suffix('#').unwrap_or(text);
    let (scheme, rest) = text.split_once("://")?;
    let (scheme, _) = scheme.split_once('+').unwrap_or((scheme, ""));
    if Engine::of_scheme(scheme) != Some(engine) {
        return None;
    }
    let (userinfo, rest) = rest.split_once('@').filter(|(_, rest)| !rest.contains(['@', '#']))?;
    let mut repaired = engine.dialect().schemes.first()?.to_string();
    let user = push_userinfo(userinfo, &mut repaired)?;
    push_rest(engine, user, rest, &mut repaired)?;
    url::parse(engine, &repaired).ok().as_ref().map(Target::shown)
}

fn push_userinfo<'a>(userinfo: &'a str, out: &mut String) -> Option<&'a str> {
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
        // `user:@` has no password to show.
        None | Some("") => {}
        Some(secret) if grammar::decode(secret).is_ok_and(|s| grammar::password(s).is_err()) => {
            return None;
        }
        Some(_) => out.push_str(":PASSWORD"),
    }
    out.push('@');
    Some(name)
}

fn push_rest(engine: Engine, user: &str, rest: &str, out: &mut String) -> Option<()> {
    let (authority, path) = rest.split_once('/')?;
    let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
    let host = grammar::decode(host).ok()?.to_ascii_lowercase();
    let host = host.strip_suffix('.').unwrap_or(&host);
    // INVARIANT: nothing that was encoded becomes a delimiter.
    if !host.is_empty() {
        grammar::host(host).ok()?;
    }
    out.push_str(host);
    let port = match port.trim_start_matches('0') {
        "" if port.is_empty() => engine.default_port().to_string(),
        digits => digits.to_owned(),
    };
    if !host.is_empty() {
        out.extend([":", &port]);
    }
    let (database, query) = path.split_once('?').unwrap_or((path, ""));
    let database = database.strip_suffix('/').unwrap_or(database);
    let database = grammar::decode(database).and_then(|name| grammar::database(&name)).ok()?;
    out.extend(["/", &database]);
    let said = [("user", user), ("host", host), ("port", &port), ("dbname", &database)];
    push_query(engine.dialect(), query, &said, out)
}

/// Writes what is left of the parameters without those that say again what was
/// `said`, that nobody vouches for, and that are there twice.
fn push_query(
    dialect: &Dialect,
    query: &str,
    said: &[(&str, &str)],
    out: &mut String,
) -> Option<()> {
    let mut kept: Vec<(&str, String)> = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if said.contains(&(key, value)) {
            continue;
        }
        let (key, value) = match key {
            "ssl" if value == "true" => dialect.write_encryption(Encryption::Required)?,
            _ if parameter::is_unknown(dialect, key) => {
                if parameter::may_matter(key) {
                    return None;
                }
                continue;
            }
            _ => (key, value),
        };
        let value = repaired_value(key, value);
        if !kept.iter().any(|known| known.0 == key && known.1 == value) {
            kept.push((key, value));
        }
    }
    for (index, (key, value)) in kept.iter().enumerate() {
        out.extend([if index == 0 { "?" } else { "&" }, key, "=", value]);
    }
    Some(())
}

fn repaired_value(key: &str, value: &str) -> String {
    match key {
        "sslmode" => value.to_ascii_lowercase(),
        "host" => {
            value.replace("%2F", "/").replace("%2f", "/").replace("%3A", ":").replace("%3a", ":")
        }
        _ => value.to_owned(),
    }
}
