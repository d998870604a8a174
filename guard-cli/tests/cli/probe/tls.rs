//! Certificates.

use std::sync::Arc;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;

use super::{findings, probe, room, serve};

/// A certificate for these names that ends in so many days, and its authority.
fn certificate(names: &[&str], days: i64) -> (Arc<ServerConfig>, String) {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    let now = std::time::SystemTime::now();
    let ends = now + Duration::from_secs((days * 86_400 + 3_600).unsigned_abs());
    params.not_before = (now - Duration::from_secs(86_400)).into();
    params.not_after = ends.into();
    let key = KeyPair::generate().unwrap();
    let chain = vec![params.signed_by(&key, &authority).unwrap().der().clone()];
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, PrivateKeyDer::try_from(key.serialize_der()).unwrap())
        .unwrap();
    (Arc::new(config), authority.pem())
}

#[test]
fn a_certificate_is_for_every_domain_and_not_about_to_end() {
    type Words = &'static [&'static str];
    const BOTH: Words = &["shop.example", "api.shop.example"];
    // (its names, its days, more arguments, exit code, the domains that are refused)
    let table: [(Words, i64, Words, i32, Words); 5] = [
        (BOTH, 30, &[], 0, &[]),
        (BOTH, 14, &[], 0, &[]),
        (BOTH, 13, &[], 1, BOTH),
        (&["shop.example"], 30, &[], 1, &["api.shop.example"]),
        (&["shop.example"], 30, &["--domain", "shop.example"], 0, &[]),
    ];
    for (names, days, more, code, refused) in table {
        let (config, authority) = certificate(names, days);
        let address = serve(|_| None, Some(config));
        let room = room().file("ca.pem", authority);
        let url = format!("https://{address}");
        let args = ["probe", &url, "--environment", "production", "--format", "json"];
        let guard = room.guard(args.iter().chain(more)).env("SSL_CERT_FILE", room.at("ca.pem"));
        let document = guard.run().ends(code).json();
        let found = findings(&document);
        let subjects: Vec<_> = found.iter().map(|(_, subject, _)| subject.as_str()).collect();
        assert_eq!(subjects, refused, "{names:?} {days}");
        assert!(found.iter().all(|(kind, ..)| kind == "certificate"), "{found:?}");
    }
}

#[test]
fn an_authority_that_nobody_knows_is_refused() {
    let (config, _) = certificate(&["shop.example", "api.shop.example"], 30);
    let address = serve(|_| None, Some(config));
    let document = probe(&format!("https://{address}"), &[]).json();
    assert!(document["outcome"] != "permitted", "{document}");
    assert!(document["requests"].as_u64() <= Some(1), "nothing is asked of it");
}
