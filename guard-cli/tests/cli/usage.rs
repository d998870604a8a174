//! Wrong command lines, which may hold a secret in the wrong place.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use crate::guard::Room;

#[test]
fn what_is_wrong_is_said_without_what_was_typed() {
    let table: [(&[&str], &str); 14] = [
        (&["check", "CANARY"], "argument 2 is not expected"),
        (&["check", "--CANARY"], "argument 2 is not expected"),
        (&["check", "--env-fil=CANARY"], "did you mean `--env-file`"),
        (&["check", "--formt", "CANARY"], "did you mean `--format`"),
        (&["CANARY"], "there is no such command"),
        (&["chekc"], "did you mean `check`"),
        (&["check", "--format", "CANARY"], "it takes `human`"),
        (&["check", "--phase=CANARY"], "it takes `boot`"),
        (&["check", "--color", "CANARY"], "it takes `auto`"),
        (&["check", "--matrix", "CANARY"], "write the name of an environment"),
        (&["check", "--env-file"], "needs a value"),
        (&["target", "CANARY", "CANARY2"], "argument 3 is not expected"),
        (&["policy", "CANARY"], "there is no such command"),
        (&["completions", "CANARY"], "it takes `bash`"),
    ];
    for (args, words) in table {
        let ran = Room::new().guard(args).run().ends(2).says(words);
        assert!(ran.stdout.is_empty() && !ran.stderr.contains("CANARY"), "{ran:?}");
    }
}

#[test]
fn an_argument_that_is_no_text_is_no_panic() {
    let room = Room::new();
    let bytes = OsStr::from_bytes(b"\xff\xfe");
    for command in ["check", "explain", "exec", "init", "man"] {
        let code = if command == "exec" { 64 } else { 2 };
        room.guard([OsStr::new(command), bytes]).run().ends(code);
    }
    room.guard([OsStr::new("target"), bytes]).run().ends(1);
    room.guard([OsStr::new("check"), OsStr::new("--env-file"), bytes]).run().ends(3);
    room.guard([OsStr::new("--policy"), bytes, OsStr::new("check")]).run().ends(2);
    room.guard([bytes]).run().ends(2);
}

#[test]
fn a_command_to_start_stands_after_two_hyphens() {
    let room = Room::new();
    for args in [&["exec", "CANARY", "x"][..], &["--policy", "p", "seed", "CANARY"], &["exec"]] {
        let ran = room.guard(args).run().ends(64).says("write `--` before the command");
        assert!(!ran.stderr.contains("CANARY"), "{ran:?}");
    }
    let ran = room.guard(["exec", "--nonsense", "--", "true"]).run().ends(64);
    assert!(!ran.stderr.contains("write `--`"), "{ran:?}");
}

#[test]
fn a_command_line_without_a_command_is_told_so() {
    for args in [&[][..], &["--policy", "x"], &["--format", "json"], &["policy"], &["sql"]] {
        Room::new().guard(args).run().ends(2).says("no command is given");
    }
}
