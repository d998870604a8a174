//! The productions: each part of an address by itself.

use std::net::Ipv4Addr;

use super::ambiguity::{FlawAt, Part};
use super::flaw::Flaw;

/// `A-Z a-z 0-9 - . _ ~`: what no driver decodes, cuts at or folds.
pub(crate) const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// `user[:password]`, percent-encoded.
pub(super) fn userinfo(text: &str) -> Result<(String, Option<String>), FlawAt> {
    let (name, secret) = match text.split_once(':') {
        Some((name, secret)) => (name, Some(secret)),
        None => (text, None),
    };
    let name = decode(name).and_then(user).map_err(|flaw| FlawAt(Part::User, flaw))?;
    let secret = secret
        .map(|secret| decode(secret).and_then(password))
        .transpose()
        .map_err(|flaw| FlawAt(Part::Password, flaw))?;
    Ok((name, secret))
}

/// A user, as the server will see it.
pub(crate) fn user(name: String) -> Result<String, Flaw> {
    match name.as_str() {
        "" => Err(Flaw::UserMissing),
        name if name.contains(char::is_control) => Err(Flaw::ControlCharacter),
        // DELIBERATE: `user%3Apassword@` is a password in the user's place,
        // and users are shown.
        name if name.contains(':') => Err(Flaw::UserHoldsColon),
        _ => Ok(name),
    }
}

/// A password, as the server will see it.
pub(super) fn password(secret: String) -> Result<String, Flaw> {
    match secret.as_str() {
        "" => Err(Flaw::PasswordEmpty),
        secret if secret.contains(char::is_control) => Err(Flaw::ControlCharacter),
        // MIRRORS: Neon's proxy takes the endpoint from such a password.
        secret if secret.starts_with("endpoint=") || secret.starts_with("project=") => {
            Err(Flaw::PasswordChoosesEndpoint)
        }
        _ => Ok(secret),
    }
}

/// `host[:port]`.
pub(super) fn authority(text: &str) -> Result<(&str, Option<u16>), FlawAt> {
    let of_host = |flaw| FlawAt(Part::Host, flaw);
    if text.contains(',') {
        return Err(of_host(Flaw::HostTwice));
    }
    if text.starts_with('[') || text.bytes().filter(|byte| *byte == b':').count() > 1 {
        return Err(of_host(Flaw::HostIpv6));
    }
    let (name, digits) = match text.split_once(':') {
        Some((name, digits)) => (name, Some(digits)),
        None => (text, None),
    };
    host(name).map_err(of_host)?;
    let port = digits.map(port).transpose().map_err(|flaw| FlawAt(Part::Port, flaw))?;
    Ok((name, port))
}

/// One lower-case name, or one dotted quad in its canonical form.
pub(crate) fn host(text: &str) -> Result<(), Flaw> {
    match text {
        "" => return Err(Flaw::HostMissing),
        "0.0.0.0" => return Err(Flaw::HostUnspecified),
        "pg.neon.tech" => return Err(Flaw::HostChosenInBrowser),
        _ => {}
    }
    if text.contains(',') {
        return Err(Flaw::HostTwice);
    }
    if let Some((_, after)) = text.split_once(':') {
        return Err(match after {
            _ if after.contains(':') => Flaw::HostIpv6,
            _ if after.bytes().all(|byte| byte.is_ascii_digit()) => Flaw::HostHoldsPort,
            _ => Flaw::HostName,
        });
    }
    if text.contains('%') {
        return Err(Flaw::HostEncoded);
    }
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(Flaw::HostUpperCase);
    }
    if text.ends_with('.') {
        return Err(Flaw::HostTrailingDot);
    }
    if !is_name(text) {
        return Err(Flaw::HostName);
    }
    if text.split('.').any(|label| label.starts_with("xn--")) {
        return Err(Flaw::HostInternational);
    }
    let last = text.rsplit('.').next().unwrap_or_default();
    let numeric = last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x");
    if numeric && !is_dotted_quad(text) { Err(Flaw::HostNumber) } else { Ok(()) }
}

/// 1 to 65535 without a leading zero.
pub(super) fn port(text: &str) -> Result<u16, Flaw> {
    if text.is_empty() {
        return Err(Flaw::PortEmpty);
    }
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Flaw::PortRange);
    }
    if text.len() > 1 && text.starts_with('0') {
        return Err(Flaw::PortLeadingZero);
    }
    text.parse().ok().filter(|port| *port != 0).ok_or(Flaw::PortRange)
}

/// One path segment of unreserved characters.
pub(crate) fn database(text: &str) -> Result<String, Flaw> {
    match text {
        "" => Err(Flaw::DatabaseMissing),
        "." | ".." => Err(Flaw::DatabaseDots),
        _ if text.contains('/') => Err(Flaw::DatabaseSegments),
        _ if text.contains('%') => Err(Flaw::DatabaseEncoded),
        _ if text.bytes().all(is_unreserved) => Ok(text.to_owned()),
        _ => Err(Flaw::DatabaseCharacter),
    }
}

/// The directory of a PostgreSQL socket.
pub(crate) fn directory(text: &str) -> Result<String, Flaw> {
    if is_absolute_path(text) { Ok(text.to_owned()) } else { Err(Flaw::SocketDirectory) }
}

/// `/a/b`: no empty segment, no `.` or `..`, nothing that anybody expands.
pub(super) fn is_absolute_path(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.:-".contains(&byte);
    let is_segment =
        |segment: &str| !matches!(segment, "" | "." | "..") && segment.bytes().all(is_plain);
    text.strip_prefix('/').is_some_and(|segments| segments.split('/').all(is_segment))
}

/// Undoes percent-encoding; whatever is not unreserved has to be encoded.
pub(super) fn decode(text: &str) -> Result<String, Flaw> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'%' => {
                let pair = bytes.next().and_then(hex).zip(bytes.next().and_then(hex));
                let (high, low) = pair.ok_or(Flaw::PercentSign)?;
                decoded.push(high << 4 | low);
            }
            b'/' | b'?' | b'#' => return Err(Flaw::RawDelimiter),
            byte if is_unreserved(byte) => decoded.push(byte),
            _ => return Err(Flaw::RawCharacter),
        }
    }
    String::from_utf8(decoded).map_err(|_| Flaw::NotUtf8)
}

/// Percent-encodes all but unreserved characters.
pub(super) fn encode(text: &str, out: &mut String) {
    for byte in text.bytes() {
        if is_unreserved(byte) {
            out.push(char::from(byte));
        } else {
            let digit = |nibble| char::from_digit(nibble, 16).unwrap_or('0').to_ascii_uppercase();
            out.extend(['%', digit(u32::from(byte >> 4)), digit(u32::from(byte & 15))]);
        }
    }
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// A lower-case host name, or what has the form of one.
pub(crate) fn is_name(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(is_label)
}

fn is_label(label: &str) -> bool {
    matches!(label.len(), 1..=63)
        && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// MIRRORS: the standard library reads four decimal numbers without leading
/// zeros and nothing else.
fn is_dotted_quad(text: &str) -> bool {
    text.parse::<Ipv4Addr>().is_ok()
}
