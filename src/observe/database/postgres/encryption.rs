//! TLS as a PostgreSQL client needs it.

use std::sync::Arc;

use rustls::crypto::{CryptoProvider, ring};
use rustls::{ClientConfig, NamedGroup};
use rustls_platform_verifier::BuilderVerifierExt as _;

use super::super::failure::Failure;
use super::super::tls::{self, Authorities};

/// Makes the configuration of a TLS client.
pub(super) fn client(authorities: &Authorities) -> Result<ClientConfig, Failure> {
    let builder = ClientConfig::builder_with_provider(Arc::new(provider()))
        .with_safe_default_protocol_versions()
        .map_err(|_| Failure::Handshake)?;
    let mut client = match authorities {
        // DELIBERATE: the platform's authorities are not even loaded if a file is named,
        // since that takes longer than everything else.
        Authorities::Platform => {
            builder.with_platform_verifier().map_err(|_| Failure::NoAuthorities)?
        }
        Authorities::File { path, by } => {
            let roots = tls::roots(path).map_err(|why| Failure::Root { by: *by, why })?;
            builder.with_root_certificates(roots)
        }
    }
    .with_no_client_auth();
    client.alpn_protocols = vec![b"postgresql".to_vec()];
    Ok(client)
}

/// DELIBERATE: PostgreSQL's default is P-256 and no other curve. A client that offers
/// another one first is asked to try again, which costs a round trip.
fn provider() -> CryptoProvider {
    let mut provider = ring::default_provider();
    provider.kx_groups.sort_by_key(|group| group.name() != NamedGroup::secp256r1);
    provider
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_own_curve_is_offered_first_and_no_other_is_lost() {
        let names = |provider: CryptoProvider| {
            provider.kx_groups.iter().map(|group| group.name()).collect::<Vec<_>>()
        };
        let (ours, theirs) = (names(provider()), names(ring::default_provider()));
        assert_eq!(ours.first(), Some(&NamedGroup::secp256r1));
        assert_eq!(ours.len(), theirs.len());
        assert!(theirs.iter().all(|name| ours.contains(name)), "{ours:?}");
    }
}
