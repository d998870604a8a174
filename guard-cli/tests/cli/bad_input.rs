//! Files and streams that are not what one would wish for.

use std::fs::File;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use crate::guard::{FORMATS, Room, TWO, local, local_file};

/// One file of every bad sort, under the name of the sort.
fn bad_files() -> Room {
    let room = Room::new()
        .file("binary", [0_u8, 159, 146, 150, 255, 10, 0])
        .file("sealed", "A=1\n")
        .file("huge", "");
    std::fs::create_dir(room.at("directory")).unwrap();
    std::os::unix::fs::symlink("nowhere", room.at("dangling")).unwrap();
    std::os::unix::fs::symlink("loop", room.at("loop")).unwrap();
    let huge = File::options().write(true).open(room.at("huge")).unwrap();
    huge.set_len(100 * 1024 * 1024).unwrap();
    std::fs::set_permissions(room.at("sealed"), PermissionsExt::from_mode(0o000)).unwrap();
    let pipe = Command::new("mkfifo").arg(room.at("pipe")).status().unwrap();
    assert!(pipe.success());
    room
}

const SORTS: &[&str] =
    &["missing", "directory", "binary", "huge", "dangling", "loop", "pipe", "under/a/file", ""];

#[test]
fn a_bad_env_file_is_undecided_in_every_format() {
    let room = bad_files();
    for sort in SORTS {
        for format in FORMATS {
            let file = format!("--env-file={sort}");
            let code = if sort.is_empty() { 2 } else { 3 };
            room.guard(["check", &file, "--format", format]).run().ends(code);
        }
    }
}

#[test]
fn a_bad_policy_is_misuse_in_every_format() {
    let room = bad_files();
    for sort in SORTS {
        for format in FORMATS {
            let policy = format!("--policy={sort}");
            let args = ["check", &policy, "--format", format];
            let ran = room.guard(args).envs(&local()).run().ends(2);
            assert!(!(ran.stdout.is_empty() && ran.stderr.is_empty()), "{ran:?}");
        }
    }
}

#[test]
fn a_file_without_permission_is_like_any_other_that_cannot_be_read() {
    let room = bad_files();
    let root = File::open(room.at("sealed")).is_ok();
    let (env, policy) =
        (room.guard(["check", "--env-file=sealed"]), room.guard(["check", "--policy=sealed"]));
    env.run().ends(if root { 1 } else { 3 });
    policy.run().ends(2);
}

#[test]
fn half_a_policy_is_misuse_wherever_it_is_cut() {
    for end in (1..TWO.len()).filter(|end| *end < TWO.trim_end().len()) {
        let half = TWO.get(..end).unwrap();
        let room = Room::new().file("policy.toml", half);
        let ran = room.guard(["policy", "check"]).run();
        // Cut between two tables, what is left may be a policy.
        assert!(matches!(ran.code, Some(0 | 2)), "{end}: {ran:?}");
    }
    let room = Room::new().file("policy.toml", TWO.get(..TWO.len() / 2).unwrap());
    room.guard(["check"]).env("COLOUR", "blue").run().ends(2);
}

#[test]
fn half_an_env_file_permits_nothing_that_the_whole_would_not() {
    let whole = local_file();
    for end in 0..whole.len() {
        let room = Room::new().file("e", whole.get(..end).unwrap());
        let ran = room.guard(["check", "--env-file", "e"]).run();
        // Without the URL nothing is left that must be there.
        let fine = if whole.get(..end).unwrap().ends_with("koomy_local") { 0..=0 } else { 1..=3 };
        assert!(ran.code.is_some_and(|code| fine.contains(&code)), "{end}: {ran:?}");
    }
}

#[test]
fn a_reader_that_went_away_changes_no_decision() {
    let room = Room::new().file("good", local_file()).file("bad", "KOOMY_ENV=x\n");
    let table: [(&[&str], i32); 6] = [
        (&["check", "--env-file", "good"], 0),
        (&["check", "--env-file", "bad"], 1),
        (&["check", "--env-file", "none"], 3),
        (&["policy", "check"], 0),
        (&["selftest"], 0),
        (&["--help"], 0),
    ];
    for (args, code) in table {
        for format in FORMATS {
            let (reader, writer) = std::io::pipe().unwrap();
            drop(reader);
            let mut command = room.guard(["--format", format].iter().chain(args)).command();
            let output = command.stdout(writer).stderr(Stdio::piped()).output().unwrap();
            assert_eq!(output.status.code(), Some(code), "{output:?}");
            assert!(!String::from_utf8_lossy(&output.stderr).contains("panicked"), "{output:?}");
        }
    }
}

#[test]
fn a_report_that_cannot_be_written_is_not_good_news() {
    let room = Room::new().file("good", local_file()).file("bad", "KOOMY_ENV=x\n");
    for (file, code) in [("good", 3), ("bad", 1)] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let args = ["check", "--env-file", file, "--format", "json"];
        let output = room.guard(args).command().stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{output:?}");
    }
}

#[test]
fn closed_streams_are_no_panic() {
    let room = Room::new().file("e", local_file());
    let script = r#""$0" check --env-file e >&- 2>&- <&-"#;
    let binary = env!("CARGO_BIN_EXE_guard-cli");
    let mut shell = Command::new("/bin/sh");
    let status = shell.args(["-c", script, binary]).current_dir(room.path()).status().unwrap();
    assert_eq!(status.code(), Some(0));
}

#[test]
fn a_terminal_is_optional_and_colours_are_asked_for() {
    let room = Room::new();
    let colours = |args: &[&str]| {
        let ran = room.guard(["check"].iter().chain(args)).env("KOOMY_ENV", "x");
        ran.env("NO_COLOR", "1").run().ends(1).stdout.contains('\u{1b}')
    };
    assert!(!colours(&[]));
    assert!(!colours(&["--color", "never"]));
    assert!(!colours(&["--color", "always", "--format", "json"]));
}

#[test]
fn a_directory_that_is_gone_is_no_panic() {
    let room = Room::new();
    let gone = room.at("gone");
    std::fs::create_dir(&gone).unwrap();
    let script = r#"cd gone && rmdir ../gone && exec "$0" check"#;
    let mut shell = Command::new("/bin/sh");
    let shell = shell.args(["-c", script, env!("CARGO_BIN_EXE_guard-cli")]).env_clear();
    let output = shell.envs(local()).env("PWD", gone).current_dir(room.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}
