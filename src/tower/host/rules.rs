//! The rules by which a request's hosts are judged.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use http::header::{FORWARDED, HOST, ORIGIN, REFERER};
use http::uri::Authority;
use http::{HeaderMap, Method, Request, StatusCode};

use super::forwarded::{X_FORWARDED_HOST, hosts, hosts_in_forwarded};
use super::name::{host_of, is_address, page_host_of};
use crate::policy::{AddressRange, Environment, ForeignOrigins, Policy};
use crate::tower::inventory::Inventory;
use crate::tower::pace::Pace;
use crate::tower::peer::Peer;

/// The hosts that an environment answers to, in the form in which they are compared.
pub(crate) struct HostRules {
    environment: String,
    own: Box<[Box<[u8]>]>,
    /// The domains of other environments, with the names of those.
    foreign: Box<[(Box<[u8]>, String)]>,
    proxies: Box<[AddressRange]>,
    health_paths: Box<[Box<str>]>,
    health_addresses: Box<[AddressRange]>,
    foreign_origins: ForeignOrigins,
    pub(super) inventory: Arc<Inventory>,
    logged: Pace,
}

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused<'a> {
    /// It names no host, several, or two that differ.
    NotOneHost,
    /// What it names is not a host name.
    NotAName,
    /// It names a host that the policy does not know.
    Unknown,
    /// It names a domain of another environment.
    Foreign(&'a str),
    /// It was sent by a page of another environment.
    ForeignOrigin(&'a str),
}

impl Refused<'_> {
    pub(super) const fn status(self) -> StatusCode {
        match self {
            Self::NotOneHost | Self::NotAName | Self::Unknown | Self::Foreign(_) => {
                StatusCode::MISDIRECTED_REQUEST
            }
            Self::ForeignOrigin(_) => StatusCode::FORBIDDEN,
        }
    }
}

impl HostRules {
    pub(crate) fn of(
        policy: &Policy,
        here: Option<&Environment>,
        inventory: Arc<Inventory>,
    ) -> Self {
        let domains = |it: &Environment| {
            let domains = it.domains.iter().map(|domain| domain.value.as_bytes().into());
            domains.collect::<Vec<Box<[u8]>>>()
        };
        let others = policy.environments().iter().filter(|it| here.is_some_and(|h| h.id != it.id));
        let foreign = others
            .flat_map(|it| domains(it).into_iter().map(|domain| (domain, it.name.value.clone())));
        let web = here.map(|here| here.web.clone()).unwrap_or_default();
        Self {
            environment: here.map(|here| here.name.value.clone()).unwrap_or_default(),
            own: here.map(domains).unwrap_or_default().into(),
            foreign: foreign.collect(),
            proxies: web.proxies.into(),
            health_paths: web.health_paths.iter().map(|path| path.value.as_str().into()).collect(),
            health_addresses: web.health_addresses.into(),
            foreign_origins: web.foreign_origins,
            inventory,
            logged: Pace::new(10, 1_000, 1),
        }
    }

