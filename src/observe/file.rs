//! Reads files completely or not at all, and never more than a limit.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use thiserror::Error;

/// The most bytes a policy may have.
pub const POLICY_LIMIT: u64 = MEBIBYTE;

/// The most bytes an env file may have.
pub const ENV_FILE_LIMIT: u64 = MEBIBYTE;

/// A file that could not be read; never holds any of its content.
#[derive(Error)]
pub enum ReadError {
    /// Nothing has that name.
    #[error("`{}` does not exist", path.display())]
    Missing {
        /// The file that was asked for.
        path: PathBuf,
    },
    /// The operating system does not let this user read it.
    #[error("no permission to read `{}`", path.display())]
    Denied {
        /// The file that was asked for.
        path: PathBuf,
    },
    /// It is a directory, not a file.
    #[error("`{}` is a directory, not a file", path.display())]
    Directory {
        /// The file that was asked for.
        path: PathBuf,
    },
    /// A named pipe, a socket or a device, which could keep a reader waiting for ever.
    #[error("`{}` is a pipe, a socket or a device, not a regular file", path.display())]
    Special {
        /// The file that was asked for.
        path: PathBuf,
    },
    /// It has more bytes than the limit.
    #[error("`{}` has more than {limit} bytes", path.display())]
    TooLarge {
        /// The file that was asked for.
        path: PathBuf,
        /// The most bytes it may have.
        limit: u64,
    },
    /// The operating system reported something else.
    #[error("cannot read `{}`: {}", path.display(), cause.kind())]
    Failed {
        /// The file that was asked for.
        path: PathBuf,
        /// What the operating system said.
        cause: io::Error,
    },
}

impl ReadError {
    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "check the name and the directory it is looked up in",
            Self::Denied { .. } => "let this user read it, or run as the user who may",
            Self::Directory { .. } => "name a file inside it",
            Self::Special { .. } => "name a regular file, or pass the text on `/dev/stdin`",
            Self::TooLarge { .. } => "check that it is the file you mean",
            Self::Failed { .. } => "check the path and the disk it is on, then try again",
        }
    }

    fn from_io(path: &Path, cause: io::Error) -> Self {
        let path = PathBuf::from(shown(path));
        match cause.kind() {
            io::ErrorKind::NotFound => Self::Missing { path },
            io::ErrorKind::PermissionDenied => Self::Denied { path },
            io::ErrorKind::IsADirectory => Self::Directory { path },
            _ => Self::Failed { path, cause },
        }
    }
}

/// Reads a file of at most `limit` bytes.
///
/// It reads regular files, and open descriptors that were passed to the process:
/// `/dev/stdin`, or `/dev/fd/63` for a shell's `<(…)`. A named pipe or a device under any
/// other name is refused without opening it, since opening one may wait for ever;
/// `/dev/null` is an empty file.
///
/// # Errors
///
/// [`ReadError`], by cause. At most one byte more than `limit` is read from a file that
/// is too large.
pub fn read(path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
    let failed = |cause| ReadError::from_io(path, cause);
    admit(path, &std::fs::metadata(path).map_err(failed)?)?;
    let file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    admit(path, &metadata)?;
    let mut bytes = Vec::with_capacity(capacity(&metadata, limit));
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(failed)?;
    if within(bytes.len(), limit) {
        Ok(bytes)
    } else {
        Err(ReadError::TooLarge { path: PathBuf::from(shown(path)), limit })
    }
}

/// The name of a file, for messages.
///
/// A URL with a user in it is not the name of a file: it is a variable's value that was
/// given as a name, and is not repeated.
pub fn shown(path: &Path) -> String {
    let name = path.to_string_lossy();
    let is_address = name.split_once("://").is_some_and(|(_, rest)| rest.contains('@'));
    if is_address { ADDRESS.to_owned() } else { name.into_owned() }
}

fn admit(path: &Path, metadata: &Metadata) -> Result<(), ReadError> {
    if metadata.is_dir() {
        Err(ReadError::Directory { path: PathBuf::from(shown(path)) })
    } else if metadata.is_file() || is_handed_over(path) {
        Ok(())
    } else {
        Err(ReadError::Special { path: PathBuf::from(shown(path)) })
    }
}

// DELIBERATE: decided by the name, not by the kind of file. These names reach a
// descriptor that is open already, so opening them does not wait.
fn is_handed_over(path: &Path) -> bool {
    HANDED_OVER.iter().any(|name| path == Path::new(name))
        || DESCRIPTORS.iter().any(|directory| path.parent() == Some(Path::new(directory)))
}

