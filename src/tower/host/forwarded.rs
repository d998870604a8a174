//! The hosts that a proxy, or a client that pretends to be one, says it was asked for.

use http::HeaderMap;
use http::header::{FORWARDED, HeaderName};

pub(super) static X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// Every host in every `X-Forwarded-Host` header.
pub(super) fn hosts(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    let values = headers.get_all(&X_FORWARDED_HOST).iter();
    values.flat_map(|value| value.as_bytes().split(|byte| *byte == b',')).map(<[u8]>::trim_ascii)
}

/// Every `host=` in every `Forwarded` header.
///
/// DELIBERATE: quoted text is not skipped. Whatever another reader might take for a host
/// counts as one.
pub(super) fn hosts_in_forwarded(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    let values = headers.get_all(FORWARDED).iter();
    let pairs = values.flat_map(|value| value.as_bytes().split(|byte| b",;".contains(byte)));
    pairs.filter_map(|pair| {
        let pair = pair.trim_ascii();
        let (name, value) = pair.split_at_checked(pair.iter().position(|byte| *byte == b'=')?)?;
        let value = value.get(1..)?.trim_ascii();
        let unquoted = value.strip_prefix(b"\"").and_then(|it| it.strip_suffix(b"\""));
        name.trim_ascii().eq_ignore_ascii_case(b"host").then_some(unquoted.unwrap_or(value))
    })
}
