//! Runs `guard-cli` in a directory of its own, with nothing inherited.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

pub(crate) const FORMATS: [&str; 4] = ["human", "json", "sarif", "github"];

/// An empty directory, in which the guard runs.
pub(crate) struct Room(TempDir);

impl Room {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// Writes a file.
    pub(crate) fn file(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        File::create(self.at(name)).unwrap().write_all(content.as_ref()).unwrap();
        self
    }

    pub(crate) fn text(&self, name: &str) -> String {
        let mut text = String::new();
        File::open(self.at(name)).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    /// The guard with these arguments.
    pub(crate) fn guard<I: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = I>) -> Guard {
        let mut command = Command::new(BINARY);
        command.env_clear().current_dir(self.path()).stdin(Stdio::null()).args(args);
        Guard { command, stdin: None }
    }
}

/// The guard, about to run.
pub(crate) struct Guard {
    command: Command,
    stdin: Option<Vec<u8>>,
}

impl Guard {
    pub(crate) fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn envs(mut self, list: &[(String, String)]) -> Self {
        self.command.envs(list.iter().map(|(name, value)| (name, value)));
        self
    }

    pub(crate) fn stdin(mut self, text: &[u8]) -> Self {
        self.stdin = Some(text.to_vec());
        self.command.stdin(Stdio::piped());
        self
    }

    /// Hands the command out, for what this harness does not know.
    pub(crate) fn command(self) -> Command {
        self.command
    }

    pub(crate) fn run(mut self) -> Ran {
        let _shared = MACHINE.read().unwrap_or_else(PoisonError::into_inner);
        let start = Instant::now();
        let mut child = self.command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        if let (Some(text), Some(mut stdin)) = (self.stdin, child.stdin.take()) {
            // Nobody may be reading.
            let _ = stdin.write_all(&text);
        }
        let output = child.wait_with_output().unwrap();
        Ran {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            took: start.elapsed(),
        }
    }
}

/// What a run left.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) took: Duration,
}

impl Ran {
    #[track_caller]
    pub(crate) fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert!(!self.stderr.contains("panicked"), "{self:?}");
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    #[track_caller]
    pub(crate) fn says(self, words: &str) -> Self {
        assert!(self.stderr.contains(words), "{words:?} in {self:?}");
        self
    }

    /// The rules that have a finding.
    #[track_caller]
    pub(crate) fn rules(&self) -> Vec<String> {
        let document = self.json();
        let findings = document["findings"].as_array().unwrap().iter();
        findings.map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect()
    }
}

/// A URL to the local database of the built-in policy.
pub(crate) fn local_url() -> String {
    format!("postgresql://app:{}@localhost:5432/koomy_local", password())
}

/// Nothing that exists; put together here so that no scanner trips on it.
pub(crate) fn password() -> String {
    ["q7Rk", "2mVx", "9TzL"].concat()
}

/// An environment that the built-in policy permits.
pub(crate) fn local() -> Vec<(String, String)> {
    [
        ("KOOMY_ENV", "local".to_owned()),
        ("NODE_ENV", "development".to_owned()),
        ("DATABASE_URL", local_url()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec()
}

/// The same as an env file.
pub(crate) fn local_file() -> String {
    local().iter().map(|(name, value)| format!("{name}={value}\n")).collect()
}

/// A small policy with two environments of one kind.
pub(crate) const TWO: &str = r#"
version = 1
name = "two"
[environments.blue]
data = "synthetic"
[environments.green]
data = "synthetic"
[variables.COLOUR]
is = "environment"
[variables.SHARED_TOKEN]
is = "secret"
"#;

/// Written by a test that starts so many processes that others would run out of
/// time.
pub(crate) static MACHINE: RwLock<()> = RwLock::new(());

const BINARY: &str = env!("CARGO_BIN_EXE_guard-cli");
