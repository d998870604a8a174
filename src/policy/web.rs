//! How a web service treats requests and answers.

use std::fmt;
use std::net::IpAddr;

use crate::named::named;
use crate::source::Spanned;

/// How a web service treats requests and answers in an environment.
///
/// The default applies where the policy says nothing: no address counts as a
/// proxy, and no path is exempt.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct WebRule {
    /// The proxies whose `X-Forwarded-Host` is believed.
    pub proxies: Vec<AddressRange>,
    /// The paths that answer under any host, exactly.
    pub health_paths: Vec<Spanned<String>>,
    /// The addresses that may ask for these paths; all when empty.
    pub health_addresses: Vec<AddressRange>,
    /// How a request is treated that a page of another environment sends.
    pub foreign_origins: ForeignOrigins,
    /// How an answer is treated whose body is already encoded.
    pub encoded_responses: EncodedResponses,
}

named! {
    /// How a request is treated that a page of another environment sends.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub enum ForeignOrigins {
        /// It is answered like any other.
        #[default]
        Pass = "pass",
        /// It is refused.
        Refuse = "refuse",
    }
}

named! {
    /// How an answer is treated whose body is already encoded, so that the shield
    /// cannot see a secret in it.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub enum EncodedResponses {
        /// It is refused.
        #[default]
        Refuse = "refuse",
        /// It is sent as it is, unchecked.
        Pass = "pass",
    }
}

/// One address, or all addresses that begin with the same bits: `10.0.0.0/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressRange {
    first: u128,
    bits: u32,
    written: (IpAddr, u32),
}

impl AddressRange {
    /// Reads `10.0.0.7`, `10.0.0.0/8` or `fd00::/8`.
    ///
    /// `None` for anything else, also for a range whose address has bits beyond
    /// its length: `10.0.0.7/8` could mean one address or all of them.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let length = match length {
            Some(text) if text.len() > 1 && text.starts_with('0') => return None,
            Some(text) if !text.bytes().all(|byte| byte.is_ascii_digit()) => return None,
            Some(text) => text.parse().ok().filter(|length| *length <= width)?,
            None => width,
        };
        let range =
            Self { first: number(address), bits: 128 - width + length, written: (address, length) };
        (range.first & !mask(range.bits) == 0).then_some(range)
    }

    /// Whether `address` is in the range; an IPv4 address may be written as IPv6
    /// (`::ffff:10.0.0.7`).
    pub fn contains(&self, address: IpAddr) -> bool {
        number(address) & mask(self.bits) == self.first
    }
}

impl fmt::Display for AddressRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (address, length) = self.written;
        write!(f, "{address}/{length}")
    }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(four) => u128::from_be_bytes(four.to_ipv6_mapped().octets()),
        IpAddr::V6(six) => u128::from_be_bytes(six.octets()),
    }
}

fn mask(bits: u32) -> u128 {
    u128::MAX.checked_shl(128 - bits).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_or_not_at_all() {
        let table = [
            ("10.0.0.7", Some("10.0.0.7/32")),
            ("10.0.0.0/8", Some("10.0.0.0/8")),
            ("0.0.0.0/0", Some("0.0.0.0/0")),
            ("::/0", Some("::/0")),
            ("fd00::/8", Some("fd00::/8")),
            ("::1", Some("::1/128")),
            ("10.0.0.7/8", None),
            ("10.0.0.0/33", None),
            ("10.0.0.0/08", None),
            ("10.0.0.0/+8", None),
            ("10.0.0.0/", None),
            ("10.0.0", None),
            ("010.0.0.1", None),
            ("localhost", None),
            ("", None),
        ];
        for (text, shown) in table {
            let range = AddressRange::parse(text).map(|range| range.to_string());
            assert_eq!(range.as_deref(), shown, "{text}");
        }
    }

    #[test]
    fn a_range_has_what_begins_alike() {
        let table = [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("10.0.0.0/8", "::ffff:10.1.2.3", true),
            ("10.0.0.7", "10.0.0.7", true),
            ("10.0.0.7", "10.0.0.6", false),
            ("0.0.0.0/0", "255.255.255.255", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("::/0", "10.0.0.1", true),
            ("fd00::/8", "fd12::1", true),
            ("fd00::/8", "fe00::1", false),
        ];
        for (range, address, is_in) in table {
            let parsed = AddressRange::parse(range).unwrap();
            assert_eq!(parsed.contains(address.parse().unwrap()), is_in, "{range} {address}");
        }
    }
}
