//! Certificates of private authorities.

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};

/// Whether a server speaks TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// The server refuses TLS.
    Off,
    /// The server takes connections with and without TLS.
    Offered,
    /// The server takes no connection without TLS.
    Required,
}

/// A private certificate authority.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    /// Makes an authority that no program trusts yet.
    pub fn new() -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "test authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().expect("a key is made");
        let pem = params.self_signed(&key).expect("the root is signed").pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// The root certificate as PEM text.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// Issues a certificate for host names and addresses.
    pub fn issue(&self, names: &[&str]) -> Certificate {
        self.sign(parameters(names))
    }

    /// Issues a certificate that has expired.
    pub fn issue_expired(&self, names: &[&str]) -> Certificate {
        let mut params = parameters(names);
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2021, 1, 1);
        self.sign(params)
    }

    fn sign(&self, params: CertificateParams) -> Certificate {
        let key = KeyPair::generate().expect("a key is made");
        let signed = params.signed_by(&key, &self.issuer).expect("the certificate is signed");
        Certificate { pem: signed.pem(), key: key.serialize_pem(), root: self.pem.clone() }
    }
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

/// A server's certificate with its key, and the root it leads to.
#[derive(Clone)]
pub struct Certificate {
    pub(crate) pem: String,
    pub(crate) key: String,
    pub(crate) root: String,
}

impl Certificate {
    /// Makes a certificate for the loopback, from an authority of its own.
    pub(crate) fn loopback() -> Self {
        Authority::new().issue(&["localhost", "127.0.0.1"])
    }
}

fn parameters(names: &[&str]) -> CertificateParams {
    let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).expect("the names are names");
    params.distinguished_name.push(DnType::CommonName, "test server");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    params
}
