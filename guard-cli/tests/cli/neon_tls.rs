//! `neon sync` over TLS, with an authority made for the test.

use std::process::{Command, Stdio};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::guard::Room;
use crate::neon::{POLICY, account, is_clean, key};
use crate::neon_api::Server;

/// Two authorities, and a certificate of the first for `localhost`.
fn authorities() -> Room {
    let room = Room::new();
    for name in ["ca", "other"] {
        let subject = format!("/CN={name}");
        certificate(&room, name, &["-subj", &subject, "-addext", "keyUsage=keyCertSign"]);
    }
    let signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-subj", "/CN=api"];
    let leaf = ["-addext", "basicConstraints=CA:FALSE", "-addext", "subjectAltName=DNS:localhost"];
    certificate(&room, "api", &[signed.as_slice(), &leaf].concat());
    room
}

fn certificate(room: &Room, name: &str, more: &[&str]) {
    let (secret, public) = (format!("{name}.key"), format!("{name}.pem"));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"])
        .args(["-noenc", "-days", "2", "-keyout", &secret, "-out", &public])
        .args(more)
        .current_dir(room.path())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(made.success(), "{name}");
}

fn server(authorities: &Room) -> Server {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let chain = CertificateDer::from_pem_file(authorities.at("api.pem")).unwrap();
    let secret = PrivateKeyDer::from_pem_file(authorities.at("api.key")).unwrap();
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![chain], secret)
        .unwrap();
    Server::tls(config, account())
}

#[test]
fn a_certificate_is_verified_by_its_authority_and_its_name() {
    let authorities = authorities();
    let table = [
        ("localhost", Some("ca.pem"), 0),
        ("localhost", Some("other.pem"), 3),
        ("localhost", None, 3),
        ("127.0.0.1", Some("ca.pem"), 3),
    ];
    for (host, roots, code) in table {
        let server = server(&authorities);
        let room = Room::new().file("policy.toml", POLICY);
        let api = format!("https://{host}:{}/api/v2", server.address().port());
        let mut guard = room.guard(["neon", "sync", "--api", &api]).env("NEON_API_KEY", key());
        if let Some(roots) = roots {
            guard = guard.env("SSL_CERT_FILE", authorities.at(roots));
        }
        let ran = guard.run().ends(code);
        is_clean(&room, &ran);
        assert_eq!(server.asked().is_empty(), code != 0, "{host} {roots:?}: who gets the key");
        let secure = !ran.stdout.contains("no secure connection");
        assert_eq!(secure, code == 0, "{host} {roots:?}: {ran:?}");
    }
}
