//! A server process with a directory of its own.

use std::fs::{self, File};
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::sys::statvfs::{FsFlags, statvfs};
use nix::unistd::Pid;

use crate::account::{bare, give};
use crate::text::word;

/// A server that can be stopped and started again, and the directory it lives in.
///
/// Dropping it stops the server and removes the directory.
pub(crate) struct Process {
    home: PathBuf,
    signal: Signal,
    server: Mutex<Option<Child>>,
    keeper: Mutex<Child>,
}

impl Process {
    /// Makes the directory of a server that is stopped by `signal`.
    pub(crate) fn new(kind: &str, signal: Signal) -> Self {
        let home = room().join(format!("guard-{kind}-{}", word(8)));
        fs::create_dir(&home).expect("the directory of a server is made");
        give(&home);
        let keeper = Mutex::new(keeper(&home, signal));
        Self { home, signal, server: Mutex::new(None), keeper }
    }

    /// The directory, which the unprivileged user owns.
    pub(crate) fn home(&self) -> &Path {
        &self.home
    }

    /// Writes a file that only the server can read.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        use std::os::unix::fs::OpenOptionsExt;
        let path = self.home.join(name);
        let mut options = File::options();
        let options = options.write(true).create(true).truncate(true).mode(0o600);
        let mut file = options.open(&path).expect("a file of the server is opened");
        file.write_all(text.as_bytes()).expect("a file of the server is written");
        give(&path);
        path
    }

    /// Starts the server and waits until its log says that it is ready.
    ///
    /// # Errors
    ///
    /// The log, if the server ended or was not ready in time.
    pub(crate) fn start(&self, command: &mut Command, ready: &str) -> Result<(), String> {
        let known = self.log().len();
        let mut server = self.server();
        let child = server.insert(self.spawn(command));
        self.tell_keeper(&child.id().to_string());
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            let ended = child.try_wait().expect("the state of the server is known").is_some();
            let log = self.log();
            let said = log.get(known..).unwrap_or_default();
            if said.contains(ready) {
                return Ok(());
            }
            if ended {
                return Err(said.to_owned());
            }
            std::thread::sleep(PAUSE);
        }
        Err(format!("not ready after {} seconds:\n{}", PATIENCE.as_secs(), self.log()))
    }

    /// Stops the server at once; its clients lose their connections.
    pub(crate) fn stop(&self) {
        self.end(self.signal);
    }

    /// Kills the server, which gets no chance to say anything.
    pub(crate) fn kill(&self) {
        self.end(Signal::SIGKILL);
    }

    /// Sends a signal to the server, which continues to run.
    pub(crate) fn signal(&self, signal: Signal) {
        let id = self.id().expect("the server runs");
        let id = Pid::from_raw(id.try_into().expect("an id is positive"));
        kill(id, signal).expect("the server is there");
    }

    /// The id of the server's process, while it runs.
    pub(crate) fn id(&self) -> Option<u32> {
        self.server().as_ref().map(Child::id)
    }

    /// Everything that the server wrote.
    pub(crate) fn log(&self) -> String {
        let bytes = fs::read(self.home.join(LOG)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn spawn(&self, command: &mut Command) -> Child {
        let log = File::options().create(true).append(true).open(self.home.join(LOG));
        let log = log.expect("the log is opened");
        let copy = log.try_clone().expect("the log is shared");
        command.stdin(Stdio::null()).stdout(log).stderr(copy).process_group(0);
        command.spawn().unwrap_or_else(|error| panic!("{}: {error}", program(command)))
    }

    fn end(&self, signal: Signal) {
        if let Some(mut child) = self.server().take() {
            let id = Pid::from_raw(child.id().try_into().expect("an id is positive"));
            // A server that ended by itself can no longer receive a signal.
            let _ = kill(id, signal);
            child.wait().expect("the server ends");
            self.tell_keeper("");
        }
    }

    fn server(&self) -> MutexGuard<'_, Option<Child>> {
        self.server.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell_keeper(&self, id: &str) {
        let mut keeper = self.keeper.lock().unwrap_or_else(PoisonError::into_inner);
        let pipe = keeper.stdin.as_mut().expect("the keeper listens");
        writeln!(pipe, "{id}").expect("the keeper hears");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop();
        let keeper = self.keeper.get_mut().unwrap_or_else(PoisonError::into_inner);
        drop(keeper.stdin.take());
        // A directory that remains fails no test.
        let _ = keeper.wait();
    }
}

/// A memory file system if it has space for many servers, since creating a thousand files
/// there is ten times as fast; otherwise the temporary directory.
fn room() -> PathBuf {
    let memory = Path::new("/dev/shm");
    let is_roomy = statvfs(memory).is_ok_and(|found| {
        let available = found.blocks_available() * found.fragment_size();
        available >= ROOM && !found.flags().intersects(FsFlags::ST_NOEXEC | FsFlags::ST_RDONLY)
    });
    if is_roomy { memory.to_owned() } else { std::env::temp_dir() }
}

/// Starts a process that stops the server and removes the directory when this process
/// ends, for whatever reason: its pipe closes then.
fn keeper(home: &Path, signal: Signal) -> Child {
    let mut command = bare("sh");
    command.args(["-c", KEEPER]).arg(home).arg(signal.as_str().trim_start_matches("SIG"));
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    command.spawn().expect("a shell starts")
}

/// Tries `start` with one free port after another.
///
/// A free port may be taken before the server has it.
pub(crate) fn on_free_port(start: impl Fn(u16) -> Result<(), String>) -> u16 {
    let mut said = String::new();
    for _ in 0..5 {
        let port = free_port();
        match start(port) {
            Ok(()) => return port,
            Err(error) => said = error,
        }
        if !said.to_lowercase().contains("in use") {
            break;
        }
    }
    panic!("the server does not start:\n{said}");
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
    listener.local_addr().expect("the port is known").port()
}

/// Runs a command to its end and returns what it wrote.
pub(crate) fn run(command: &mut Command) -> String {
    try_run(command, "").unwrap_or_else(|said| panic!("{}: {said}", program(command)))
}

/// Runs a command that reads `input`.
///
/// # Errors
///
/// Its standard error, if it fails.
pub(crate) fn try_run(command: &mut Command, input: &str) -> Result<String, String> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    let mut pipe = child.stdin.take().expect("the input is a pipe");
    let output = std::thread::scope(|scope| {
        // A command that fails early does not read its input.
        scope.spawn(move || pipe.write_all(input.as_bytes()));
        child.wait_with_output()
    });
    let output = output.map_err(|error| error.to_string())?;
    let [out, error] =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    if output.status.success() { Ok(out) } else { Err(error) }
}

fn program(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

const ROOM: u64 = 4 << 30;
const LOG: &str = "server.log";
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(5);

/// Reads the id of the running server, or an empty line if there is none.
const KEEPER: &str = r#"
while read -r line; do server=$line; done
[ -z "$server" ] || kill "-$1" "$server"
tries=50
until rm -rf "$0" || [ "$tries" = 0 ]; do tries=$((tries - 1)); sleep 0.1; done
"#;
