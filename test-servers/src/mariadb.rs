//! MariaDB servers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::sys::signal::Signal;

use crate::account::{bare, unprivileged};
use crate::cache::{cached, copy};
use crate::certificate::{Certificate, Tls};
use crate::install;
use crate::process::{Process, on_free_port, run, try_run};
use crate::text::{url, word};

/// A MariaDB server with one user and their database, until it is dropped.
pub struct MariaDb {
    process: Process,
    port: u16,
    root: String,
    superuser_password: String,
    password: String,
}

impl MariaDb {
    /// Starts a server that offers TLS with a certificate for `localhost` and
    /// `127.0.0.1`.
    pub fn start() -> Self {
        Self::start_with(Tls::Offered, &Certificate::loopback())
    }

    /// Starts a server with this TLS mode and certificate.
    ///
    /// # Panics
    ///
    /// If it cannot be installed or started.
    pub fn start_with(tls: Tls, certificate: &Certificate) -> Self {
        let process = Process::new("mariadb", Signal::SIGKILL);
        copy(&template(), &process.home().join("data"));
        process.write("server.crt", &certificate.pem);
        process.write("server.key", &certificate.key);
        let root = process.home().join("root.crt");
        fs::write(root, &certificate.root).expect("the root is written");
        let root = certificate.root.clone();
        let [superuser_password, password] = [word(16), word(16)];
        let mut server = Self { process, port: 0, root, superuser_password, password };
        server.port = on_free_port(|port| server.serve(port, tls));
        server
    }

    /// The port on `127.0.0.1`.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The host name that the usual certificate is for.
    pub fn host(&self) -> &'static str {
        "localhost"
    }

    /// The file with the root of the server's certificate, with TLS or without.
    pub fn root_certificate(&self) -> PathBuf {
        self.process.home().join("root.crt")
    }

    /// The root of the server's certificate as PEM text.
    pub fn root_pem(&self) -> &str {
        &self.root
    }

    /// The name of the user, who has every right on their database only.
    pub fn user(&self) -> &'static str {
        "app"
    }

    /// The password of the user.
    pub fn password(&self) -> &str {
        &self.password
    }

    /// The name of the user's database.
    pub fn database(&self) -> &'static str {
        "shop"
    }

    /// The password of the superuser, `root`.
    pub fn superuser_password(&self) -> &str {
        &self.superuser_password
    }

    /// The URL of a database, by TCP to `localhost`.
    pub fn url(&self, user: &str, password: &str, database: &str) -> String {
        url("mysql", user, password, self.port, database)
    }

    /// The id of the server's process, while it runs.
    pub fn process_id(&self) -> Option<u32> {
        self.process.id()
    }

    /// Everything that the server has logged.
    pub fn log(&self) -> String {
        self.process.log()
    }

    /// Runs SQL as the superuser and returns the rows, one per line, with tabs between
    /// fields.
    ///
    /// # Panics
    ///
    /// If a statement fails.
    pub fn sql(&self, database: &str, text: &str) -> String {
        let done = self.try_sql(("root", &self.superuser_password), database, text);
        done.unwrap_or_else(|said| panic!("{said}in: {text}"))
    }

    /// Runs SQL as a user with a password, through the Unix socket.
    ///
    /// # Errors
    ///
    /// The error text of the client, if it cannot connect or a statement fails.
    pub fn try_sql(
        &self,
        (user, password): (&str, &str),
        database: &str,
        text: &str,
    ) -> Result<String, String> {
        let mut client = bare(install::mariadb_client());
        client.args(["--no-defaults", "--batch", "--skip-column-names", "--user", user]);
        client.arg("--socket").arg(self.process.home().join(SOCKET)).env("MYSQL_PWD", password);
        try_run(client.arg(database), text)
    }

    /// Stops the server at once; its clients lose their connections.
    pub fn stop(&self) {
        self.process.stop();
    }

    fn serve(&self, port: u16, tls: Tls) -> Result<(), String> {
        let home = self.process.home();
        let first = self.process.write("first.sql", &self.first_statements());
        let path = |option: &str, path: PathBuf| format!("--{option}={}", path.display());
        let mut server = options(unprivileged(install::mariadb_server()), &home.join("data"));
        server.arg(path("socket", home.join(SOCKET))).arg(path("init-file", first));
        server.arg(path("pid-file", home.join("pid"))).arg(path("tmpdir", home.to_owned()));
        server.args(["--bind-address=127.0.0.1", "--skip-name-resolve", "--skip-log-bin"]);
        server.arg(format!("--port={port}"));
        if tls != Tls::Off {
            server.arg(path("ssl-cert", home.join("server.crt")));
            server.arg(path("ssl-key", home.join("server.key")));
        }
        if tls == Tls::Required {
            server.arg("--require-secure-transport=ON");
        }
        self.process.start(&mut server, "ready for connections")
    }

    /// Statements that run at each start, before the first client.
    fn first_statements(&self) -> String {
        let [user, database] = [self.user(), self.database()];
        let [superuser_password, password] = [&self.superuser_password, &self.password];
        format!(
            "ALTER USER root@localhost IDENTIFIED BY '{superuser_password}';\n\
             CREATE DATABASE IF NOT EXISTS {database};\n\
             CREATE OR REPLACE USER {user}@'%' IDENTIFIED BY '{password}';\n\
             GRANT ALL ON {database}.* TO {user}@'%';\n"
        )
    }
}

fn template() -> PathBuf {
    let program = install::mariadb_install_db();
    let version = run(bare(install::mariadb_server()).arg("--version"));
    cached("mariadb", &(version, OPTIONS), |path| {
        let home = Process::new("mariadb-install", Signal::SIGKILL);
        let data = home.home().join("data");
        let mut install = options(unprivileged(program), &data);
        run(install.args(["--auth-root-authentication-method=normal", "--skip-test-db"]));
        copy(&data, path);
    })
}

/// The options that must be the same when a data directory is created and when it is
/// used.
fn options(mut command: Command, data: &Path) -> Command {
    command.arg("--no-defaults").arg(format!("--datadir={}", data.display())).args(OPTIONS);
    command
}

const SOCKET: &str = "server.sock";

const OPTIONS: [&str; 4] = [
    "--innodb-log-file-size=4M",
    "--innodb-buffer-pool-size=16M",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-flush-method=nosync",
];
