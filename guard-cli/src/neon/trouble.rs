//! Why nothing is known about an account.

use std::io;

use thiserror::Error;

/// Neon could not be asked, or its answer cannot be used.
///
/// DELIBERATE: holds nothing of what a server said but its status. An answer of
/// the wrong server may repeat what it was sent.
#[derive(Debug, Error)]
pub(crate) enum Trouble {
    /// 401.
    #[error("Neon's API does not know the key in `NEON_API_KEY`")]
    UnknownKey,
    /// 403.
    #[error("the key in `NEON_API_KEY` may not read project `{0}`")]
    NoAccess(String),
    /// 404.
    #[error("the key in `NEON_API_KEY` sees no project `{0}`")]
    NoProject(String),
    /// 423, 429 or 503, more often than is waited for.
    #[error("Neon's API is busy: it answered {status}, {asked} times")]
    Busy {
        /// The last status.
        status: u16,
        /// How often it was asked.
        asked: u32,
    },
    /// A wait that is too long.
    #[error("Neon's API is busy: it answered {status}, and asks to wait {seconds} seconds")]
    LongWait {
        /// The status.
        status: u16,
        /// The wait that was asked for.
        seconds: u64,
    },
    /// 3xx. The key is not taken elsewhere.
    #[error("Neon's API answered {0}, a redirect, which is not followed")]
    Redirect(u16),
    /// Any other status.
    #[error("Neon's API answered {0}")]
    Status(u16),
    /// No whole answer in time.
    #[error("Neon's API did not answer within {0} seconds")]
    TimedOut(u64),
    /// The name has no address.
    #[error("the host of Neon's API has no address")]
    NoHost,
    /// The connection failed.
    #[error("cannot ask Neon's API: {0}")]
    Io(io::ErrorKind),
    /// TLS failed.
    #[error("no secure connection to Neon's API: {0}")]
    Tls(String),
    /// What came is not HTTP.
    #[error("what answered is not an HTTP server")]
    NoHttp,
    /// More than the bound.
    #[error("the answer of Neon's API has more than {0} bytes")]
    TooLarge(u64),
    /// Not the JSON that is documented.
    #[error(
        "the {what} in the answer of Neon's API are not as documented: line {line}, column {column}"
    )]
    Undocumented {
        /// "branches" or "endpoints".
        what: &'static str,
        /// The line, from 1.
        line: usize,
        /// The column.
        column: usize,
    },
    /// An answer about something else.
    #[error("Neon's API was asked about project `{asked}`, and answered about `{about}`")]
    OtherProject {
        /// The project that was asked about.
        asked: String,
        /// The project that the answer names.
        about: String,
    },
    /// A host that is not its endpoint's.
    #[error("the host `{host}` does not start with the id of its endpoint, `{id}`")]
    OtherHost {
        /// The host.
        host: String,
        /// The endpoint.
        id: String,
    },
    /// Pages without end.
    #[error("the list of branches does not end: {0} pages were read")]
    Endless(usize),
}

impl Trouble {
    /// What to do about it.
    pub(crate) fn help(&self) -> &'static str {
        match self {
            Self::UnknownKey => "make a new key in Neon's console, and set it",
            Self::NoAccess(_) | Self::NoProject(_) => {
                "check `project` in the policy, and which projects the key was made for"
            }
            Self::Busy { .. } | Self::LongWait { .. } => "try again later",
            Self::Redirect(_) => "give `--api` the address that answers without a redirect",
            Self::Status(_) => "see neonstatus.com, and try again later",
            Self::TimedOut(_) => "try again, or allow more time with `--timeout`",
            Self::NoHost | Self::Io(_) => "check the network, and `--api` if it is given",
            Self::Tls(_) => {
                "check the certificate and the roots of this machine; `SSL_CERT_FILE` names others"
            }
            Self::NoHttp
            | Self::TooLarge(_)
            | Self::Undocumented { .. }
            | Self::OtherProject { .. }
            | Self::OtherHost { .. }
            | Self::Endless(_) => {
                "check `--api` if it is given, and whether this version is current"
            }
        }
    }

    /// What a failure of the client means, `seconds` being the most it may take.
    pub(super) fn of(error: ureq::Error, seconds: u64) -> Self {
        match error {
            ureq::Error::Timeout(_) => Self::TimedOut(seconds),
            ureq::Error::HostNotFound => Self::NoHost,
            ureq::Error::BodyExceedsLimit(limit) => Self::TooLarge(limit),
            ureq::Error::Rustls(error) => Self::Tls(error.to_string()),
            ureq::Error::Tls(words) => Self::Tls(words.to_owned()),
            ureq::Error::TlsRequired => Self::Tls("there is no TLS".to_owned()),
            ureq::Error::Protocol(_) | ureq::Error::LargeResponseHeader(..) => Self::NoHttp,
            ureq::Error::Io(error) => Self::of_io(&error),
            _ => Self::Io(io::ErrorKind::Other),
        }
    }

    fn of_io(error: &io::Error) -> Self {
        let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
        match tls {
            Some(error) => Self::Tls(error.to_string()),
            None => Self::Io(error.kind()),
        }
    }
}
