//! The address at the other end of a connection.

use std::net::IpAddr;

use http::Extensions;

/// The address at the other end of a request's connection.
///
/// It is an extension of the request, set by whoever accepts connections. With the
/// feature `axum`, its `ConnectInfo<SocketAddr>` is read as well. If neither is there,
/// the peer is unknown, and so it is not one of the policy's proxies.
///
/// ```
/// use koomy_guard::tower::Peer;
///
/// let mut request = http::Request::new(());
/// request.extensions_mut().insert(Peer([10, 0, 0, 7].into()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

impl Peer {
    pub(super) fn of(extensions: &Extensions) -> Option<IpAddr> {
        let known = extensions.get::<Self>().map(|Self(address)| *address);
        known.or_else(|| connected(extensions))
    }
}

#[cfg(feature = "axum")]
fn connected(extensions: &Extensions) -> Option<IpAddr> {
    use std::net::SocketAddr;

    use axum::extract::ConnectInfo;

    extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip())
}

#[cfg(not(feature = "axum"))]
fn connected(_: &Extensions) -> Option<IpAddr> {
    None
}

#[cfg(all(test, feature = "axum"))]
mod tests {
    use std::net::SocketAddr;

    use axum::extract::ConnectInfo;

    use super::*;

    #[test]
    fn an_explicit_peer_takes_precedence() {
        let mut extensions = Extensions::new();
        assert_eq!(Peer::of(&extensions), None);
        extensions.insert(ConnectInfo(SocketAddr::from(([10, 0, 0, 7], 4711))));
        assert_eq!(Peer::of(&extensions), Some([10, 0, 0, 7].into()));
        extensions.insert(Peer([10, 0, 0, 8].into()));
        assert_eq!(Peer::of(&extensions), Some([10, 0, 0, 8].into()));
    }
}
