//! A file that is replaced as a whole, or not at all.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use koomy_guard::observe::file::{POLICY_LIMIT, read, shown};
use thiserror::Error;

/// A regular file that may be replaced.
#[derive(Debug)]
pub(crate) struct Replaceable {
    /// The file itself, wherever links to it are.
    path: PathBuf,
    permissions: Permissions,
}

impl Replaceable {
    /// The file at `path`. A link is followed, and stays.
    ///
    /// # Errors
    ///
    /// [`Irreplaceable`], before anything was asked.
    pub(crate) fn at(path: &Path) -> Result<Self, Irreplaceable> {
        let name = shown(path);
        let failed = |error: io::Error| Irreplaceable::Failed(name.clone(), error.kind());
        let real = std::fs::canonicalize(path).map_err(failed)?;
        let metadata = std::fs::metadata(&real).map_err(failed)?;
        if !metadata.is_file() {
            return Err(Irreplaceable::Special(name));
        }
        if metadata.permissions().readonly() {
            return Err(Irreplaceable::ReadOnly(name));
        }
        Ok(Self { path: real, permissions: metadata.permissions() })
    }

    /// Puts `new` in the place of `old`.
    ///
    /// # Errors
    ///
    /// [`Irreplaceable`]; the file is then as it was.
    pub(crate) fn replace(&self, old: &str, new: &str) -> Result<(), Irreplaceable> {
        let name = shown(&self.path);
        match read(&self.path, POLICY_LIMIT) {
            Ok(bytes) if bytes == old.as_bytes() => {}
            Ok(_) | Err(_) => return Err(Irreplaceable::Changed(name)),
        }
        let failed = |error: io::Error| Irreplaceable::Failed(name, error.kind());
        let beside = self.beside();
        let created = OpenOptions::new().write(true).create_new(true).open(&beside);
        let file = match created {
            Ok(file) => file,
            Err(error) => return Err(failed(error)),
        };
        let written = self.fill(file, new).and_then(|()| std::fs::rename(&beside, &self.path));
        written.map_err(|error| {
            // The first error is the one to tell.
            let _ = std::fs::remove_file(&beside);
            failed(error)
        })
    }

    /// In the same directory, so that a rename is enough.
    fn beside(&self) -> PathBuf {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        self.path.with_file_name(format!(".{name}.{}.new", std::process::id()))
    }

    fn fill(&self, mut file: File, text: &str) -> io::Result<()> {
        file.set_permissions(self.permissions.clone())?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    }
}

/// A file that is not replaced.
#[derive(Debug, Error)]
pub(crate) enum Irreplaceable {
    #[error("`{0}` is not a regular file, so it cannot be written; name one with `--policy`")]
    Special(String),
    #[error("`{0}` is read-only, so it is not replaced")]
    ReadOnly(String),
    #[error("`{0}` was changed in the meantime, so it is not replaced; run this again")]
    Changed(String),
    #[error("cannot write `{0}`: {1}")]
    Failed(String, io::ErrorKind),
}
