//! MySQL and MariaDB.
//!
//! LIMIT: the driver trusts Mozilla's authorities in addition to the policy's, takes the
//! process's provider of cryptography and installs one if there is none, reads without a
//! limit, and limits the time of each read but not of all together.

mod code;
mod grants;
mod session;

use mysql::{Conn, Opts, OptsBuilder, SslOpts};
use rustls::crypto::{CryptoProvider, ring};

use super::Patience;
use super::common::retry;
use super::failure::Failure;
use super::gather::Question;
use super::tls::{self, Authorities};
use crate::policy::{Policy, Tripwire};
use crate::rules::Destination;
use crate::target::{Encryption, Target};

/// Makes the question that the thread of one connection asks.
pub(super) fn question(
    policy: &Policy,
    to: &Destination<'_>,
    tripwires: &[Tripwire],
    patience: Patience,
) -> Question {
    let options = options(&to.target, patience);
    let authorities = authorities(policy, to);
    let tripwires = tripwires.to_vec();
    Box::new(move |waiting| {
        let secure = authorities.as_ref().map(secure).transpose()?;
        let options = Opts::from(options.ssl_opts(secure));
        retry(patience, waiting, || {
            let connection = Conn::new(options.clone());
            let mut connection = connection.map_err(|error| session::failure(&error))?;
            session::ask(&mut connection, &tripwires)
        })
    })
}

/// Built with setters only; always TCP, even if the server prefers another way.
fn options(target: &Target, patience: Patience) -> OptsBuilder {
    OptsBuilder::new()
        .ip_or_hostname(target.host())
        .tcp_port(target.port())
        .user(Some(target.user()))
        .pass(target.password().map(crate::secret::Secret::expose))
        .db_name(Some(target.database()))
        .prefer_socket(false)
        .tcp_connect_timeout(Some(patience.connect))
        .read_timeout(Some(patience.answer))
        .write_timeout(Some(patience.answer))
        .stmt_cache_size(0)
}

/// As with PostgreSQL: fully verified if the address demands encryption, and plain text
/// if it does not.
fn authorities(policy: &Policy, to: &Destination<'_>) -> Option<Authorities> {
    match to.target.encryption() {
        Encryption::Required | Encryption::VerifyCa | Encryption::VerifyFull => {
            Some(Authorities::of(policy, to))
        }
        Encryption::Unstated | Encryption::Off | Encryption::Opportunistic => None,
    }
}

fn secure(authorities: &Authorities) -> Result<SslOpts, Failure> {
    // DELIBERATE: otherwise the driver installs one itself, and panics if there are two
    // to choose from.
    if CryptoProvider::get_default().is_none() {
        let _ = ring::default_provider().install_default();
    }
    match authorities {
        Authorities::Platform => Ok(SslOpts::default()),
        Authorities::File { path, by } => {
            tls::roots(path).map_err(|why| Failure::Root { by: *by, why })?;
            Ok(SslOpts::default().with_root_cert_path(Some(path.clone())))
        }
    }
}
