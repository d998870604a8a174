//! A connection's settings, built with setters from the judged target.

use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{ChannelBinding, SslMode, SslNegotiation};

use super::super::tls::Authorities;
use crate::policy::Policy;
use crate::rules::Destination;
use crate::target::{Address, Encryption, Provider, Target};

/// How a server is connected to.
#[derive(Clone)]
pub(super) struct Settings {
    pub(super) driver: Config,
    pub(super) address: Address,
    /// `None` for a connection without TLS.
    pub(super) tls: Option<Authorities>,
}

impl Settings {
    /// The settings for a judged target.
    pub(super) fn of(policy: &Policy, to: &Destination<'_>, connect: Duration) -> Self {
        let target = &to.target;
        let tls = is_encrypted(target).then(|| Authorities::of(policy, to));
        let mut driver = Config::new();
        driver
            .port(target.port())
            .user(target.user())
            .dbname(target.database())
            .application_name("koomy-guard")
            .connect_timeout(connect)
            .tcp_user_timeout(connect)
            .ssl_mode(if tls.is_some() { SslMode::Require } else { SslMode::Disable })
            .ssl_negotiation(negotiation(target))
            .channel_binding(channel_binding(target, tls.is_some()));
        match target.address() {
            Address::Tcp { host, .. } => driver.host(host),
            #[cfg(unix)]
            Address::Socket { directory } => driver.host_path(directory),
            #[cfg(not(unix))]
            Address::Socket { directory } => driver.host(directory),
        };
        if let Some(password) = target.password() {
            driver.password(password.expose());
        }
        Self { driver, address: target.address().clone(), tls }
    }
}

/// Whether the address demands encryption. If so, the certificate is fully verified, even
/// if the address only says `require`, and there is no connection without.
///
/// DELIBERATE: without such a demand the connection is plain text, even if a driver would
/// try TLS first. Anybody in between could choose plain text then, so trying proves
/// nothing; and the static rules permit such an address only on this machine, on a socket
/// and on private networks.
///
/// LIMIT: a server there, or somebody who impersonates it, may ask for the password in
/// clear text, and the driver sends it.
fn is_encrypted(target: &Target) -> bool {
    match target.encryption() {
        Encryption::Required | Encryption::VerifyCa | Encryption::VerifyFull => !target.is_socket(),
        Encryption::Unstated | Encryption::Off | Encryption::Opportunistic => false,
    }
}

fn negotiation(target: &Target) -> SslNegotiation {
    match parameter(target, "sslnegotiation") {
        Some("direct") => SslNegotiation::Direct,
        Some(_) | None => SslNegotiation::Postgres,
    }
}

/// Neon binds every password to its TLS channel, and its own addresses ask for that.
fn channel_binding(target: &Target, encrypted: bool) -> ChannelBinding {
    match parameter(target, "channel_binding") {
        Some("require") => ChannelBinding::Require,
        Some("disable") => ChannelBinding::Disable,
        Some("prefer") => ChannelBinding::Prefer,
        Some(_) | None if encrypted && target.provider() == Provider::Neon => {
            ChannelBinding::Require
        }
        Some(_) | None => ChannelBinding::Prefer,
    }
}

fn parameter<'a>(target: &'a Target, key: &str) -> Option<&'a str> {
    target.parameters().find(|(known, _)| *known == key).map(|(_, value)| value)
}
