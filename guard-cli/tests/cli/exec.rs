//! `exec`

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;

use crate::guard::{FORMATS, Room, TWO, local, local_file, local_url, password};

/// What `env -0` of the child prints, as lines.
fn lines(stdout: &str) -> Vec<&str> {
    let mut lines: Vec<_> = stdout.split('\0').filter(|line| !line.is_empty()).collect();
    lines.sort_unstable();
    lines
}

#[test]
fn the_child_gets_exactly_the_judged_snapshot() {
    let room = Room::new();
    let url = local_url().replace(":5432", "");
    let ran = room
        .guard(["exec", "--", "/usr/bin/env", "-0"])
        .envs(&local())
        .env("DATABASE_URL", &url)
        .env("EMPTY", "")
        .env("SPACES", "a  b\tc\nd")
        .env("BYTES", OsStr::from_bytes(b"\xff\xfe"))
        .run()
        .ends(0);
    let expected = [
        "BYTES=\u{fffd}\u{fffd}".to_owned(),
        format!("DATABASE_URL={}", local_url()),
        "EMPTY=".to_owned(),
        "KOOMY_ENV=local".to_owned(),
        "NODE_ENV=development".to_owned(),
        "SPACES=a  b\tc\nd".to_owned(),
    ];
    assert_eq!(lines(&ran.stdout), expected, "the canonical URL, and no variable more");
}

#[test]
fn bytes_that_are_no_text_are_handed_on() {
    let room = Room::new();
    let mut command =
        room.guard(["exec", "--", "/usr/bin/printenv", "BYTES"]).envs(&local()).command();
    let output = command.env("BYTES", OsStr::from_bytes(b"\xff\x80x")).output().unwrap();
    assert_eq!(output.stdout, b"\xff\x80x\n");
}

#[test]
fn env_files_replace_the_process_but_for_what_every_program_needs() {
    let room = Room::new().file("e", local_file() + "HOME=/from/file\n");
    let ran = room
        .guard(["exec", "--env-file", "e", "--", "/usr/bin/env", "-0"])
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", "/from/process")
        .env("LC_ALL", "C")
        .env("PGHOST", "elsewhere")
        .env("OTHER", "x")
        .env("NODE_ENV", "production")
        .run()
        .ends(0);
    let expected = [
        format!("DATABASE_URL={}", local_url()),
        "HOME=/from/file".to_owned(),
        "KOOMY_ENV=local".to_owned(),
        "LC_ALL=C".to_owned(),
        "NODE_ENV=development".to_owned(),
        "PATH=/usr/bin:/bin".to_owned(),
    ];
    assert_eq!(lines(&ran.stdout), expected);
}

#[test]
fn what_the_policy_speaks_of_never_comes_from_the_process() {
    let policy = TWO.to_owned() + "[variables.TZ]\nvalues = [\"UTC\"]\n";
    let room = Room::new().file("policy.toml", policy).file("e", "COLOUR=blue\n");
    let ran = room.guard(["exec", "--env-file", "e", "--", "/usr/bin/env", "-0"]);
    let ran = ran.env("TZ", "Elsewhere").env("LANG", "C").run().ends(0);
    assert_eq!(lines(&ran.stdout), ["COLOUR=blue", "LANG=C"]);
}

#[test]
fn no_variable_moves_the_connection() {
    // A policy without a connection asks nothing of them; the child has none.
    let room = Room::new().file("policy.toml", TWO);
    let ran = room.guard(["exec", "--", "/usr/bin/env", "-0"]).env("COLOUR", "blue");
    let ran = ran.env("PGPORT", "1").env("PGOPTIONS", "x").env("PGAPPNAME", "y");
    assert_eq!(lines(&ran.run().ends(0).stdout), ["COLOUR=blue", "PGAPPNAME=y"]);
    let ran = room.guard(["exec", "--", "/usr/bin/true"]).envs(&local()).env("PGHOST", "x");
    ran.env("COLOUR", "red").run().ends(78);
}

#[test]
fn one_line_says_what_was_decided_and_nothing_secret() {
    let room = Room::new();
    let ran = room.guard(["exec", "--", "/usr/bin/true"]).envs(&local()).run().ends(0);
    assert_eq!(ran.stderr.lines().count(), 1, "{ran:?}");
    for part in [
        "permitted",
        "environment=local",
        "policy=koomy",
        "targets=primary:koomy-local",
        "rules=database-belongs",
    ] {
        assert!(ran.stderr.contains(part), "{part} in {ran:?}");
    }
    assert!(!ran.stderr.contains(&password()));
    let ran = room.guard(["exec", "--format", "json", "--", "/usr/bin/true"]).envs(&local()).run();
    let line: serde_json::Value = serde_json::from_str(&ran.ends(0).stderr).unwrap();
    assert_eq!(line["targets"]["primary"], "koomy-local");
}

