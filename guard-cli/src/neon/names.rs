//! Ids and hosts: text that may stand in a URL, in a policy and in a message.

use std::fmt;

use serde::Deserialize;

/// An id of Neon's: of a project, a branch or an endpoint.
///
/// INVARIANT: 1 to 60 lower-case letters, digits and hyphens, as the API
/// documents, so that an id needs no quoting anywhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Id(String);

impl Id {
    /// The id that `text` is.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let is_id = (1..=60).contains(&text.len()) && text.bytes().all(is_plain);
        is_id.then(|| Self(text.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The host of an endpoint, without `-pooler`.
///
/// INVARIANT: a lower-case host name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Host(String);

impl Host {
    /// The host that `text` is, whether it is that of the pooler or not.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (label, rest) = text.split_once('.')?;
        let label = label.strip_suffix("-pooler").unwrap_or(label);
        let mut labels = rest.split('.').chain([label]);
        let fits = text.len() <= 253 && labels.all(is_label);
        fits.then(|| Self(format!("{label}.{rest}")))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The first label, which is the id of the endpoint.
    pub(crate) fn label(&self) -> &str {
        self.0.split_once('.').map_or(&self.0, |(label, _)| label)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Id {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("no id")
    }
}

impl TryFrom<String> for Host {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("no host")
    }
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label.bytes().all(is_plain)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_cannot_leave_its_place() {
        let long = "a".repeat(60);
        for id in ["br-main-1", "a", long.as_str()] {
            assert_eq!(Id::parse(id).as_ref().map(Id::as_str), Some(id));
        }
        let longer = "a".repeat(61);
        for text in ["", "..", "a/b", "a?b", "a#b", "A", "a b", "a\n", "a%2f", "é", &longer] {
            assert_eq!(Id::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_host_is_written_without_the_pooler() {
        let table = [
            ("ep-a-1.eu.aws.neon.tech", Some("ep-a-1.eu.aws.neon.tech")),
            ("ep-a-1-pooler.c-2.eu.aws.neon.tech", Some("ep-a-1.c-2.eu.aws.neon.tech")),
            ("ep-a-1", None),
            ("ep-a-1.", None),
            ("EP-A.neon.tech", None),
            ("ep-a.neon.tech:5432", None),
            ("-pooler.neon.tech", None),
            ("ep-a.neon.tech\"]", None),
        ];
        for (text, host) in table {
            assert_eq!(Host::parse(text).as_ref().map(Host::as_str), host, "{text}");
        }
        assert_eq!(Host::parse("ep-a-1-pooler.x.y").unwrap().label(), "ep-a-1");
    }
}
