//! TLS to a server: always the complete check, chain and host name.

use std::path::{Path, PathBuf};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{CertificateError, Error, RootCertStore};

use super::failure::{Failure, RootNamed, RootProblem};
use crate::observe::file;
use crate::policy::{Origin, Policy};
use crate::rules::Destination;

/// Whose certificates are trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Authorities {
    /// This machine's.
    Platform,
    /// Those in a file, and no others.
    File {
        /// Where it is.
        path: PathBuf,
        /// What names the file.
        by: RootNamed,
    },
}

impl Authorities {
    /// The authorities that the address names, or else the policy, or else this
    /// machine's.
    pub(super) fn of(policy: &Policy, to: &Destination<'_>) -> Self {
        let mut parameters = to.target.parameters();
        match parameters.find(|(key, _)| *key == "sslrootcert") {
            Some((_, "system")) => return Self::Platform,
            Some((_, path)) => {
                return Self::File { path: PathBuf::from(path), by: RootNamed::Parameter };
            }
            None => {}
        }
        match to.database.and_then(|database| database.root_certificate.as_ref()) {
            Some(named) => Self::File { path: beside(policy, &named.value), by: RootNamed::Policy },
            None => Self::Platform,
        }
    }
}

/// A path in the policy, relative to the policy's directory.
fn beside(policy: &Policy, path: &str) -> PathBuf {
    match policy.origin() {
        Origin::File => Path::new(policy.source().name())
            .parent()
            .map_or_else(|| PathBuf::from(path), |directory| directory.join(path)),
        Origin::BuiltIn | Origin::Embedded => PathBuf::from(path),
    }
}

/// Reads the authorities in a file; at least one.
pub(super) fn roots(path: &Path) -> Result<RootCertStore, RootProblem> {
    let pem = file::read(path, LIMIT).map_err(|error| RootProblem::Unreadable(error.help()))?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|_| RootProblem::NotOne)?;
        roots.add(certificate).map_err(|_| RootProblem::NotOne)?;
    }
    if roots.is_empty() { Err(RootProblem::Empty) } else { Ok(roots) }
}

/// Translates the error of a handshake.
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
        // Another authority with the same name has another key.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            Failure::CertificateAuthority
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            Failure::CertificateExpired
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            Failure::CertificateEarly
        }
        _ => Failure::Certificate,
    }
}

/// Finds the error of rustls somewhere below `error`.
pub(super) fn below<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        // The source of such an error is its content's source, not its content.
        next = match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            Some(content) => Some(content),
            None => error.source(),
        };
    }
    None
}

const LIMIT: u64 = 1024 * 1024;
