//! `examples/express` behind the guard, with real Node and over real HTTP.
//!
//! What it needs is installed on the first run; it is not skipped.
#![cfg(test)]
#![expect(clippy::disallowed_methods, reason = "an installation needs the process's environment")]

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use tempfile::TempDir;

const FILES: [&str; 7] = [
    "package.json",
    "package-lock.json",
    "policy.toml",
    "sandbox.env",
    "production.env",
    "guard.js",
    "server.js",
];

/// A copy of the example with its packages, as its lock file names them.
static SHOP: LazyLock<PathBuf> = LazyLock::new(|| {
    let room = Path::new(env!("CARGO_TARGET_TMPDIR")).join("express");
    std::fs::create_dir_all(&room).unwrap();
    for name in FILES {
        std::fs::copy(example(name), room.join(name)).unwrap();
    }
    let lock = read(&example("package-lock.json"));
    let done = room.join("installed");
    if !done.exists() || read(&done) != lock {
        let mut npm = Command::new("npm");
        npm.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(&room);
        let said = npm.output().unwrap_or_else(|error| panic!("{npm:?}: {error}"));
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        std::fs::write(done, lock).unwrap();
    }
    room
});

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/express").join(name)
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

/// The value of a variable in the sandbox's file.
fn debug_secret() -> String {
    let file = read(&example("sandbox.env"));
    let mut values = file.lines().filter_map(|line| line.strip_prefix("DEBUG_SECRET="));
    values.next().unwrap().to_owned()
}

/// Node behind the guard, until it is dropped.
struct Shop {
    child: Child,
    port: u16,
    home: TempDir,
}

impl Shop {
    /// Starts it in an environment, with some lines of the file written anew.
    fn start(environment: &str, changes: &[(&str, &str)]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let mut text = String::new();
        for line in read(&SHOP.join(format!("{environment}.env"))).lines() {
            let name = line.split_once('=').map_or("", |(name, _)| name);
            let is_new = name == "PORT" || changes.iter().any(|(new, _)| *new == name);
            if !is_new {
                writeln!(text, "{line}").unwrap();
            }
        }
        writeln!(text, "PORT={port}").unwrap();
        for (name, value) in changes {
            writeln!(text, "{name}={value}").unwrap();
        }
        let file = home.path().join("shop.env");
        std::fs::write(&file, text).unwrap();
        let log = File::create(home.path().join("log")).unwrap();
        let mut guard = Command::new(BINARY);
        guard.args(["exec", "--environment", environment, "--env-file"]).arg(file);
        guard.args(["--", "node", "server.js"]).env_clear().env("PATH", paths());
        guard.current_dir(&*SHOP).stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        Self { child: guard.spawn().unwrap(), port, home }
    }

    /// Starts it, and waits until it is open.
    fn open(environment: &str) -> Self {
        for _ in 0..5 {
            let mut shop = Self::start(environment, &[]);
            if shop.wait(|shop| shop.log().contains("open in ")).is_none() {
                return shop;
            }
            // Somebody else took the port meanwhile.
            assert!(shop.log().contains("EADDRINUSE"), "{}", shop.log());
        }
        panic!("no free port");
    }

    /// Waits until something holds, or for the end, whose code it gives.
    fn wait(&mut self, holds: impl Fn(&Self) -> bool) -> Option<i32> {
        let end = Instant::now() + Duration::from_secs(60);
        while Instant::now() < end {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            if holds(self) {
                return None;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("nothing came of it: {}", self.log());
    }

    fn log(&self) -> String {
        let log = read(&self.home.path().join("log"));
        assert!(!log.contains(&debug_secret()), "the secret is in {log}");
        log
    }

    /// What comes back for a request that is sent as it is written, without its date.
    fn ask(&self, head: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        write!(stream, "{}\r\nConnection: close\r\n\r\n", head.replace('\n', "\r\n")).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.split_inclusive("\r\n").filter(|line| !line.starts_with("Date: ")).collect()
    }

    fn get(&self, path: &str, more: &str) -> String {
        self.ask(&format!("GET {path} HTTP/1.1\nHost: localhost{more}"))
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        // One that has ended cannot be ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn status(answer: &str) -> &str {
    answer.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)).unwrap_or(answer)
}

fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").unwrap().1
}

