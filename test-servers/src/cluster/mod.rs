//! PostgreSQL clusters.

mod builder;
mod neon;
mod template;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use nix::sys::signal::Signal;

pub use builder::Builder;
pub use neon::Neon;

use crate::account::{bare, give, unprivileged};
use crate::certificate::Certificate;
use crate::install;
use crate::process::{Process, on_free_port, run, try_run};
use crate::text::{name, url, value, word};

/// A PostgreSQL cluster that runs until it is dropped.
pub struct Cluster {
    process: Process,
    bin: PathBuf,
    port: u16,
    password: String,
    builder: Mutex<Builder>,
}

impl Cluster {
    /// Describes a cluster.
    pub fn builder() -> Builder {
        Builder::new()
    }

    /// Starts a cluster that offers TLS and is not a Neon compute.
    pub fn start() -> Self {
        Self::builder().start()
    }

    /// The port on `127.0.0.1`.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The host name that the usual certificate is for.
    pub fn host(&self) -> &'static str {
        "localhost"
    }

    /// The directory of the Unix socket.
    pub fn socket_directory(&self) -> &Path {
        self.process.home()
    }

    /// The file with the root of the cluster's certificate, with TLS or without.
    pub fn root_certificate(&self) -> PathBuf {
        self.process.home().join("root.crt")
    }

    /// The root of the cluster's certificate as PEM text.
    pub fn root_pem(&self) -> String {
        self.certificate().root
    }

    /// The name of the superuser.
    pub fn superuser(&self) -> &'static str {
        SUPERUSER
    }

    /// The password of the superuser.
    pub fn superuser_password(&self) -> &str {
        &self.password
    }

    /// The id of the server's process, while it runs.
    pub fn process_id(&self) -> Option<u32> {
        self.process.id()
    }

    /// Everything that the server has logged.
    pub fn log(&self) -> String {
        self.process.log()
    }

    /// The URL of a database, by TCP to `localhost`.
    pub fn url(&self, user: &str, password: &str, database: &str) -> String {
        url("postgresql", user, password, self.port, database)
    }

    /// Runs SQL as the superuser and returns the rows, one per line, with `|` between
    /// fields.
    ///
    /// # Panics
    ///
    /// If a statement fails.
    pub fn sql(&self, database: &str, text: &str) -> String {
        let done = self.try_sql((SUPERUSER, &self.password), database, text);
        done.unwrap_or_else(|said| panic!("{said}in: {text}"))
    }

    /// Runs SQL as a user with a password, through the Unix socket.
    ///
    /// # Errors
    ///
    /// The error text of `psql`, if it cannot connect or a statement fails.
    pub fn try_sql(
        &self,
        (user, password): (&str, &str),
        database: &str,
        text: &str,
    ) -> Result<String, String> {
        let mut psql = bare(self.bin.join("psql"));
        self.connect(&mut psql, user, password, database);
        psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-f", "-"]);
        try_run(&mut psql, text)
    }

    /// Makes a role that can log in and nothing else.
    pub fn create_role(&self, role: &str, password: &str) {
        let [role, password] = [name(role), value(password)];
        self.sql(SUPERUSER, &format!("CREATE ROLE {role} LOGIN PASSWORD {password}"));
    }

    /// Makes a database that a role owns.
    pub fn create_database(&self, database: &str, owner: &str) {
        let [database, owner] = [name(database), name(owner)];
        self.sql(SUPERUSER, &format!("CREATE DATABASE {database} OWNER {owner}"));
    }

    /// The identifier that a physical copy shares, and a fresh cluster does not.
    pub fn system_identifier(&self) -> String {
        let text = "SELECT system_identifier FROM pg_catalog.pg_control_system()";
        self.sql(SUPERUSER, text).trim().to_owned()
    }

    /// Counts the connections of clients, except the one used for counting.
    pub fn active_connections(&self) -> usize {
        let text = "SELECT count(*) FROM pg_catalog.pg_stat_activity \
                    WHERE backend_type = 'client backend' AND pid <> pg_catalog.pg_backend_pid()";
        self.sql(SUPERUSER, text).trim().parse().expect("the answer is a number")
    }

    /// Dumps a database as SQL.
    pub fn dump(&self, database: &str) -> String {
        let mut dump = bare(self.bin.join("pg_dump"));
        self.connect(&mut dump, SUPERUSER, &self.password, database);
        run(&mut dump)
    }

    /// Starts a physical copy with this cluster's configuration.
    pub fn basebackup(&self) -> Self {
        self.basebackup_as(self.description().clone())
    }

    /// Starts a physical copy with the given configuration: for example, with the ids of
    /// a child branch.
    pub fn basebackup_as(&self, builder: Builder) -> Self {
        let process = Process::new("postgres", Signal::SIGQUIT);
        let mut backup = unprivileged(self.bin.join("pg_basebackup"));
        self.connect(&mut backup, SUPERUSER, &self.password, "postgres");
        backup.args(["--no-sync", "--checkpoint=fast", "--no-password", "-D"]);
        run(backup.arg(process.home().join(DATA)));
        Self::run(process, builder, self.password.clone())
    }

    /// Stops the server at once; its clients lose their connections.
    pub fn stop(&self) {
        self.process.stop();
    }

    /// Kills the server, which gets no chance to say anything.
    pub fn kill(&self) {
        let lock = fs::read_to_string(self.process.home().join(DATA).join("postmaster.pid"));
        self.process.kill();
        // The last word of the seventh line is the id of the shared memory that a killed
        // server leaves behind.
        let lock = lock.unwrap_or_default();
        if let Some(id) = lock.lines().nth(6).and_then(|line| line.split(' ').next_back()) {
            let _ = bare("ipcrm").args(["-m", id]).output();
        }
    }

    /// Starts the server again on the same port, after stopping it if it runs.
    pub fn restart(&self) {
        self.stop();
        // While nothing listened on the port, another program's connection may have got
        // it; that connection will end.
        let tries = std::iter::repeat_with(|| self.serve(self.port)).take(TRIES);
        let is_taken = |said: &String| said.contains("Address already in use");
        for started in tries {
            match started {
                Ok(()) => return,
                Err(said) if is_taken(&said) => thread::sleep(PAUSE),
                Err(said) => panic!("the server does not start again:\n{said}"),
            }
        }
        panic!("port {} does not get free", self.port);
    }

    /// Starts the server again with other ids, like a restored branch.
    pub fn restart_as(&self, neon: Neon) {
        self.description().neon = Some(neon);
        self.restart();
    }

    /// The certificate that the cluster uses.
    pub(crate) fn certificate(&self) -> Certificate {
        self.description().certificate.clone()
    }

    fn description(&self) -> MutexGuard<'_, Builder> {
        self.builder.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fresh(builder: Builder) -> Self {
        let process = Process::new("postgres", Signal::SIGQUIT);
        let bin = install::postgres();
        template::data(&bin, &version(&bin), &process.home().join(DATA));
        let mut cluster = Self::run(process, builder, template::PASSWORD.to_owned());
        let password = word(16);
        let text = format!("ALTER ROLE {SUPERUSER} PASSWORD {}", value(&password));
        cluster.sql(SUPERUSER, &text);
        cluster.password = password;
        cluster
    }

    fn run(process: Process, builder: Builder, password: String) -> Self {
        let bin = install::postgres();
        let builder = Mutex::new(builder);
        let mut cluster = Self { process, bin, port: 0, password, builder };
        cluster.port = on_free_port(|port| cluster.serve(port));
        cluster
    }

    fn serve(&self, port: u16) -> Result<(), String> {
        let builder = self.description();
        let home = self.process.home();
        let directory = home.to_str().expect("the directory has a name");
        self.process.write("server.crt", &builder.certificate.pem);
        self.process.write("server.key", &builder.certificate.key);
        fs::write(home.join("root.crt"), &builder.certificate.root).expect("the root is written");
        self.process.write("data/postgresql.conf", &builder.postgresql_conf(directory, port));
        self.process.write("data/pg_hba.conf", &builder.pg_hba_conf());
        if builder.neon.is_some() {
            let module = neon::module(&self.bin, &version(&self.bin));
            fs::copy(module, home.join("neon.so")).expect("the module is copied");
            give(&home.join("neon.so"));
        }
        let mut server = unprivileged(self.bin.join("postgres"));
        let server = server.arg("-D").arg(home.join(DATA));
        self.process.start(server, "database system is ready to accept connections")
    }

    fn connect(&self, command: &mut Command, user: &str, password: &str, database: &str) {
        command.env("PGHOST", self.process.home()).env("PGPORT", self.port.to_string());
        command.env("PGUSER", user).env("PGPASSWORD", password).env("PGDATABASE", database);
    }
}

fn version(bin: &Path) -> String {
    run(bare(bin.join("postgres")).arg("--version"))
}

const SUPERUSER: &str = "postgres";
const DATA: &str = "data";
const TRIES: usize = 60;
const PAUSE: Duration = Duration::from_millis(500);
