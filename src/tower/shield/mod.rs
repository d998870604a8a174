//! Decides which answers may leave.

mod body;
mod secrets;
mod service;
#[cfg(test)]
mod tests;

pub use body::{ShieldBody, Withheld};
pub(super) use secrets::Secrets;
pub use service::{ShieldFuture, ShieldLayer, ShieldService};

use http::Uri;
use http::header::{CONTENT_ENCODING, HeaderMap};

use crate::shield::{Leak, Shield};

/// The request that is answered, and what may not be in its answer.
struct Watch {
    shield: Shield,
    /// Only for the log, and without its query.
    uri: Uri,
}

/// A part of an answer.
#[derive(Clone, Copy)]
enum Section {
    Headers,
    Body,
    Trailers,
}

impl Section {
    const fn name(self) -> &'static str {
        match self {
            Self::Headers => "headers",
            Self::Body => "body",
            Self::Trailers => "trailers",
        }
    }
}

impl Watch {
    /// The path, unless it contains a secret itself.
    fn route(&self) -> &str {
        let path = self.uri.path();
        let shown = path.get(..MAX_ROUTE_BYTES).unwrap_or(path);
        if self.shield.find(path.as_bytes()).is_some() { "(hidden)" } else { shown }
    }

    /// INVARIANT: logs names only; nothing of the value or of the answer.
    fn record(&self, leak: &Leak<'_>, section: Section) {
        tracing::error!(
            variable = leak.variable,
            part = leak.part.name(),
            written = leak.written.name(),
            place = section.name(),
            route = self.route(),
            "an answer contained a secret and was withheld"
        );
    }

    fn record_encoded(&self) {
        tracing::error!(
            route = self.route(),
            "an answer was encoded before the shield could search it, and was withheld"
        );
    }

    /// Whether these names and values are clean; what is not is logged.
    fn is_clean(&self, headers: &HeaderMap, section: Section) -> bool {
        let leak = headers.iter().find_map(|(name, value)| {
            let leak = self.shield.find(value.as_bytes());
            leak.or_else(|| self.shield.find(name.as_str().as_bytes()))
        });
        if let Some(leak) = &leak {
            self.record(leak, section);
        }
        leak.is_none()
    }
}

/// Whether a body is encoded in a way that hides any secret in it.
///
/// MIRRORS: RFC 9110, section 8.4, and gRPC's header for the same purpose.
fn is_encoded(headers: &HeaderMap) -> bool {
    let values = headers.get_all(CONTENT_ENCODING).iter().chain(headers.get_all("grpc-encoding"));
    let mut codings = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    codings.any(|coding| {
        let coding = coding.trim_ascii();
        !coding.is_empty() && !coding.eq_ignore_ascii_case(b"identity")
    })
}

const MAX_ROUTE_BYTES: usize = 256;