#[test]
fn the_sandbox_has_debug_endpoints_behind_its_secret() {
    let shop = Shop::open("sandbox");
    let listed = shop.get("/products", "");
    assert_eq!(body(&listed), r#"[{"id":1,"name":"Teapot","cents":3900}]"#, "{listed}");

    let header = format!("\nX-Debug-Secret: {}", debug_secret());
    let absent = shop.get("/api/_trash/environment", "");
    assert_eq!((status(&absent), body(&absent)), ("404", r#"{"error":"nothing here"}"#));
    let path = "/api/_debug/environment";
    let told = shop.get(path, &header);
    assert_eq!(body(&told), r#"{"environment":"sandbox","policy":"shop"}"#, "{told}");
    let below = shop.get("/api/_debug/trash/", &header);
    assert_eq!(below, absent, "an endpoint that does not exist");

    let twice = format!("{header}{header}");
    let longer = format!("{header}x");
    let odd = format!("{header}\u{e9}");
    for header in ["", "\nX-Debug-Secret: guess", "\nX-Debug-Secret:", &twice, &longer, &odd] {
        assert_eq!(shop.get(path, header), absent, "{header}");
    }
    for path in [
        "/api/_DEBUG/environment",
        "/api/%5Fdebug/environment",
        "/api//_debug/environment",
        "/x/../api/_debug/environment",
    ] {
        assert_eq!(shop.get(path, &header), absent, "{path}");
    }
}

#[test]
fn production_has_no_debug_path_to_the_byte() {
    let shop = Shop::open("production");
    let secret = format!("\nX-Debug-Secret: {}", debug_secret());
    for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE"] {
        for header in ["", "\nX-Debug-Secret: guess", &secret] {
            for below in ["", "/", "/environment", "/environment?a=b"] {
                let ask = |root: &str| {
                    let host = "www.shop.example";
                    shop.ask(&format!("{method} /api/{root}{below} HTTP/1.1\nHost: {host}{header}"))
                };
                let hidden = ask("_debug");
                assert_eq!(hidden, ask("_trash"), "{method} {below}");
                assert_eq!(status(&hidden), "404", "{method} {below}");
            }
        }
    }
}

#[test]
fn a_request_for_another_host_is_misdirected() {
    let [sandbox, production] = ["sandbox", "production"].map(Shop::open);
    let table = [
        (&sandbox, "/products", "Host: localhost:8080", "200"),
        (&sandbox, "/products", "Host: SANDBOX.shop.example", "200"),
        (&sandbox, "/products", "Host: www.shop.example", "421"),
        (&sandbox, "/products", "Host: localhost.", "421"),
        (&sandbox, "/products", "Host: a@localhost", "421"),
        (&sandbox, "/products", "Host: localhost\nHost: localhost", "421"),
        (&sandbox, "/products", "Host: localhost\nHost: www.shop.example", "421"),
        (&sandbox, "http://www.shop.example/products", "Host: localhost", "421"),
        (&production, "/products", "Host: www.shop.example", "200"),
        (&production, "/products", "Host: sandbox.shop.example", "421"),
        (&production, "/products", "Host: localhost", "421"),
        (&production, "/products", "Host: nobody.example\nX-Forwarded-Host: shop.example", "421"),
    ];
    for (shop, target, headers, expected) in table {
        let answer = shop.ask(&format!("GET {target} HTTP/1.1\n{headers}"));
        assert_eq!(status(&answer), expected, "{target} {headers}: {answer}");
        assert!(expected == "200" || body(&answer).is_empty(), "{answer}");
    }
}

#[test]
fn it_starts_in_no_environment_that_it_does_not_belong_to() {
    let secret = debug_secret();
    for (environment, change, rule) in [
        ("sandbox", ("PUBLIC_URL", "https://www.shop.example"), "domain-belongs-to-environment"),
        ("sandbox", ("DEBUG_SECRET", ""), "variable-is-set"),
        ("sandbox", ("DEBUG_SECRET", "changeme"), "secret-is-not-placeholder"),
        ("production", ("DEBUG_SECRET", &secret), "variable-is-allowed-here"),
    ] {
        let mut shop = Shop::start(environment, &[change]);
        let code = shop.wait(|_| false);
        assert_eq!(code, Some(78), "{}", shop.log());
        assert!(shop.log().contains(&format!("[{rule}]")), "{rule}: {}", shop.log());
        assert!(!shop.log().contains("open in "), "{}", shop.log());
    }
}

/// Without the guard before it, the service asks for itself.
#[test]
fn without_the_guard_before_it_the_service_does_not_open() {
    let mut node = Command::new("node");
    node.arg("server.js").env_clear().env("PATH", paths()).current_dir(&*SHOP);
    node.envs([("SHOP_ENV", "sandbox"), ("NODE_ENV", "production"), ("PORT", "1")]);
    let done = node.output().unwrap();
    assert!(!done.status.success());
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(said.contains("variable-is-set"), "{said}");
}

/// Where programs are, the guard among them.
fn paths() -> OsString {
    let guard = Path::new(BINARY).parent().unwrap().to_owned();
    let inherited = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(std::iter::once(guard).chain(std::env::split_paths(&inherited))).unwrap()
}

const BINARY: &str = env!("CARGO_BIN_EXE_guard-cli");
