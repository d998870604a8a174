//! MySQL and MariaDB.
//!
//! LIMIT: the driver trusts the authorities of Mozilla beside the policy's, takes
//! the process's provider of cryptography and installs one where there is none, has
//! no bound on what it reads, and bounds the time of each read, not of all.

mod code;
mod grants;
mod session;

use mysql::{Conn, Opts, OptsBuilder, SslOpts};
use rustls::crypto::{CryptoProvider, ring};

use super::Patience;
use super::common::again;
use super::failure::Failure;
use super::gather::Question;
use super::tls::{self, Authorities};
use crate::policy::{Policy, Tripwire};
use crate::rules::Destination;
use crate::target::{Encryption, Target};

/// What the thread of one connection does.
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
        again(patience, waiting, || {
            let connection = Conn::new(options.clone());
            let mut connection = connection.map_err(|error| session::failure(&error))?;
            session::ask(&mut connection, &tripwires)
        })
    })
}

/// By setters alone; and by TCP, wherever the server would rather be spoken to.
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

/// As with PostgreSQL: verified in full where the address demands encryption,
/// and plain text where it does not.
fn authorities(policy: &Policy, to: &Destination<'_>) -> Option<Authorities> {
    match to.target.encryption() {
        Encryption::Required | Encryption::VerifyCa | Encryption::VerifyFull => {
            Some(Authorities::of(policy, to))
        }
        Encryption::Unstated | Encryption::Off | Encryption::Opportunistic => None,
    }
}

fn secure(authorities: &Authorities) -> Result<SslOpts, Failure> {
    // DELIBERATE: the driver would install one itself, and panics if there are two
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
