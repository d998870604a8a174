//! A host name in a request.

use std::net::IpAddr;

/// The host of `authority`, without its port.
///
/// `None` if there is more than a host and a port, or the port is not one. An address in
/// brackets is not a name either: nothing that a policy lists has that form.
pub(super) fn host_of(authority: &[u8]) -> Option<&[u8]> {
    let end = authority.iter().position(|byte| !is_of_name(*byte)).unwrap_or(authority.len());
    let (host, rest) = authority.split_at_checked(end)?;
    let is_whole = match rest {
        [] => true,
        [b':', port @ ..] => is_port(port),
        [_, ..] => false,
    };
    (is_whole && !host.is_empty()).then_some(host)
}

/// The host of a URL such as `https://koomy.app:8443/path`, whatever surrounds it.
pub(super) fn page_host_of(address: &[u8]) -> Option<&[u8]> {
    let at = address.windows(3).position(|window| window == b"://")?;
    let authority = address.get(at + 3..)?.split(|byte| b"/?#\\".contains(byte)).next()?;
    let host = authority.rsplit(|byte| *byte == b'@').next()?;
    host.split(|byte| *byte == b':').next()
}

/// Whether `authority` is an address rather than a name, with or without a port.
pub(super) fn is_address(authority: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(authority) else { return false };
    text.starts_with('[')
        || text.split(':').next().is_some_and(|host| host.parse::<IpAddr>().is_ok())
}

const fn is_of_name(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_')
}

fn is_port(port: &[u8]) -> bool {
    let is_number = port.iter().all(u8::is_ascii_digit) && port.first() != Some(&b'0');
    let number = std::str::from_utf8(port).ok().filter(|_| is_number);
    number.is_some_and(|number| number.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name_with_or_without_a_port() {
        let table: [(&[u8], Option<&[u8]>); 22] = [
            (b"koomy.app", Some(b"koomy.app")),
            (b"KOOMY.app", Some(b"KOOMY.app")),
            (b"koomy.app:1", Some(b"koomy.app")),
            (b"koomy.app:65535", Some(b"koomy.app")),
            (b"koomy.app.", Some(b"koomy.app.")), // of no domain
            (b"127.0.0.1:80", Some(b"127.0.0.1")),
            (b"koomy.app:", None),
            (b"koomy.app:0", None),
            (b"koomy.app:080", None),
            (b"koomy.app:65536", None),
            (b"koomy.app:+80", None),
            (b"koomy.app:8x", None),
            (b"koomy.app:80:80", None),
            (b"user@koomy.app", None),
            (b"user:pw@koomy.app", None),
            (b"koomy.app,koomy.app", None),
            (b"koomy.app/", None),
            (b" koomy.app", None),
            (b"koomy.app\0", None),
            (b"[::1]:80", None),
            (b"ko\xc3\xb6my.app", None),
            (b"", None),
        ];
        for (authority, host) in table {
            let shown = String::from_utf8_lossy(authority);
            assert_eq!(host_of(authority), host, "{shown}");
        }
    }

    #[test]
    fn the_host_of_an_address_ends_where_any_reader_ends_it() {
        let table: [(&[u8], Option<&[u8]>); 10] = [
            (b"https://koomy.app", Some(b"koomy.app")),
            (b"https://koomy.app:8443/a?b#c", Some(b"koomy.app")),
            (b"https://koomy.app:", Some(b"koomy.app")),
            (b"https://user:pw@koomy.app:1", Some(b"koomy.app")),
            (b"https://other.example@koomy.app/", Some(b"koomy.app")),
            (b"https://koomy.app?b", Some(b"koomy.app")),
            (b"https://koomy.app\\@evil.example/", Some(b"koomy.app")),
            (b"https://", Some(b"")),
            (b"null", None),
            (b"", None),
        ];
        for (address, host) in table {
            let shown = String::from_utf8_lossy(address);
            assert_eq!(page_host_of(address), host, "{shown}");
        }
    }
}