/// The length is only a hint: a file of `/proc` reports 0, and a file may grow meanwhile.
fn capacity(metadata: &Metadata, limit: u64) -> usize {
    usize::try_from(metadata.len().min(limit).saturating_add(1)).unwrap_or_default()
}

fn within(length: usize, limit: u64) -> bool {
    u64::try_from(length).is_ok_and(|length| length <= limit)
}

const ADDRESS: &str = "(an address, not the name of a file)";
const MEBIBYTE: u64 = 1024 * 1024;
const HANDED_OVER: [&str; 2] = ["/dev/stdin", "/dev/null"];
const DESCRIPTORS: [&str; 2] = ["/dev/fd", "/proc/self/fd"];

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;
    use std::process::{Command, Stdio};

    use super::*;

    /// A directory of its own for each test, removed afterwards.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Self {
            let unique = format!("koomy-guard-{}-{name}", std::process::id());
            let path = std::env::temp_dir().join(unique);
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        fn file(&self, name: &str, content: &[u8]) -> PathBuf {
            let path = self.0.join(name);
            File::create(&path).unwrap().write_all(content).unwrap();
            path
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_file_of_exactly_the_limit_is_read() {
        let scratch = Scratch::new("limit");
        for (length, read_whole) in [(0, true), (1, true), (9, true), (10, true), (11, false)] {
            let path = scratch.file("f", &vec![b'x'; length]);
            match read(&path, 10) {
                Ok(bytes) => assert_eq!((bytes.len(), true), (length, read_whole)),
                Err(ReadError::TooLarge { limit: 10, .. }) => assert!(!read_whole, "{length}"),
                Err(other) => panic!("{length}: {other}"),
            }
        }
        assert!(read(&scratch.file("f", b"x"), u64::MAX).is_ok(), "no overflow");
    }

    #[test]
    fn a_huge_file_is_refused_before_its_end() {
        let scratch = Scratch::new("huge");
        let path = scratch.file("f", b"");
        File::options().write(true).open(&path).unwrap().set_len(1 << 33).unwrap();
        assert!(matches!(read(&path, ENV_FILE_LIMIT), Err(ReadError::TooLarge { .. })));
    }

    #[test]
    fn other_kinds_of_files_are_refused_by_kind() {
        let scratch = Scratch::new("kinds");
        let error = |path: &Path| read(path, 10).unwrap_err();
        assert!(matches!(error(&scratch.0), ReadError::Directory { .. }));
        assert!(matches!(error(&scratch.0.join("none")), ReadError::Missing { .. }));
        assert!(matches!(error(&scratch.file("f", b"x").join("under")), ReadError::Failed { .. }));
        assert!(matches!(error(Path::new("a\0b")), ReadError::Failed { .. }));
    }

    #[test]
    fn messages_name_the_path_and_the_way_out_and_no_content() {
        let scratch = Scratch::new("messages");
        let error = read(&scratch.file("f", b"canary-canary"), 10).unwrap_err();
        let path = scratch.0.join("f");
        assert_eq!(error.to_string(), format!("`{}` has more than 10 bytes", path.display()));
        assert!(!format!("{error:?}{error}{}", error.help()).contains("canary"));
    }

    #[test]
    fn a_url_given_as_a_file_name_is_not_repeated() {
        let error = read(Path::new("postgres://u:canary@h/d"), 10).unwrap_err();
        assert!(!format!("{error:?}{error}{}", error.help()).contains("canary"));
        for name in ["f", "/a/b@c", "C:/x", "a://b", "./@scope/policy.toml"] {
            assert_eq!(shown(Path::new(name)), name);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_device_that_never_ends_is_not_read() {
        assert!(matches!(read(Path::new("/dev/zero"), 10), Err(ReadError::Special { .. })));
        assert_eq!(read(Path::new("/dev/null"), 10).unwrap(), b"");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_named_pipe_without_a_writer_does_not_hang() {
        let scratch = Scratch::new("pipe");
        let path = scratch.0.join("pipe");
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        assert!(matches!(read(&path, 10), Err(ReadError::Special { .. })));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn an_open_pipe_is_read_up_to_the_limit() {
        use std::os::fd::AsRawFd;
        for (limit, fits) in [(10, true), (5, true), (4, false)] {
            let mut child =
                Command::new("printf").arg("A=one").stdout(Stdio::piped()).spawn().unwrap();
            let pipe = child.stdout.take().unwrap();
            for directory in DESCRIPTORS {
                assert!(is_handed_over(&Path::new(directory).join("63")));
            }
            let read = read(Path::new(&format!("/dev/fd/{}", pipe.as_raw_fd())), limit);
            assert!(child.wait().unwrap().success());
            assert_eq!(read.ok(), fits.then(|| b"A=one".to_vec()), "limit {limit}");
        }
    }
}
