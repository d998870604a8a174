//! The description of a cluster.

use super::{Cluster, Neon};
use crate::certificate::{Certificate, Tls};
use crate::text::value;

/// Describes a cluster before it starts.
///
/// By default it offers TLS with a certificate for `localhost` and `127.0.0.1`, from an
/// authority of its own, and is not a Neon compute.
#[derive(Clone)]
pub struct Builder {
    pub(super) certificate: Certificate,
    pub(super) neon: Option<Neon>,
    tls: Tls,
    settings: Vec<(String, String)>,
}

impl Builder {
    pub(super) fn new() -> Self {
        let certificate = Certificate::loopback();
        Self { certificate, neon: None, tls: Tls::Offered, settings: Vec::new() }
    }

    /// Serves with this certificate.
    #[must_use]
    pub fn certificate(mut self, certificate: Certificate) -> Self {
        self.certificate = certificate;
        self
    }

    /// Chooses whether the cluster speaks TLS.
    #[must_use]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = tls;
        self
    }

    /// Makes it a Neon compute with these ids.
    #[must_use]
    pub fn neon(mut self, neon: Neon) -> Self {
        self.neon = Some(neon);
        self
    }

    /// Adds a line to `postgresql.conf`; a later one overrides an earlier one.
    #[must_use]
    pub fn setting(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Starts the cluster and waits until it is ready.
    ///
    /// # Panics
    ///
    /// If it cannot be installed or started.
    pub fn start(self) -> Cluster {
        Cluster::fresh(self)
    }

    /// The text of `postgresql.conf` of a cluster whose directory is `home`.
    pub(super) fn postgresql_conf(&self, home: &str, port: u16) -> String {
        let mut settings: Vec<_> = SETTINGS.map(|(name, value)| (name, value.to_owned())).into();
        settings.extend([
            ("port", port.to_string()),
            ("unix_socket_directories", home.to_owned()),
            ("ssl", if self.tls == Tls::Off { "off" } else { "on" }.to_owned()),
            ("ssl_cert_file", format!("{home}/server.crt")),
            ("ssl_key_file", format!("{home}/server.key")),
        ]);
        if let Some(neon) = &self.neon {
            settings.push(("shared_preload_libraries", format!("{home}/neon.so")));
            settings.extend(neon.settings().map(|(name, id)| (name, id.to_owned())));
        }
        settings.extend(self.settings.iter().map(|(name, value)| (name.as_str(), value.clone())));
        settings.iter().map(|(name, text)| format!("{name} = {}\n", value(text))).collect()
    }

    /// The text of `pg_hba.conf`: SCRAM for everybody.
    pub(super) fn pg_hba_conf(&self) -> String {
        let kind = if self.tls == Tls::Required { "hostssl" } else { "host" };
        let who = ["all", "replication"];
        let local = who.map(|who| format!("local {who} all scram-sha-256\n"));
        let remote = who.map(|who| format!("{kind} {who} all 127.0.0.1/32 scram-sha-256\n"));
        local.concat() + &remote.concat()
    }
}

const SETTINGS: [(&str, &str); 11] = [
    ("listen_addresses", "127.0.0.1"),
    ("password_encryption", "scram-sha-256"),
    ("fsync", "off"),
    ("synchronous_commit", "off"),
    ("shared_buffers", "16MB"),
    ("max_wal_size", "64MB"),
    // In the data directory, so that a killed server leaves nothing elsewhere.
    ("dynamic_shared_memory_type", "mmap"),
    // More than the most concurrent test needs.
    ("max_connections", "300"),
    ("log_connections", "on"),
    ("lc_messages", "C"),
    ("timezone", "UTC"),
];
