//! What is secret is in no output of any live command, whatever happens, and in
//! no list of processes.

use std::thread;

use test_servers::{Cluster, Garbage, Refusing, Tls};

use super::stage::{
    AUTHORITY, DEVELOPMENT, PRODUCTION, Stage, certified, compute, neon_policy, plain, url,
    with_shop,
};
use crate::guard::FORMATS;

/// Not one of its pieces may be printed either.
const CANARY: &str = "kAnArY";

const COMMANDS: &[&[&str]] = &[
    &["check", "--live", "--timeout", "1"],
    &["check", "--matrix", "sandbox=sandbox.env", "production=sandbox.env", "--live"],
    &["exec", "--live", "--timeout", "1", "--env-file", "sandbox.env", "--", "/usr/bin/true"],
    &["seed", "--timeout", "1", "--env-file", "sandbox.env", "--", "/usr/bin/true"],
    &["identify", "--timeout", "1"],
    &["stamp", "--yes", "--timeout", "1"],
    &["stamp", "--yes", "--adopt-copy", "--reason", "a reason", "--timeout", "1"],
    &["sql", "assert"],
];

/// A stage whose sandbox leads to a port with these credentials, beside other
/// secrets.
fn stage(port: u16, user: &str, password: &str) -> Stage {
    let main = PRODUCTION.port();
    let policy = neon_policy(main, port) + "[variables.API_TOKEN]\nis = \"secret\"\n";
    let url = format!("postgresql://{user}:{password}@localhost:{port}/shop?sslmode=verify-full");
    let stage = Stage::leading(&policy, &super::stage::url(main), &url);
    let token = format!("{CANARY}{}", ["8fK2wq", "Lz0Xv7", "TnB4rD"].concat());
    let env = stage.room().text("sandbox.env") + &format!("API_TOKEN={token}\n");
    std::fs::write(stage.room().at("sandbox.env"), env).unwrap();
    stage
}

/// Every command in every format, all at the same time.
fn is_clean(stage: &Stage) {
    thread::scope(|scope| {
        for format in FORMATS {
            for command in COMMANDS {
                scope.spawn(move || prints_no_canary(stage, format, command));
            }
        }
    });
}

fn prints_no_canary(stage: &Stage, format: &str, command: &[&str]) {
    let takes_files = !command.iter().any(|word| word.contains("sandbox"));
    let files = if takes_files { &["--env-file", "sandbox.env"][..] } else { &[] };
    // Before the command, so that it is none of the child's.
    let before = ["--format", format];
    let ran = stage.room().guard(before.iter().chain(command).chain(files)).run();
    let printed = format!("{}{}", ran.stdout, ran.stderr);
    assert!(!printed.contains("panicked"), "{command:?} {printed}");
    let lower = printed.to_ascii_lowercase();
    assert!(!lower.contains(&CANARY.to_ascii_lowercase()), "{command:?}: {printed}");
}

fn secret() -> String {
    format!("{CANARY}{}", ["4Gh7Jq", "Wm2Zx9"].concat())
}

#[test]
fn where_everything_is_well() {
    let cluster = compute("dev");
    cluster.sql("shop", &format!("ALTER ROLE app PASSWORD '{}'", secret()));
    let stage = stage(cluster.port(), "app", &secret());
    is_clean(&stage);
    stage.check("sandbox").ends(0);
}

#[test]
fn where_the_user_and_the_password_are_wrong() {
    for user in ["app", &format!("{CANARY}user")] {
        is_clean(&stage(DEVELOPMENT.port(), user, &secret()));
    }
}

#[test]
fn where_there_is_no_connection() {
    let nobody = Refusing::start();
    is_clean(&stage(nobody.port(), "app", &secret()));
    for garbage in [Garbage::start(), Garbage::after(b"S"), Garbage::after(b"N")] {
        is_clean(&stage(garbage.port(), "app", &secret()));
    }
}

#[test]
fn where_encryption_fails() {
    let expired = Cluster::builder().certificate(AUTHORITY.issue_expired(&["localhost"]));
    for builder in [expired, certified().tls(Tls::Off)] {
        is_clean(&stage(with_shop(builder.start()).port(), "app", &secret()));
    }
}

#[test]
fn where_the_server_is_another() {
    let cluster = with_shop(plain());
    cluster.sql("shop", &format!("ALTER ROLE app PASSWORD '{}'", secret()));
    is_clean(&stage(cluster.port(), "app", &secret()));
}

#[test]
fn in_a_list_of_processes() {
    let stage = Stage::new(&neon_policy(1, DEVELOPMENT.port()), 1, DEVELOPMENT.port());
    let secret = super::stage::password();
    let script = "for it in /proc/[0-9]*/cmdline; do tr '\\0' ' ' < $it; echo; done 2>/dev/null";
    for command in [&["exec", "--live"][..], &["seed"]] {
        let rest = ["--env-file", "sandbox.env", "--", "/bin/sh", "-c", script];
        let guard = stage.room().guard(command.iter().chain(&rest)).env("PATH", "/usr/bin:/bin");
        let ran = guard.run().ends(0);
        assert!(ran.stdout.contains("cmdline") && !ran.stdout.contains(&secret), "{ran:?}");
    }
    assert!(url(1).contains(&secret));
}
