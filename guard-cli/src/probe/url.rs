//! Which server is asked.

use std::fmt;

use ureq::http::Uri;

/// Scheme, host and port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    scheme: Scheme,
    host: String,
    port: u16,
}

/// How it is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// Without TLS.
    Http,
    /// With TLS.
    Https,
}

impl Scheme {
    const fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

impl Origin {
    /// Reads `https://host[:port][/]`.
    ///
    /// # Errors
    ///
    /// What is wrong with it; none of it is repeated, since it may hold a password.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let uri: Uri = text.parse().map_err(|_| "it is not a URL")?;
        let scheme = match uri.scheme_str() {
            Some("http") => Scheme::Http,
            Some("https") => Scheme::Https,
            Some(_) | None => return Err("it begins with neither `https://` nor `http://`"),
        };
        let authority = uri.authority().ok_or("it has no host")?;
        if authority.as_str().contains('@') {
            return Err("it has a user or a password, which a probe does not need");
        }
        if uri.path() != "/" || uri.query().is_some() {
            return Err("it has a path; the paths to ask are in the policy");
        }
        let port = match (uri.port_u16(), authority.as_str().rsplit_once(':'), scheme) {
            (Some(port), ..) => port,
            (None, Some((_, rest)), _) if !rest.ends_with(']') => {
                return Err("its port is not valid");
            }
            (None, _, Scheme::Http) => 80,
            (None, _, Scheme::Https) => 443,
        };
        let host = authority.host().trim_matches(['[', ']']).to_ascii_lowercase();
        if host.is_empty() {
            return Err("it has no host");
        }
        Ok(Self { scheme, host, port })
    }

    /// How it is reached.
    pub(crate) const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The host, in lower case, an IPv6 address without brackets.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    pub(crate) const fn port(&self) -> u16 {
        self.port
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scheme, host, port } = self;
        if host.contains(':') {
            write!(f, "{}://[{host}]:{port}", scheme.name())
        } else {
            write!(f, "{}://{host}:{port}", scheme.name())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        let table = [
            ("https://api.koomy.app", Some("https://api.koomy.app:443")),
            ("https://API.koomy.app/", Some("https://api.koomy.app:443")),
            ("http://127.0.0.1:8080", Some("http://127.0.0.1:8080")),
            ("http://[::1]:8080/", Some("http://[::1]:8080")),
            ("http://[::1]", Some("http://[::1]:80")),
            ("ftp://api.koomy.app", None),
            ("api.koomy.app", None),
            ("https://user@api.koomy.app", None),
            ("https://user:pw@api.koomy.app", None),
            ("https://api.koomy.app/path", None),
            ("https://api.koomy.app/?a=b", None),
            ("https://api.koomy.app:99999", None),
            ("https://api.koomy.app:", None),
            ("https://", None),
            ("", None),
        ];
        for (text, expected) in table {
            let origin = Origin::parse(text).map(|origin| origin.to_string());
            assert_eq!(origin.ok().as_deref(), expected, "{text}");
        }
    }
}
