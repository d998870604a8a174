//! An answer, and how it differs from another.

use std::collections::BTreeSet;
use std::time::Duration;

/// Names and values, as they come.
type Headers = Vec<(String, Vec<u8>)>;

/// An answer of HTTP/1.1.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// The names in lower case.
    pub(super) headers: Headers,
    pub(super) body: Vec<u8>,
    /// How long the first byte took.
    pub(super) first: Duration,
}

impl Answer {
    /// Whether the head is there.
    pub(super) fn has_head(raw: &[u8]) -> bool {
        split(raw).is_some()
    }

    /// Whether nothing more is to come.
    pub(super) fn is_whole(raw: &[u8], method: &str) -> bool {
        let Some((head, rest)) = split(raw) else { return false };
        let Some((status, headers)) = parsed(head) else { return true };
        match length(status, &headers, method) {
            Length::None => true,
            Length::Known(length) => rest.len() >= length,
            Length::Chunked => rest.ends_with(b"0\r\n\r\n"),
            Length::UntilClosed => false,
        }
    }

    /// Reads an answer, as far as it is there.
    pub(super) fn parse(raw: &[u8], method: &str) -> Option<Self> {
        let (head, rest) = split(raw)?;
        let (status, headers) = parsed(head)?;
        let body = match length(status, &headers, method) {
            Length::None => Vec::new(),
            Length::Known(length) => rest.get(..length).unwrap_or(rest).to_vec(),
            Length::Chunked => dechunked(rest),
            Length::UntilClosed => rest.to_vec(),
        };
        Some(Self { status, headers, body, first: Duration::ZERO })
    }

    /// The same answer, with `path` hidden wherever it is repeated.
    pub(super) fn without(&self, path: &str) -> Self {
        let headers = self.headers.iter();
        let headers = headers.map(|(name, value)| (name.clone(), replaced(value, path)));
        Self { headers: headers.collect(), body: replaced(&self.body, path), ..self.clone() }
    }

    /// How this differs from `other`, but for what `steady` says changes anyway.
    pub(super) fn differs(&self, other: &Self, steady: &Steady) -> Option<String> {
        if self.status != other.status {
            return Some(format!("status {} instead of {}", self.status, other.status));
        }
        let (own, others) = (self.names(), other.names());
        if let Some(name) = own.symmetric_difference(&others).next() {
            let (has, lacks) =
                if own.contains(name) { ("has", "does not have") } else { ("lacks", "has") };
            return Some(format!("it {has} a header `{name}`, which the other {lacks}"));
        }
        let mut steady_names = own.iter().filter(|name| !steady.changing.contains(**name));
        if let Some(name) = steady_names.find(|name| self.values(name) != other.values(name)) {
            return Some(format!("another header `{name}`"));
        }
        let same = match steady.body {
            SteadyBody::Same => self.body == other.body,
            SteadyBody::Length => self.body.len() == other.body.len(),
            SteadyBody::Changing => true,
        };
        (!same).then(|| "another body".to_owned())
    }

    fn names(&self) -> BTreeSet<&str> {
        self.headers.iter().map(|(name, _)| name.as_str()).collect()
    }

    fn values(&self, name: &str) -> Vec<&[u8]> {
        let of_name = self.headers.iter().filter(|(known, _)| known == name);
        of_name.map(|(_, value)| value.as_slice()).collect()
    }
}

/// What stays the same from one answer to the next.
#[derive(Clone, Debug)]
pub(super) struct Steady {
    changing: BTreeSet<String>,
    pub(super) body: SteadyBody,
}

/// How much of a body stays the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SteadyBody {
    Same,
    Length,
    Changing,
}

impl Steady {
    /// What two answers to the same question have in common.
    pub(super) fn of(one: &Answer, two: &Answer) -> Self {
        let names = one.names();
        let changing = names.iter().filter(|name| one.values(name) != two.values(name));
        // The length is the body's, and says the paths' where they are repeated.
        let changing = changing.copied().chain(["date", "content-length"]).map(str::to_owned);
        let body = if one.body == two.body {
            SteadyBody::Same
        } else if one.body.len() == two.body.len() {
            SteadyBody::Length
        } else {
            SteadyBody::Changing
        };
        Self { changing: changing.collect(), body }
    }
}

enum Length {
    None,
    Known(usize),
    Chunked,
    UntilClosed,
}

fn length(status: u16, headers: &[(String, Vec<u8>)], method: &str) -> Length {
    let value =
        |name: &str| headers.iter().find(|(known, _)| known == name).map(|(_, value)| value);
    if method == "HEAD" || status == 204 || status == 304 {
        return Length::None;
    }
    if value("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case(b"chunked")) {
        return Length::Chunked;
    }
    let length = value("content-length").and_then(|value| std::str::from_utf8(value).ok());
    length.and_then(|text| text.parse().ok()).map_or(Length::UntilClosed, Length::Known)
}

/// Head and rest, after any informational answers.
fn split(raw: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut rest = raw;
    loop {
        let end = rest.windows(4).position(|window| window == b"\r\n\r\n")?;
        let (head, after) = (rest.get(..end)?, rest.get(end + 4..)?);
        let is_informational =
            head.starts_with(b"HTTP/1.1 1") && !head.starts_with(b"HTTP/1.1 101");
        if !is_informational {
            return Some((head, after));
        }
        rest = after;
    }
}

