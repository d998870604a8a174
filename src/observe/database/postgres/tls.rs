//! TLS to a PostgreSQL server: always the whole check, chain and host name.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::WantsClientCert;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{
    CertificateError, ClientConfig, ConfigBuilder, Error, NamedGroup, RootCertStore, WantsVerifier,
};
use rustls_platform_verifier::BuilderVerifierExt as _;

use super::super::failure::{Failure, RootNamed, RootProblem};
use crate::observe::file;
use crate::policy::{Database, Origin, Policy};
use crate::target::Target;

/// Whose certificates are trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Authorities {
    /// This machine's.
    Platform,
    /// Those of a file, and no other.
    File {
        /// Where it is.
        path: PathBuf,
        /// What names it.
        by: RootNamed,
    },
}

impl Authorities {
    /// Those that the address names, or else the policy, or else this machine's.
    pub(super) fn of(policy: &Policy, database: Option<&Database>, target: &Target) -> Self {
        let mut parameters = target.parameters();
        match parameters.find(|(key, _)| *key == "sslrootcert") {
            Some((_, "system")) => return Self::Platform,
            Some((_, path)) => {
                return Self::File { path: PathBuf::from(path), by: RootNamed::Parameter };
            }
            None => {}
        }
        match database.and_then(|database| database.root_certificate.as_ref()) {
            Some(named) => Self::File { path: beside(policy, &named.value), by: RootNamed::Policy },
            None => Self::Platform,
        }
    }
}

/// A path of the policy, as seen from the policy's directory.
fn beside(policy: &Policy, path: &str) -> PathBuf {
    match policy.origin() {
        Origin::File => Path::new(policy.source().name())
            .parent()
            .map_or_else(|| PathBuf::from(path), |directory| directory.join(path)),
        Origin::BuiltIn => PathBuf::from(path),
    }
}

/// What a client of TLS needs.
pub(super) fn client(authorities: &Authorities) -> Result<ClientConfig, Failure> {
    let builder = ClientConfig::builder_with_provider(Arc::new(provider()))
        .with_safe_default_protocol_versions()
        .map_err(|_| Failure::Handshake)?;
    let mut client = match authorities {
        // DELIBERATE: not even loaded where a file is named; it takes longer
        // than all the rest.
        Authorities::Platform => {
            builder.with_platform_verifier().map_err(|_| Failure::NoAuthorities)?
        }
        Authorities::File { path, by } => {
            trusting(builder, path).map_err(|why| Failure::Root { by: *by, why })?
        }
    }
    .with_no_client_auth();
    client.alpn_protocols = vec![b"postgresql".to_vec()];
    Ok(client)
}

fn trusting(
    builder: ConfigBuilder<ClientConfig, WantsVerifier>,
    path: &Path,
) -> Result<ConfigBuilder<ClientConfig, WantsClientCert>, RootProblem> {
    let pem = file::read(path, LIMIT).map_err(|error| RootProblem::Unreadable(error.help()))?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|_| RootProblem::NotOne)?;
        roots.add(certificate).map_err(|_| RootProblem::NotOne)?;
    }
    if roots.is_empty() {
        return Err(RootProblem::Empty);
    }
    Ok(builder.with_root_certificates(roots))
}

/// DELIBERATE: PostgreSQL's own default is P-256 and no other curve. A client
/// that offers another one first is asked to try again, which costs a round trip.
fn provider() -> CryptoProvider {
    let mut provider = ring::default_provider();
    provider.kx_groups.sort_by_key(|group| group.name() != NamedGroup::secp256r1);
    provider
}

/// Why a handshake failed, told apart.
pub(super) fn failure(error: &Error) -> Failure {
    let Error::InvalidCertificate(error) = error else {
        return match error {
            Error::InvalidMessage(_) => Failure::Protocol,
            _ => Failure::Handshake,
        };
    };
    match error {
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            Failure::CertificateName
        }
        CertificateError::UnknownIssuer => Failure::CertificateAuthority,
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            Failure::CertificateExpired
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            Failure::CertificateEarly
        }
        _ => Failure::Certificate,
    }
}

/// The error of rustls somewhere below `error`.
pub(super) fn below<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        let found = inner.and_then(|inner| inner.downcast_ref()).or_else(|| error.downcast_ref());
        if found.is_some() {
            return found;
        }
        next = error.source();
    }
    None
}

const LIMIT: u64 = 1024 * 1024;
