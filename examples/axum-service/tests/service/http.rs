//! One request, and every byte of the answer.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// A request that is sent exactly as it is written here.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) host: &'a str,
    pub(crate) headers: &'a [(&'a str, &'a str)],
    pub(crate) body: &'a str,
}

impl<'a> Request<'a> {
    pub(crate) fn get(host: &'a str, path: &'a str) -> Self {
        Self { method: "GET", path, host, headers: &[], body: "" }
    }

    /// The answer, without its date.
    #[track_caller]
    pub(crate) fn to(self, port: u16) -> Answer {
        let Self { method, path, host, headers, body } = self;
        let mut text = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
        for (name, value) in headers {
            write!(text, "{name}: {value}\r\n").unwrap();
        }
        write!(text, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let lines = answer.split_inclusive("\r\n");
        Answer(lines.filter(|line| !line.starts_with("date: ")).collect())
    }
}

/// The complete answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer(pub(crate) String);

impl Answer {
    #[track_caller]
    pub(crate) fn status(&self) -> u16 {
        let code = self.0.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3));
        code.and_then(|code| code.parse().ok()).unwrap_or_else(|| panic!("{self:?}"))
    }

    #[track_caller]
    pub(crate) fn body(&self) -> &str {
        self.0.split_once("\r\n\r\n").unwrap().1
    }

    /// The status and the body.
    #[track_caller]
    pub(crate) fn said(&self) -> (u16, &str) {
        (self.status(), self.body())
    }
}
