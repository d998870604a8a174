//! PgBouncer in front of a cluster.

use std::path::PathBuf;

use nix::sys::signal::Signal;

use crate::account::unprivileged;
use crate::cluster::Cluster;
use crate::install;
use crate::process::{Process, on_free_port};
use crate::text::url;

/// A PgBouncer that pools transactions, until it is dropped.
///
/// Every role of the cluster logs in with its own password. TLS is offered,
/// with the cluster's certificate.
pub struct PgBouncer {
    process: Process,
    port: u16,
}

impl PgBouncer {
    /// Starts one under which the cluster's databases have other names.
    ///
    /// Each of `aliases` is the name for clients, and the database that it leads to.
    ///
    /// # Panics
    ///
    /// If it cannot be installed or started.
    pub fn start(cluster: &Cluster, aliases: &[(&str, &str)]) -> Self {
        let process = Process::new("pgbouncer", Signal::SIGKILL);
        let program = install::pgbouncer();
        let [user, password] = [cluster.superuser(), cluster.superuser_password()];
        process.write("users", &format!("\"{user}\" \"{password}\"\n"));
        let certificate = cluster.certificate();
        process.write("server.crt", &certificate.pem);
        process.write("server.key", &certificate.key);
        process.write("root.crt", &certificate.root);
        let port = on_free_port(|port| {
            let text = configuration(&process, port, cluster, aliases);
            let file = process.write("pgbouncer.ini", &text);
            process.start(unprivileged(&program).arg(file), "process up")
        });
        Self { process, port }
    }

    /// Redirects the same names to another cluster, also in open connections: from the
    /// first transaction after it has noticed.
    ///
    /// The roles of `cluster` must have the same password secrets as those of the first
    /// cluster, as in a physical copy.
    ///
    /// # Panics
    ///
    /// If it does not run.
    pub fn lead_to(&self, cluster: &Cluster, aliases: &[(&str, &str)]) {
        let text = configuration(&self.process, self.port, cluster, aliases);
        self.process.write("pgbouncer.ini", &text);
        self.process.signal(Signal::SIGHUP);
    }

    /// The port on `127.0.0.1`.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The host name that the usual certificate is for.
    pub fn host(&self) -> &'static str {
        "localhost"
    }

    /// The file with the root of the certificate.
    pub fn root_certificate(&self) -> PathBuf {
        self.process.home().join("root.crt")
    }

    /// The URL of a database by the name that clients see.
    pub fn url(&self, user: &str, password: &str, alias: &str) -> String {
        url("postgresql", user, password, self.port, alias)
    }

    /// The id of the process, while it runs.
    pub fn process_id(&self) -> Option<u32> {
        self.process.id()
    }

    /// Everything that it has logged.
    pub fn log(&self) -> String {
        self.process.log()
    }
}

fn configuration(
    process: &Process,
    port: u16,
    cluster: &Cluster,
    aliases: &[(&str, &str)],
) -> String {
    let home = process.home().display();
    let (server, user) = (cluster.port(), cluster.superuser());
    let line = |(alias, database): &(&str, &str)| {
        format!("{alias} = host=127.0.0.1 port={server} dbname={database} auth_user={user}\n")
    };
    let databases: String = aliases.iter().map(line).collect();
    format!(
        "[databases]\n{databases}\n[pgbouncer]\n\
         listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n\
         pool_mode = transaction\nmax_client_conn = 500\n\
         auth_type = scram-sha-256\nauth_file = {home}/users\n\
         auth_query = SELECT usename, passwd FROM pg_catalog.pg_shadow WHERE usename = $1\n\
         server_tls_sslmode = prefer\nclient_tls_sslmode = allow\n\
         client_tls_cert_file = {home}/server.crt\nclient_tls_key_file = {home}/server.key\n"
    )
}