#[test]
fn before_a_child_there_are_codes_of_our_own() {
    let room = Room::new()
        .file("good", local_file())
        .file("bad", local_file().replace("=local", "=production"))
        .file("torn", "A=\"never closed")
        .file("wrong.toml", "version = 2")
        .file("plain", "no program");
    std::fs::set_permissions(room.at("plain"), PermissionsExt::from_mode(0o644)).unwrap();
    let table: [(&[&str], i32); 13] = [
        (&["--env-file", "good", "--", "/usr/bin/true"], 0),
        (&["--env-file", "good", "--", "/usr/bin/false"], 1),
        (&["--env-file", "bad", "--", "/usr/bin/true"], 78),
        (&["--env-file", "good", "--environment", "sandbox", "--", "/usr/bin/true"], 78),
        (&["--env-file", "torn", "--", "/usr/bin/true"], 75),
        (&["--env-file", "none", "--", "/usr/bin/true"], 75),
        (&["--", "/usr/bin/true"], 75),
        (&["--env-file", "good"], 64),
        (&["--env-file", "good", "--environment", "staging", "--", "/usr/bin/true"], 64),
        (&["--policy", "wrong.toml", "--", "/usr/bin/true"], 64),
        (&["--nonsense", "--", "/usr/bin/true"], 64),
        (&["--env-file", "good", "--", "./plain"], 126),
        (&["--env-file", "good", "--", "no-such-program"], 127),
    ];
    for (args, code) in table {
        for format in FORMATS {
            room.guard(["--format", format, "exec"].iter().chain(args)).run().ends(code);
        }
    }
    room.guard(["exec"]).run().ends(64);
    room.guard(["--format=human", "--color", "never", "exec", "x"]).run().ends(64);
}

#[test]
fn a_refusal_is_told_to_people_on_stderr_and_to_machines_on_stdout() {
    let room = Room::new();
    for format in FORMATS {
        let ran = room.guard(["exec", "--format", format, "--", "/usr/bin/true"]);
        let ran = ran.env("KOOMY_ENV", "nowhere").run().ends(78);
        let (told, silent) =
            if format == "human" { (&ran.stderr, &ran.stdout) } else { (&ran.stdout, &ran.stderr) };
        assert!(told.contains("variable-is-allowed") && silent.is_empty(), "{ran:?}");
    }
}

#[test]
fn exit_codes_and_signals_are_the_childs() {
    let room = Room::new().file("e", local_file());
    for code in [0, 1, 2, 3, 64, 78, 255] {
        let script = format!("exit {code}");
        room.guard(["exec", "--env-file", "e", "--", "/bin/sh", "-c", &script]).run().ends(code);
    }
    for signal in [2, 9, 13, 15] {
        let script = format!("kill -{signal} $$");
        let mut command =
            room.guard(["exec", "--env-file", "e", "--", "/bin/sh", "-c", &script]).command();
        assert_eq!(command.output().unwrap().status.signal(), Some(signal));
    }
}

#[test]
fn there_is_no_process_in_between() {
    let room = Room::new().file("e", local_file());
    let mut command =
        room.guard(["exec", "--env-file", "e", "--", "/bin/sh", "-c", "echo $$"]).command();
    let child = command.stdout(Stdio::piped()).spawn().unwrap();
    let id = child.id().to_string();
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), id);
}

#[test]
fn arguments_are_handed_on_untouched() {
    let room = Room::new().file("e", local_file());
    let args = ["a b", "", "'q'", "\"", "$HOME", "*", "--format", "json", "--", "-h", "\n", "é"];
    let base = ["exec", "--env-file", "e", "--", "/usr/bin/printf", "%s\\0"];
    let ran = room.guard(base.iter().chain(&args)).run().ends(0);
    assert_eq!(ran.stdout, args.map(|arg| format!("{arg}\0")).concat());
}

#[test]
fn the_command_is_looked_up_in_the_childs_path() {
    let room = Room::new().file("tool", "#!/bin/sh\necho from the file\n");
    std::fs::set_permissions(room.at("tool"), PermissionsExt::from_mode(0o755)).unwrap();
    let path = room.path().display().to_string();
    let room = room.file("e", local_file() + &format!("PATH={path}\n"));
    let ran = room.guard(["exec", "--env-file", "e", "--", "tool"]).env("PATH", "/usr/bin").run();
    assert_eq!(ran.ends(0).stdout, "from the file\n");
}

#[test]
fn a_value_that_no_process_can_have_is_refused() {
    let room = Room::new().file("policy.toml", TWO).file("e", "COLOUR=blue\nX=\"a\0b\"\n");
    let ran = room.guard(["exec", "--env-file", "e", "--", "/usr/bin/true"]).run();
    assert!(matches!(ran.code, Some(75 | 78)), "{ran:?}");
}