fn parsed(head: &[u8]) -> Option<(u16, Headers)> {
    let mut lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let status = std::str::from_utf8(lines.next()?).ok()?;
    let (version, rest) = status.split_once(' ')?;
    let status = rest.get(..3)?.parse().ok().filter(|_| version.starts_with("HTTP/1."))?;
    let header = |line: &[u8]| {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let name = String::from_utf8_lossy(line.get(..colon)?).to_ascii_lowercase();
        Some((name, line.get(colon + 1..)?.trim_ascii().to_vec()))
    };
    Some((status, lines.filter_map(header).collect()))
}

/// The data of chunks, as far as they are there.
fn dechunked(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = rest.windows(2).position(|window| window == b"\r\n") {
        let size = rest.get(..end).and_then(|line| std::str::from_utf8(line).ok());
        let size = size.and_then(|line| line.split(';').next());
        let size = size.and_then(|size| usize::from_str_radix(size.trim(), 16).ok());
        let Some(size) = size.filter(|size| *size > 0) else { break };
        let after = rest.get(end + 2..).unwrap_or_default();
        let data = after.get(..size).unwrap_or(after);
        body.extend_from_slice(data);
        rest = after.get(data.len() + 2..).unwrap_or_default();
    }
    body
}

fn replaced(text: &[u8], path: &str) -> Vec<u8> {
    let mut rest = text;
    let mut out = Vec::with_capacity(text.len());
    let escaped = path.replace('/', "\\/");
    while let Some((first, after)) = rest.split_first() {
        let known = [path, &escaped].into_iter().find(|path| rest.starts_with(path.as_bytes()));
        match known {
            Some(path) => {
                out.extend_from_slice(b"{path}");
                rest = rest.get(path.len()..).unwrap_or_default();
            }
            None => {
                out.push(*first);
                rest = after;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Status and body.
    type Read = Option<(u16, &'static [u8])>;

    #[test]
    fn an_answer_is_read_and_whole_when_it_says() {
        // (the bytes, method, whether more is to come, status and body)
        let table: [(&[u8], &str, bool, Read); 12] = [
            (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", "GET", true, Some((200, b"ab"))),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", "GET", false, Some((200, b"ab"))),
            (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", "HEAD", true, Some((200, b""))),
            (b"HTTP/1.1 204 No Content\r\n\r\n", "GET", true, Some((204, b""))),
            (b"HTTP/1.0 404\r\n\r\nab", "GET", false, Some((404, b"ab"))),
            (b"HTTP/1.1 200 OK\r\n", "GET", false, None),
            (b"SSH-2.0\r\n\r\n", "GET", true, None),
            (b"", "GET", false, None),
            (
                b"HTTP/1.1 103 Early\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\na",
                "GET",
                true,
                Some((200, b"a")),
            ),
            (
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n1;x=y\r\na\r\nB\r\n01234567890\r\n0\r\n\r\n",
                "GET",
                true,
                Some((200, b"a01234567890")),
            ),
            (
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
                "GET",
                false,
                Some((200, b"ab")),
            ),
            (b"HTTP/1.1 abc\r\n\r\n", "GET", true, None),
        ];
        for (raw, method, whole, expected) in table {
            let shown = String::from_utf8_lossy(raw);
            assert_eq!(Answer::is_whole(raw, method), whole, "{shown}");
            let answer = Answer::parse(raw, method);
            let found = answer.as_ref().map(|answer| (answer.status, answer.body.as_slice()));
            assert_eq!(found, expected, "{shown}");
        }
    }

    fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Answer {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).into()));
        Answer { status, headers: headers.collect(), body: body.into(), first: Duration::ZERO }
    }

    type Change = fn(&mut Answer);

    #[test]
    fn what_changes_anyway_is_no_difference() {
        let absent =
            |id: &str| answer(404, &[("date", id), ("x-id", id), ("server", "s")], "no such path");
        let steady = Steady::of(&absent("1"), &absent("2"));
        let other = |change: Change| {
            let mut answer = absent("3");
            change(&mut answer);
            answer.differs(&absent("4"), &steady)
        };
        let table: [(Change, Option<&str>); 6] = [
            (|_| (), None),
            (|it| it.status = 403, Some("status 403 instead of 404")),
            (|it| it.body = b"forbidden".to_vec(), Some("another body")),
            (|it| it.headers[2].1 = b"t".to_vec(), Some("another header `server`")),
            (|it| drop(it.headers.pop()), Some("it lacks a header `server`, which the other has")),
            (
                |it| it.headers.push(("allow".to_owned(), Vec::new())),
                Some("it has a header `allow`, which the other does not have"),
            ),
        ];
        for (index, (change, expected)) in table.into_iter().enumerate() {
            assert_eq!(other(change).as_deref(), expected, "{index}");
        }
    }

    #[test]
    fn a_body_is_compared_as_far_as_it_stays_the_same() {
        let of = |body: &str| answer(404, &[], body);
        // (two bodies of absent paths, another body, whether that is a difference)
        let table = [
            ("same", "same", "same", false),
            ("same", "same", "some", true),
            ("id 1", "id 2", "id 3", false),
            ("id 1", "id 2", "id 10", true),
            ("id 1", "id 22", "anything", false),
        ];
        for (one, two, other, differs) in table {
            let steady = Steady::of(&of(one), &of(two));
            assert_eq!(of(other).differs(&of(one), &steady).is_some(), differs, "{one} {two}");
        }
    }

    #[test]
    fn a_path_that_is_repeated_is_no_difference() {
        let echo = |path: &str| {
            let json = path.replace('/', "\\/");
            answer(404, &[("location", path)], &format!("Cannot GET {path} {json}")).without(path)
        };
        let (one, two) = (echo("/api/_debug"), echo("/api/qwertyuiopas"));
        assert_eq!(one.differs(&two, &Steady::of(&one, &one)), None);
    }
}
