//! Who gets in, where the policy lets anybody in.

use http::header::HeaderName;
use http::{HeaderValue, Request};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::tries::Tries;
use crate::facts::{Facts, Observed};
use crate::policy::Environment;
use crate::tower::pause::Pause;

/// How to get in: below these paths, with this secret in this header.
pub(crate) struct Access {
    paths: Box<[Box<str>]>,
    header: HeaderName,
    /// INVARIANT: the secret itself is not kept, so that nothing can print it, and
    /// a comparison takes as long whatever its length.
    digest: [u8; 32],
    tries: Tries,
}

/// Where a request goes.
pub(crate) enum Admission {
    /// To the debug endpoints.
    Debug,
    /// To the service without them.
    Service,
    /// To the service without them, and perhaps not at once: it brought a secret
    /// that is not it.
    Failed(Option<Pause>),
}

impl Access {
    /// `None` where debug endpoints are forbidden, or there is no secret.
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

    /// Where a request goes.
    ///
    /// A secret that is not it counts wherever it is sent, and a request without
    /// one is no try: how long an answer takes says nothing of the path.
    #[inline]
    pub(super) fn admit<B>(&self, request: &Request<B>) -> Admission {
        // DELIBERATE: a look at each header costs less than to hash a name.
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
        // DELIBERATE: an odd byte is no short cut. It is compared all the same.
        bool::from(is_it) & given.to_str().is_ok()
    }

    /// Whether `path` is one of the paths or below it, to the byte. What needs to
    /// be read before it can be told so is not.
    fn is_below(&self, path: &str) -> bool {
        self.paths.iter().any(|known| {
            path.strip_prefix(&**known).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }
}

fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
