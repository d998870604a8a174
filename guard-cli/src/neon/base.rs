//! Where the API is.

use std::net::IpAddr;

use ureq::http::Uri;

/// The address of the API.
///
/// INVARIANT: `https`, or `http` to this machine, since the key goes there; no
/// user, no query, no slash at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Base {
    text: String,
    reach: Reach,
}

/// How far away the API is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// On this machine, without TLS.
    Loopback,
    /// Elsewhere, or by TLS.
    Network,
}

impl Base {
    /// Reads an address.
    ///
    /// # Errors
    ///
    /// What it has to be. The address itself is not repeated: it may hold a key.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let uri: Uri = text.parse().map_err(|_| FORM)?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(FORM);
        };
        if authority.as_str().contains('@') || uri.query().is_some() || text.contains(['#', '?']) {
            return Err("write the address alone, without user, query or fragment");
        }
        let reach = match scheme {
            "https" => Reach::Network,
            "http" if is_loopback(authority.host()) => Reach::Loopback,
            "http" => return Err("the key would cross the network in plain text; use https"),
            _ => return Err(FORM),
        };
        Ok(Self { text: text.trim_end_matches('/').to_owned(), reach })
    }

    /// Its reach.
    pub(super) fn reach(&self) -> Reach {
        self.reach
    }

    /// The address of a resource.
    pub(super) fn of(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

const FORM: &str = "write an address such as `https://console.neon.tech/api/v2`";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_goes_nowhere_in_plain_text() {
        let table = [
            ("https://console.neon.tech/api/v2", Some(Reach::Network)),
            ("https://gateway.example:8443/", Some(Reach::Network)),
            ("https://127.0.0.1:1", Some(Reach::Network)),
            ("http://127.0.0.1:8080/api/v2/", Some(Reach::Loopback)),
            ("http://[::1]:8080", Some(Reach::Loopback)),
            ("http://localhost:8080", Some(Reach::Loopback)),
            ("http://localhost.example", None),
            ("http://127.0.0.1.example", None),
            ("http://10.0.0.1", None),
            ("http://console.neon.tech", None),
            ("ftp://localhost", None),
            ("https://user:key@console.neon.tech", None),
            ("https://console.neon.tech/?x=1", None),
            ("https://console.neon.tech/#x", None),
            ("console.neon.tech", None),
            ("/api/v2", None),
            ("", None),
        ];
        for (text, reach) in table {
            let parsed = Base::parse(text);
            assert_eq!(parsed.as_ref().ok().map(Base::reach), reach, "{text}: {parsed:?}");
        }
        let base = Base::parse("https://gateway.example/").unwrap();
        assert_eq!(base.of("/projects"), "https://gateway.example/projects");
    }
}
