//! What a request needs to reach a debug endpoint, where the policy allows any.

use http::header::HeaderName;
use http::{HeaderValue, Request};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::tries::Tries;
use crate::facts::{Facts, Observed};
use crate::policy::Environment;
use crate::tower::pause::Pause;

/// What gets a request in: one of these paths, and this secret in this header.
pub(crate) struct Access {
    paths: Box<[Box<str>]>,
    header: HeaderName,
    /// INVARIANT: the secret itself is not kept, so nothing can print it, and a
    /// comparison takes the same time whatever its length.
    digest: [u8; 32],
    tries: Tries,
}

/// Where a request is sent.
pub(crate) enum Admission {
    /// To the debug endpoints.
    Debug,
    /// To the service without them.
    Service,
    /// To the service without them, perhaps after a pause: the request brought a wrong
    /// secret.
    Failed(Option<Pause>),
}

impl Access {
    /// `None` if debug endpoints are forbidden, or there is no secret.
    pub(crate) fn of(environment: &Environment, facts: &Facts) -> Option<Self> {
        let rule = environment.debug.as_ref()?;
        let Observed::Seen(variables) = &facts.variables else { return None };
        let seen = variables.find(&rule.secret.value)?;
        Some(Self {
            paths: rule.paths.iter().map(|path| path.as_str().into()).collect(),
            header: HeaderName::from_bytes(rule.header.as_bytes()).ok()?,
            digest: digest(seen.text().filter(|it| !it.expose().is_empty())?.expose().as_bytes()),
            tries: Tries::default(),
        })
    }

    /// Decides where a request is sent.
    ///
    /// A wrong secret counts as a failed try on every path, and a request without one
    /// counts on none, so the time that an answer takes does not depend on the path.
    #[inline]
    pub(super) fn admit<B>(&self, request: &Request<B>) -> Admission {
        // DELIBERATE: comparing each header costs less than hashing a name to look it up.
        let headers = request.headers().iter();
        let mut given = headers.filter(|(name, _)| **name == self.header);
        let Some((_, first)) = given.next() else { return Admission::Service };
        if !(self.is_secret(first) && given.next().is_none()) {
            return Admission::Failed(self.tries.failed());
        }
        if self.is_below(request.uri().path()) { Admission::Debug } else { Admission::Service }
    }

    pub(super) fn header(&self) -> &HeaderName {
        &self.header
    }

    pub(super) fn failed_tries(&self) -> u64 {
        self.tries.count()
    }

    fn is_secret(&self, given: &HeaderValue) -> bool {
        let is_it = digest(given.as_bytes()).ct_eq(&self.digest);
        // DELIBERATE: the value is compared even if it is not text, so that the time is
        // the same.
        bool::from(is_it) & given.to_str().is_ok()
    }

    /// Whether `path` is one of the paths or below it, to the byte, without decoding.
    fn is_below(&self, path: &str) -> bool {
        self.paths.iter().any(|known| {
            path.strip_prefix(&**known).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }
}

fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
