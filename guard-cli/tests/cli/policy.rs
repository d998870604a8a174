//! `policy`

use std::process::Command;

use crate::guard::{FORMATS, Room, TWO};

#[test]
fn check_reports_every_problem_at_once() {
    let wrong = TWO.replace("synthetic", "synthetik").replace("name =", "nam =");
    let room = Room::new().file("policy.toml", &wrong);
    for format in FORMATS {
        room.guard(["policy", "check", "--format", format]).run().ends(2);
    }
    let ran = room.guard(["policy", "check"]).run().ends(2);
    for words in ["nam", "synthetik", "did you mean"] {
        assert!(ran.stdout.contains(words), "{words} in {ran:?}");
    }
}

#[test]
fn check_of_a_good_policy_is_one_line() {
    let room = Room::new().file("policy.toml", TWO);
    for format in FORMATS {
        room.guard(["policy", "check", "--format", format]).run().ends(0);
    }
    assert_eq!(room.guard(["policy", "check"]).run().ends(0).stdout.lines().count(), 1);
    Room::new().guard(["policy", "check"]).run().ends(0);
}

#[test]
fn show_fills_in_the_defaults() {
    let room = Room::new().file("policy.toml", TWO);
    let ran = room.guard(["policy", "show"]).run().ends(0);
    assert!(ran.stdout.contains("[environments.blue]") && ran.stdout.contains("min_bits"));
    let document = room.guard(["policy", "show", "--format", "json"]).run().ends(0).json();
    assert_eq!(document["variables"]["SHARED_TOKEN"]["kind"][0], "random");
    room.guard(["policy", "show", "--format", "sarif"]).run().ends(2).says("no `sarif` form");
}

#[test]
fn schema_is_one_document() {
    let document = Room::new().guard(["policy", "schema"]).run().ends(0).json();
    assert_eq!(document["$schema"], "http://json-schema.org/draft-07/schema#");
}

/// A repository with `TWO` in its first commit.
fn repository() -> Room {
    let room = Room::new().file("policy.toml", TWO);
    for args in [
        &["init", "-q"][..],
        &["add", "policy.toml"],
        &["-c", "user.name=t", "-c", "user.email=t@t.invalid", "commit", "-qm", "one"],
    ] {
        let git = Command::new("git").args(args).current_dir(room.path()).status().unwrap();
        assert!(git.success());
    }
    room
}

#[test]
fn diff_tells_looser_from_stricter() {
    let tighter = TWO.to_owned() + "min_bits = 128\n";
    let looser = TWO.replace("\n[environments.green]", "\nseed = true\n[environments.green]");
    let table =
        [(TWO.to_owned(), 0, None), (tighter, 0, Some("stricter")), (looser, 1, Some("looser"))];
    for (text, code, direction) in table {
        let room = repository().file("policy.toml", text);
        let ran = room.guard(["policy", "diff"]).env("PATH", PATH).run().ends(code);
        let expected = direction.unwrap_or("nothing got looser");
        assert!(ran.stdout.starts_with(expected), "{ran:?}");
        let document = room.guard(["policy", "diff", "--format", "json"]).env("PATH", PATH);
        let document = document.run().ends(code).json();
        let found = document["changes"][0]["direction"].as_str();
        assert_eq!(found, direction);
    }
}

#[test]
fn code_hosts_are_told_what_got_looser() {
    let looser = TWO.replace("\n[environments.green]", "\nseed = true\n[environments.green]");
    let gone = TWO.replace("[variables.SHARED_TOKEN]\nis = \"secret\"\n", "");
    let table = [(TWO, 0, 0), (&looser, 1, 1), (&gone, 0, 0)];
    for (text, code, results) in table {
        let room = repository().file("policy.toml", text);
        let ran = |format| {
            let ran = room.guard(["policy", "diff", "--format", format]).env("PATH", PATH);
            ran.run().ends(code)
        };
        let run = &ran("sarif").json()["runs"][0];
        assert_eq!(run["results"].as_array().unwrap().len(), results, "{run}");
        let lines = ran("github").stdout;
        assert_eq!(lines.matches("::error").count(), results, "{lines}");
        assert!(!lines.contains("file=HEAD"), "{lines}");
        if code == 1 {
            assert!(
                lines.contains("::error title=refused[policy],file=policy.toml,line="),
                "{lines}"
            );
            let place = &run["results"][0]["locations"][0]["physicalLocation"];
            assert_eq!(place["artifactLocation"]["uri"], "policy.toml");
        } else {
            assert!(lines.starts_with("::notice::"), "{lines}");
        }
    }
}

#[test]
fn diff_finds_the_file_from_elsewhere() {
    let room = repository();
    let elsewhere = Room::new();
    let path = room.at("policy.toml");
    let args = ["policy", "diff", "--policy", path.to_str().unwrap()];
    elsewhere.guard(args).env("PATH", PATH).run().ends(0);
}

#[test]
fn diff_without_an_old_policy_is_undecided() {
    let room = repository().file("other.toml", TWO);
    let table: [(&[&str], i32); 6] = [
        (&["--since", "HEAD"], 0),
        (&["--since", "no-such-revision"], 3),
        (&["--policy", "other.toml"], 3),
        (&["--since=--output=x"], 2),
        (&["--since", "HEAD:policy.toml"], 2),
        (&["--policy", "none.toml"], 2),
    ];
    for (args, code) in table {
        room.guard(["policy", "diff"].iter().chain(args)).env("PATH", PATH).run().ends(code);
    }
    let alone = Room::new().file("policy.toml", TWO);
    alone.guard(["policy", "diff"]).env("PATH", PATH).run().ends(3);
    alone.guard(["policy", "diff"]).env("PATH", "/nowhere").run().ends(3).says("cannot run git");
    Room::new().guard(["policy", "diff"]).env("PATH", PATH).run().ends(2).says("built-in");
    room.file("policy.toml", "version = 2")
        .guard(["policy", "diff"])
        .env("PATH", PATH)
        .run()
        .ends(2);
}

const PATH: &str = "/usr/local/bin:/usr/bin:/bin";
