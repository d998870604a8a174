//! Web addresses and host names in variables.

use std::borrow::Cow;
use std::net::Ipv4Addr;

use thiserror::Error;
use url::{Host, Url};

/// Why a value is not one web address with one host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum AddressError {
    /// Not a URL at all.
    #[error("is no web address")]
    NotAnAddress,
    /// A URL without a host.
    #[error("is an address without a host")]
    NoHost,
    /// A URL of a script, a file or a text: its host, if any, is not asked.
    #[error("is an address whose scheme leads to no server")]
    NoServer,
    /// Nothing listens at port 0.
    #[error("is an address with port 0")]
    PortZero,
    /// Two readers would see two hosts.
    #[error("is an address that two readers take apart differently")]
    Ambiguous,
}

/// The host of a web address, in lower case.
///
/// DELIBERATE: the `url` crate reads as browsers do, and other clients do not
/// (`\` for `/`, digits for an address, white space left out). So the host that
/// it sees must also stand in the text, right after the scheme and userinfo.
///
/// # Errors
///
/// [`AddressError`] says which it is.
pub(crate) fn host_of(value: &str) -> Result<Cow<'_, str>, AddressError> {
    if let Some(host) = plain(value) {
        return Ok(Cow::Borrowed(host));
    }
    let url = Url::parse(value).map_err(|_| AddressError::NotAnAddress)?;
    if SERVERLESS.contains(&url.scheme()) {
        return Err(AddressError::NoServer);
    }
    if url.port() == Some(0) {
        return Err(AddressError::PortZero);
    }
    let (_, rest) = value.split_once("://").ok_or(AddressError::NoHost)?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let written = match authority.split_once('@') {
        Some((_, host)) if host.contains('@') => return Err(AddressError::Ambiguous),
        Some((_, host)) => host,
        None => authority,
    };
    let host = match url.host() {
        Some(Host::Domain(name)) => name.to_ascii_lowercase(),
        Some(Host::Ipv4(address)) => address.to_string(),
        Some(Host::Ipv6(address)) => format!("[{address}]"),
        None => return Err(AddressError::NoHost),
    };
    let name = match url.port() {
        Some(port) => written.strip_suffix(&format!(":{port}")).unwrap_or(written),
        None => written.rsplit_once(':').map_or(written, |(name, port)| {
            if port.bytes().all(|byte| byte.is_ascii_digit()) { name } else { written }
        }),
    };
    if host.is_empty() {
        Err(AddressError::NoHost)
    } else if name.eq_ignore_ascii_case(&host) {
        Ok(Cow::Owned(host))
    } else {
        Err(AddressError::Ambiguous)
    }
}

/// The addresses in a text, whatever stands around them: lists, JSON, `name=`.
pub(crate) fn addresses_in(text: &str) -> impl Iterator<Item = &str> {
    let is_scheme = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    let is_end = |c: char| c.is_whitespace() || c.is_control() || "\"'`<>(){}|,;".contains(c);
    // Most values have no colon, and a byte is found faster than three.
    let text = if text.contains(':') { text } else { "" };
    text.match_indices("://").filter_map(move |(at, _)| {
        let scheme = text.get(..at)?.rsplit(|c| !is_scheme(c)).next()?;
        let rest = text.get(at - scheme.len()..)?;
        rest.split(is_end).next().map(|address| address.trim_end_matches(']'))
    })
}

/// The host of an address or, where readers see several, each that one may see.
/// For a search, which must not miss any; the dot of a full name is left out.
pub(crate) fn hosts_that_may_be_meant(address: &str) -> Vec<String> {
    let name = |host: &str| host.trim_end_matches('.').to_ascii_lowercase();
    match host_of(address) {
        Ok(host) => vec![name(&host)],
        Err(_) => {
            let (_, rest) = address.split_once("://").unwrap_or_default();
            rest.split(['/', '\\', '@', ':', '?', '#']).map(name).collect()
        }
    }
}

/// The host of an address in the form that every reader knows, without the cost
/// of the others: a scheme of the web, a lower-case name with a dot or
/// `localhost`, perhaps a port, perhaps a plain path.
fn plain(value: &str) -> Option<&str> {
    let rest = value.strip_prefix("https://").or_else(|| value.strip_prefix("http://"))?;
    let is_name = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.');
    let end = rest.bytes().position(|byte| !is_name(byte)).unwrap_or(rest.len());
    let (host, after) = rest.split_at_checked(end)?;
    let (port, path) = match after.strip_prefix(':') {
        Some(after) => after.split_at_checked(after.find('/').unwrap_or(after.len()))?,
        None => ("80", after),
    };
    let is_port =
        port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|p| p > 0);
    let is_path = path.is_empty()
        || path.starts_with('/')
            && path.bytes().all(|byte| {
                matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~')
            });
    (is_plain_name(host) && is_port && is_path).then_some(host)
}