    /// Judges a request, without allocating.
    pub(super) fn judge<B>(&self, request: &Request<B>) -> Result<(), Refused<'_>> {
        match self.host(request) {
            Ok(()) => {}
            Err(_) if self.is_health_check(request) => return Ok(()),
            Err(refused) => return Err(refused),
        }
        match self.foreign_origins {
            ForeignOrigins::Pass => Ok(()),
            ForeignOrigins::Refuse => self.origin(request),
        }
    }

    /// Logs that a request was refused.
    ///
    /// An unknown host is never logged, since it is text from whoever sent the request.
    pub(super) fn log(&self, refused: Refused<'_>) {
        let environment = self.environment.as_str();
        let noise = match refused {
            Refused::NotOneHost => "a request does not name one host",
            Refused::NotAName => "what a request names is not a host name",
            Refused::Unknown => "a request names an unknown host",
            Refused::Foreign(of) => return self.alarm(of, "a request for a domain"),
            Refused::ForeignOrigin(of) => return self.alarm(of, "a request from a page"),
        };
        tracing::debug!(environment, "refused: {noise}");
    }

    fn alarm(&self, of: &str, what: &str) {
        // DELIBERATE: the clock is not read if nobody listens.
        if tracing::enabled!(tracing::Level::ERROR) && self.logged.next() == Duration::ZERO {
            let environment = self.environment.as_str();
            tracing::error!(environment, of, "contamination: {what} of another environment");
        }
    }

    fn host<B>(&self, request: &Request<B>) -> Result<(), Refused<'_>> {
        let said = Said::of(request.headers());
        if said.has_another {
            return Err(Refused::NotOneHost);
        }
        let named = named(request.uri().authority(), said.host);
        if said.is_forwarded { self.forwarded(request, named) } else { self.named(named?) }
    }

    /// LIMIT: a header from a proxy is only as true as the proxy makes it.
    fn forwarded<B>(
        &self,
        request: &Request<B>,
        named: Result<&[u8], Refused<'static>>,
    ) -> Result<(), Refused<'_>> {
        let headers = request.headers();
        hosts_in_forwarded(headers).try_for_each(|host| self.named(host))?;
        let peer = Peer::of(request.extensions());
        let mut said = hosts(headers);
        match (peer.is_some_and(|peer| is_in(&self.proxies, peer)), said.next(), said.next()) {
            // The host that the proxy was asked for counts, whatever it calls this
            // service.
            (true, Some(host), None) => self.named(host),
            (true, Some(_), Some(_)) => Err(Refused::NotOneHost),
            (true | false, _, _) => {
                self.named(named?)?;
                hosts(headers).try_for_each(|host| self.named(host))
            }
        }
    }

    #[inline]
    fn named(&self, authority: &[u8]) -> Result<(), Refused<'_>> {
        if self.own.iter().any(|domain| **domain == *authority) {
            return Ok(());
        }
        if let Some((_, of)) = self.foreign.iter().find(|(domain, _)| **domain == *authority) {
            return Err(Refused::Foreign(of));
        }
        let Some(host) = host_of(authority) else {
            let address = is_address(authority);
            return Err(if address { Refused::Unknown } else { Refused::NotAName });
        };
        if self.own.iter().any(|domain| domain.eq_ignore_ascii_case(host)) {
            return Ok(());
        }
        Err(self.foreign_of(host).map_or(Refused::Unknown, Refused::Foreign))
    }

    fn origin<B>(&self, request: &Request<B>) -> Result<(), Refused<'_>> {
        let headers = request.headers();
        let origins = headers.get_all(ORIGIN).iter();
        let mut pages = headers.get_all(REFERER).iter();
        let is_unsafe = !matches!(
            *request.method(),
            Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE
        );
        let mut origins = origins.filter_map(|origin| self.page_of_another(origin.as_bytes()));
        let of = origins.next().or_else(|| {
            let pages = is_unsafe.then_some(&mut pages)?;
            pages.find_map(|page| self.page_of_another(page.as_bytes()))
        });
        of.map_or(Ok(()), |of| Err(Refused::ForeignOrigin(of)))
    }

    /// DELIBERATE: less strict than reading the host of a request. Whatever any reader
    /// might take for a page of another environment counts as one.
    fn page_of_another(&self, addresses: &[u8]) -> Option<&str> {
        let mut addresses = addresses.split(u8::is_ascii_whitespace);
        addresses.find_map(|address| self.foreign_of(page_host_of(address)?))
    }

    /// The other environment that `host` is a domain of, if there is one.
    ///
    /// A dot at its end does not make it another host when names are resolved.
    fn foreign_of(&self, host: &[u8]) -> Option<&str> {
        let host = host.strip_suffix(b".").unwrap_or(host);
        let mut foreign = self.foreign.iter();
        foreign.find(|(domain, _)| domain.eq_ignore_ascii_case(host)).map(|(_, of)| of.as_str())
    }

    fn is_health_check<B>(&self, request: &Request<B>) -> bool {
        let is_asked = matches!(*request.method(), Method::GET | Method::HEAD);
        let is_listed = self.health_paths.iter().any(|path| **path == *request.uri().path());
        let may_ask = || {
            self.health_addresses.is_empty()
                || Peer::of(request.extensions())
                    .is_some_and(|peer| is_in(&self.health_addresses, peer))
        };
        is_asked && is_listed && may_ask()
    }
}

/// The headers about hosts, collected in one pass.
///
/// DELIBERATE: one pass over all headers costs less than three searches, since each
/// search hashes the name.
struct Said<'a> {
    host: Option<&'a [u8]>,
    has_another: bool,
    is_forwarded: bool,
}

impl<'a> Said<'a> {
    #[inline]
    fn of(headers: &'a HeaderMap) -> Self {
        let mut said = Self { host: None, has_another: false, is_forwarded: false };
        for (name, value) in headers {
            if *name == HOST {
                said.has_another |= said.host.replace(value.as_bytes()).is_some();
            } else {
                said.is_forwarded |= *name == FORWARDED || *name == X_FORWARDED_HOST;
            }
        }
        said
    }
}

/// The one host that a request names: in its target, in `Host`, or the same in both.
fn named<'a>(
    authority: Option<&'a Authority>,
    host: Option<&'a [u8]>,
) -> Result<&'a [u8], Refused<'static>> {
    let authority = authority.map(|authority| authority.as_str().as_bytes());
    match (authority, host) {
        (None, Some(host)) => Ok(host),
        (Some(authority), None) => Ok(authority),
        (Some(authority), Some(host)) if authority.eq_ignore_ascii_case(host) => Ok(host),
        (Some(_), Some(_)) | (None, None) => Err(Refused::NotOneHost),
    }
}

fn is_in(ranges: &[AddressRange], address: IpAddr) -> bool {
    ranges.iter().any(|range| range.contains(address))
}
