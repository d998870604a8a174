//! The data directory that every fresh cluster starts from.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use nix::sys::signal::Signal;

use super::SUPERUSER;
use crate::account::unprivileged;
use crate::cache::{cached, copy};
use crate::process::{Process, run};
use crate::text::word;

/// Makes a data directory with a system identifier of its own.
pub(crate) fn data(bin: &Path, version: &str, to: &Path) {
    copy(&template(bin, version), to);
    renumber(to);
    run(unprivileged(bin.join("pg_resetwal")).arg("-f").arg(to));
}

/// Writes a random system identifier, the first field of the control file.
///
/// `pg_resetwal` then writes a checksum that fits, and a log that carries the
/// same identifier.
fn renumber(data: &Path) {
    let control = File::options().write(true).open(data.join("global/pg_control"));
    let identifier = u64::from_str_radix(&word(8), 16).expect("the word is a number") >> 1;
    let control = control.expect("the control file opens");
    control.write_all_at(&identifier.to_ne_bytes(), 0).expect("the control file is written");
}

fn template(bin: &Path, version: &str) -> PathBuf {
    cached("postgres", &(version, OPTIONS), |path| {
        let home = Process::new("initdb", Signal::SIGKILL);
        let [password, data] = [home.write("password", PASSWORD), home.home().join("data")];
        let mut initdb = unprivileged(bin.join("initdb"));
        initdb.args(OPTIONS).args(["-U", SUPERUSER, "-D"]).arg(&data).arg("--pwfile").arg(password);
        run(&mut initdb);
        copy(&data, path);
    })
}

/// The superuser's password until a cluster has one of its own.
pub(crate) const PASSWORD: &str = "template";

const OPTIONS: [&str; 7] = [
    "--no-sync",
    "--no-instructions",
    "--auth=scram-sha-256",
    "--locale=C.UTF-8",
    "--encoding=UTF8",
    "--wal-segsize=1",
    "--no-clean",
];