/// Labels of 1 to 63 letters, digits and single inner hyphens, the last of
/// which does not start with a digit, as an address would.
fn is_plain_name(host: &str) -> bool {
    let (mut length, mut last, mut starts_with_digit) = (0, b'-', true);
    for byte in host.bytes() {
        match (byte, last) {
            (b'.' | b'-', b'.' | b'-') => return false,
            (b'.', _) => length = 0,
            (_, _) => {
                starts_with_digit =
                    if length == 0 { byte.is_ascii_digit() } else { starts_with_digit };
                length += 1;
            }
        }
        if length > 63 {
            return false;
        }
        last = byte;
    }
    host.len() <= 253 && length > 0 && last != b'-' && !starts_with_digit
}

/// Whether `host` is this machine, by its name or one of its own addresses.
///
/// LIMIT: a tunnel or a proxy listens there too.
pub(crate) fn is_this_machine(host: &str) -> bool {
    let is_loopback = |address: Ipv4Addr| address.is_loopback();
    matches!(host, "localhost" | "[::1]") || host.parse().is_ok_and(is_loopback)
}

/// Whether `value` is a host name or an address, as written in a variable.
pub(crate) fn is_host(value: &str) -> bool {
    !value.is_empty()
        && value.len() <= 253
        && value.split('.').all(|label| {
            !label.is_empty()
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        })
}

const SERVERLESS: [&str; 4] = ["javascript", "vbscript", "data", "file"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_host_or_none() {
        use AddressError::*;
        let table = [
            ("https://api.koomy.app", Ok("api.koomy.app")),
            ("https://api.koomy.app/", Ok("api.koomy.app")),
            ("https://API.koomy.app/v1?x=@y", Ok("api.koomy.app")),
            ("https://api.koomy.app:443/", Ok("api.koomy.app")),
            ("http://localhost:3000", Ok("localhost")),
            ("https://user:pw@koomy.app/", Ok("koomy.app")),
            ("https://koomy.app./", Ok("koomy.app.")),
            ("http://127.0.0.1:80", Ok("127.0.0.1")),
            ("http://[::1]:8080/", Ok("[::1]")),
            ("redis://cache.internal:6379/0", Ok("cache.internal")),
            ("https://koomy.app\\@evil.example/", Err(Ambiguous)),
            ("https://koomy.app@evil.example@x/", Err(Ambiguous)),
            ("https://2130706433/", Err(Ambiguous)),
            ("https://ko\tomy.app/", Err(Ambiguous)),
            ("https://\u{ff4b}oomy.app/", Err(Ambiguous)),
            ("ws://koomy.app:1/", Ok("koomy.app")),
            ("javascript://api.koomy.app", Err(NoServer)),
            ("JavaScript:alert(1)", Err(NoServer)),
            ("vbscript://api.koomy.app", Err(NoServer)),
            ("data:text/html,x", Err(NoServer)),
            ("file://api.koomy.app/etc/passwd", Err(NoServer)),
            ("http://api.koomy.app:0", Err(PortZero)),
            ("https://api.koomy.app:00/x", Err(PortZero)),
            ("redis://cache.internal:0", Err(PortZero)),
            ("https:koomy.app", Err(NoHost)),
            ("mailto:someone", Err(NoHost)),
            ("koomy.app", Err(NotAnAddress)),
            ("", Err(NotAnAddress)),
            ("https://", Err(NotAnAddress)),
        ];
        for (value, expected) in table {
            assert_eq!(host_of(value).as_deref(), expected.as_deref(), "{value:?}");
        }
    }

    #[test]
    fn this_machine_is_a_name_or_an_address_and_no_prefix() {
        let own = ["localhost", "127.0.0.1", "127.255.0.9", "[::1]"];
        let other =
            ["127.shop.example", "127.1", "localhost.example", "128.0.0.1", "0.0.0.0", "::1", ""];
        assert!(own.into_iter().all(is_this_machine));
        assert!(!other.into_iter().any(is_this_machine));
    }

    #[test]
    fn the_plain_form_is_read_as_the_crate_reads_it() {
        let hosts = [
            "koomy.app",
            "a-b.c1.example",
            "localhost",
            "1.example",
            "x",
            "a..b",
            "-a.b",
            "a-.b",
            "1.2.3.4",
            "a.1",
            "a.0x1",
            "xn--a.b",
            "A.b",
            "a_b.c",
            "",
            ".",
            "a.b.",
        ];
        for scheme in ["http", "https", "ftp"] {
            for host in hosts {
                for port in ["", ":", ":0", ":80", ":8080", ":65536", ":x"] {
                    for path in ["", "/", "/a/b.c", "/../x", "?q", "#f", "/a b", "\\x"] {
                        let value = format!("{scheme}://{host}{port}{path}");
                        let Some(plain) = plain(&value) else { continue };
                        let url = Url::parse(&value).unwrap();
                        assert_eq!(url.host_str(), Some(plain), "{value}");
                    }
                }
            }
        }
    }
}
