//! Things that are made once and used by every test process: templates and modules.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::run;

/// Returns the path of what `make` makes from `recipe`; it is made only once.
pub(crate) fn cached(name: &str, recipe: &impl Hash, make: impl FnOnce(&Path)) -> PathBuf {
    let mut hasher = DefaultHasher::new();
    recipe.hash(&mut hasher);
    let directory = directory();
    let path = directory.join(format!("{name}-{:016x}", hasher.finish()));
    let lock = File::open(&directory).expect("the cache opens");
    lock.lock().expect("the cache is locked");
    if !path.exists() {
        let unfinished = directory.join("unfinished");
        run(Command::new("rm").arg("-rf").arg(&unfinished));
        make(&unfinished);
        fs::rename(&unfinished, &path).expect("the cache is written");
    }
    path
}

/// Copies a directory with its files' owners and permissions.
pub(crate) fn copy(from: &Path, to: &Path) {
    run(Command::new("cp").arg("-a").arg(from).arg(to));
}

/// Beside the test program, so that it is removed with the other build output.
fn directory() -> PathBuf {
    let program = std::env::current_exe().expect("the test's own program is known");
    let directory = program.with_file_name("test-servers");
    fs::create_dir_all(&directory).expect("the cache is made");
    directory
}
