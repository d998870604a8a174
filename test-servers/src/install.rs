//! The programs that the servers need, installed when they are missing.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::account::{bare, is_superuser};

/// Finds the directory of PostgreSQL's programs, the newest version installed.
pub(crate) fn postgres() -> PathBuf {
    let programs = ["postgres", "initdb", "pg_basebackup", "pg_resetwal", "psql", "pg_dump"];
    let find = || {
        newest(Path::new("/usr/lib/postgresql"), |bin| {
            programs.iter().all(|program| bin.join(program).exists())
        })
    };
    installed("postgresql", find)
}

/// Finds the headers of the server that `bin` holds.
pub(crate) fn headers(bin: &Path) -> PathBuf {
    let version = bin.parent().and_then(Path::file_name).expect("the directory has a version");
    let version = version.to_string_lossy();
    let headers = PathBuf::from(format!("/usr/include/postgresql/{version}/server"));
    let find = || headers.join("postgres.h").exists().then(|| headers.clone());
    installed(&format!("postgresql-server-dev-{version}"), find)
}

/// Finds the C compiler.
pub(crate) fn compiler() -> PathBuf {
    installed("gcc libc6-dev", || program(&["cc", "gcc"]))
}

/// Finds the program of PgBouncer.
pub(crate) fn pgbouncer() -> PathBuf {
    installed("pgbouncer", || program(&["pgbouncer"]))
}

/// Finds the server of MariaDB.
pub(crate) fn mariadb_server() -> PathBuf {
    installed("mariadb-server", || program(&["mariadbd"]))
}

/// Finds the program that makes a data directory of MariaDB.
pub(crate) fn mariadb_install_db() -> PathBuf {
    installed("mariadb-server", || program(&["mariadb-install-db"]))
}

/// Finds the client of MariaDB.
pub(crate) fn mariadb_client() -> PathBuf {
    installed("mariadb-client", || program(&["mariadb"]))
}

/// Finds Debian's Laravel loader, together with a PHP that can use PostgreSQL.
pub fn laravel() -> PathBuf {
    let packages = ["php-cli", "php-pgsql", "php-laravel-framework", "php-symfony-process"];
    let is_there =
        |package: &&str| Path::new(&format!("/var/lib/dpkg/info/{package}.list")).exists();
    let loader = || Path::new("/usr/share/php/Illuminate/autoload.php").to_owned();
    installed(&packages.join(" "), || packages.iter().all(is_there).then(loader))
}

fn newest(versions: &Path, is_complete: impl Fn(&Path) -> bool) -> Option<PathBuf> {
    let version = |bin: &PathBuf| bin.parent()?.file_name()?.to_str()?.parse::<u32>().ok();
    let listed = fs::read_dir(versions).ok()?.filter_map(Result::ok);
    let bins = listed.map(|entry| entry.path().join("bin")).filter(|bin| is_complete(bin));
    bins.filter(|bin| version(bin).is_some()).max_by_key(version)
}

fn program(names: &[&str]) -> Option<PathBuf> {
    let directories = ["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin"];
    let paths = names.iter().flat_map(|name| directories.map(|dir| Path::new(dir).join(name)));
    paths.into_iter().find(|path| path.exists())
}

/// Returns what `find` finds, after installing the packages if necessary.
fn installed(packages: &str, find: impl Fn() -> Option<PathBuf>) -> PathBuf {
    static ONE_THREAD: Mutex<()> = Mutex::new(());
    if let Some(found) = find() {
        return found;
    }
    let _turn = ONE_THREAD.lock().unwrap_or_else(PoisonError::into_inner);
    // One process at a time; the lock ends with the file.
    let lists = File::open("/var/lib/apt/lists").expect("the tests need a Debian system");
    lists.lock().expect("the lists of packages are locked");
    if let Some(found) = find() {
        return found;
    }
    assert!(is_superuser(), "missing programs: run `apt-get install {packages}` as root");
    install(packages);
    find().unwrap_or_else(|| panic!("`apt-get install {packages}` brought no program"))
}

fn install(packages: &str) {
    let script = format!(
        "apt-get update && apt-get install -y --no-install-recommends \
         -o DPkg::Lock::Timeout=600 {packages}"
    );
    let mut command = bare("sh");
    // At run level 1, Debian starts no server of its own.
    command.env("DEBIAN_FRONTEND", "noninteractive").env("RUNLEVEL", "1");
    for (name, value) in std::env::vars_os() {
        if name.to_string_lossy().to_lowercase().ends_with("_proxy") {
            command.env(name, value);
        }
    }
    let done = command.args(["-c", &script]).output().expect("a shell starts");
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "`apt-get install {packages}` failed:\n{said}");
}
