//! Whether the certificate is valid for the server's own domains.
#![expect(clippy::disallowed_methods, reason = "a certificate ends at a time")]

use std::time::{SystemTime, UNIX_EPOCH};

use koomy_guard::policy::Data;
use rustls::pki_types::CertificateDer;
use x509_cert::Certificate;
use x509_cert::der::Decode;

use super::client::{Client, Trouble, secured, server_name};
use super::url::Scheme;
use super::{Found, Kind, Probe};

/// Asks the one server for the certificate of every domain that it answers for.
///
/// DELIBERATE: no other address is dialed. What a name resolves to elsewhere is
/// not what was asked about.
pub(super) fn ask(probe: &Probe<'_>, client: &Client, found: &mut Found) {
    let Some(config) = client.tls() else { return without(probe, found) };
    for domain in &probe.domains {
        let asked = server_name(domain).and_then(|name| {
            let stream = secured(client.connect()?, config, name)?;
            let chain = stream.conn.peer_certificates();
            Ok(chain.and_then(<[_]>::first).and_then(days_left))
        });
        match asked {
            Ok(Some(days)) => {
                found.certificates.push(((*domain).to_owned(), days));
                if days < LEAST_DAYS {
                    let message = format!("its certificate expires in {days} days");
                    let help = "renew it, and find out why that did not happen by itself";
                    found.refuse(Kind::Certificate, domain, message, help);
                }
            }
            Ok(None) => {
                let message = "its certificate does not say when it expires".to_owned();
                found.undecided(Kind::Certificate, domain, message, HELP);
            }
            Err(Trouble::NoTls(error)) => {
                found.refuse(
                    Kind::Certificate,
                    domain,
                    format!("no valid certificate: {error}"),
                    HELP,
                );
            }
            Err(trouble) => {
                found.undecided(Kind::Certificate, domain, trouble.to_string(), HELP);
            }
        }
    }
}

fn without(probe: &Probe<'_>, found: &mut Found) {
    let is_local = matches!(probe.origin.host(), "localhost" | "127.0.0.1" | "::1");
    match (probe.origin.scheme(), probe.environment.data) {
        (Scheme::Http, Data::Real | Data::Masked) if !is_local => {
            let message = "it is asked without TLS, and its data are not synthetic".to_owned();
            found.refuse(Kind::Certificate, &probe.origin.to_string(), message, "ask `https://`");
        }
        (Scheme::Http | Scheme::Https, Data::Real | Data::Masked | Data::Synthetic) => {
            found.notes.push("TLS was not used, so no certificate was checked".to_owned());
        }
    }
}

/// The whole days that a certificate has left.
fn days_left(certificate: &CertificateDer<'_>) -> Option<i64> {
    let certificate = Certificate::from_der(certificate).ok()?;
    let end = certificate.tbs_certificate.validity.not_after.to_unix_duration().as_secs();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
    let left = i64::try_from(end).ok()? - i64::try_from(now).ok()?;
    Some(left.div_euclid(86_400))
}

const LEAST_DAYS: i64 = 14;
const HELP: &str = "if another server answers for it, name this one's domains with `--domain`";
