//! An answer that was read completely.

use std::future::poll_fn;
use std::pin::pin;

use bytes::Buf;
use http::{HeaderMap, Response, StatusCode, Version};

/// Any body that can be read.
pub trait Body: http_body::Body<Error: std::fmt::Debug> {}

impl<B: http_body::Body<Error: std::fmt::Debug>> Body for B {}

/// What a service answered.
pub(super) struct Answer {
    status: Option<StatusCode>,
    version: Option<Version>,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    pub(super) fn failed(error: String) -> Self {
        Self { status: None, version: None, headers: HeaderMap::new(), body: error.into_bytes() }
    }

    pub(super) async fn read(response: Response<impl Body>) -> Self {
        let (parts, body) = response.into_parts();
        let mut body = pin!(body);
        let mut read = Vec::new();
        while let Some(frame) = poll_fn(|cx| body.as_mut().poll_frame(cx)).await {
            match frame.map(http_body::Frame::into_data) {
                Ok(Ok(mut data)) => read.extend_from_slice(&data.copy_to_bytes(data.remaining())),
                Ok(Err(_trailers)) => {}
                Err(error) => read.extend_from_slice(format!("{error:?}").as_bytes()),
            }
        }
        Self {
            status: Some(parts.status),
            version: Some(parts.version),
            headers: parts.headers,
            body: read,
        }
    }

    /// The answer with `text` removed from its headers and body.
    pub(super) fn without(mut self, text: &str) -> Self {
        self.body = replaced(&self.body, text.as_bytes());
        for value in self.headers.values_mut() {
            let left = replaced(value.as_bytes(), text.as_bytes());
            *value = http::HeaderValue::from_bytes(&left).unwrap_or_else(|_| value.clone());
        }
        self
    }

    /// How it differs from two others, in whatever those two have in common.
    pub(super) fn differs_from(&self, one: &Self, other: &Self) -> Option<String> {
        if self.status != one.status || self.version != one.version {
            return Some(format!("status {}, not {}", shown(self.status), shown(one.status)));
        }
        if !self.headers.keys().eq(one.headers.keys()) {
            return Some("other headers".to_owned());
        }
        let differing = self.headers.keys().find(|name| {
            let values =
                |answer: &Self| answer.headers.get_all(*name).iter().cloned().collect::<Vec<_>>();
            values(one) == values(other) && values(self) != values(one)
        });
        if let Some(name) = differing {
            return Some(format!("another `{name}`"));
        }
        (one.body == other.body && self.body != one.body).then(|| "another body".to_owned())
    }
}

fn shown(status: Option<StatusCode>) -> String {
    status.map_or("none".to_owned(), |status| status.as_u16().to_string())
}

fn replaced(bytes: &[u8], text: &[u8]) -> Vec<u8> {
    let mut left = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, more)) = rest.split_first() {
        match rest.strip_prefix(text).filter(|_| !text.is_empty()) {
            Some(after) => {
                left.push(b'*');
                rest = after;
            }
            None => {
                left.push(*first);
                rest = more;
            }
        }
    }
    left
}
