//! The unprivileged user that servers run as.

use std::ffi::OsStr;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use nix::unistd::{Uid, User};

/// Makes a command that runs as the unprivileged user, with a bare environment.
pub(crate) fn unprivileged(program: impl AsRef<OsStr>) -> Command {
    let mut command = bare(program);
    if let Some(user) = account() {
        command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
    }
    command
}

/// Makes a command that runs as the user of the tests, with a bare environment.
pub(crate) fn bare(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    command.env_clear().env("PATH", path).env("LC_ALL", "C.UTF-8").current_dir("/");
    command
}

/// Makes the unprivileged user the owner of a file or a directory.
pub(crate) fn give(path: &Path) {
    if let Some(user) = account() {
        chown(path, Some(user.uid.as_raw()), Some(user.gid.as_raw())).expect("the owner changes");
    }
}

/// Tells whether the tests run as the superuser.
pub(crate) fn is_superuser() -> bool {
    Uid::effective().is_root()
}

/// The user to change to; `None` if the tests already run unprivileged.
fn account() -> Option<User> {
    let nobody = || User::from_name("nobody").ok().flatten().expect("the user `nobody` exists");
    is_superuser().then(nobody)
}
