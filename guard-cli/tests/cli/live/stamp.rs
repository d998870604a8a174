//! `stamp`

use std::io::{Read, Write};
use std::process::Stdio;

use nix::pty::openpty;
use test_servers::{Cluster, Forwarder};

use crate::guard::FORMATS;

use super::stage::{
    PLAIN_MAIN, PRODUCTION, Stage, as_app, compute, neon_policy, password, plain, plain_policy,
    with_shop,
};

const ROWS: &str = "SELECT count(*) FROM koomy_guard.stamp";

fn stage(cluster: &Cluster) -> Stage {
    let (main, dev) = (PRODUCTION.port(), cluster.port());
    Stage::new(&neon_policy(main, dev), main, dev)
}

fn is_unstamped(cluster: &Cluster) -> bool {
    cluster.sql("shop", "SELECT to_regnamespace('koomy_guard') IS NULL") == "t\n"
}

fn state(stage: &Stage, environment: &str) -> String {
    let document = stage.run(&["identify", "--format", "json"], environment).json();
    document["live"][0]["server"]["stamp"]["state"].as_str().unwrap().to_owned()
}

#[test]
fn a_stamp_is_written_once() {
    let plain = with_shop(plain());
    let policy = plain_policy((PLAIN_MAIN.port(), &PLAIN_MAIN), (plain.port(), &plain));
    let plain_stage = Stage::new(&policy, PLAIN_MAIN.port(), plain.port());
    let neon = compute("dev");
    for (cluster, stage) in [(&neon, stage(&neon)), (&plain, plain_stage)] {
        assert_eq!(state(&stage, "sandbox"), "none");
        let ran = stage.run(&["stamp", "--yes"], "sandbox").ends(0);
        for words in ["`sandbox`", "`shop`", "koomy_guard.stamp"] {
            assert_eq!(ran.stderr.matches(words).count(), 1, "once, and before: {ran:?}");
        }
        assert_eq!(ran.stdout, "written: stamps `dev` as a database of `sandbox`\n");
        assert_eq!(state(&stage, "sandbox"), "stamped");
        assert_eq!(as_app(cluster, ROWS), "1\n");
        let before = as_app(cluster, "SELECT * FROM koomy_guard.stamp");
        let ran = stage.run(&["stamp", "--yes"], "sandbox").ends(0);
        assert!(ran.stdout.contains("nothing is written"), "{ran:?}");
        assert_eq!(as_app(cluster, "SELECT * FROM koomy_guard.stamp"), before);
        let document = stage.run(&["stamp", "--format", "json"], "sandbox").ends(0).json();
        assert_eq!(document["written"], false);
    }
}

#[test]
fn nobody_is_asked_so_nothing_is_written() {
    let cluster = compute("dev");
    let stage = stage(&cluster);
    stage.run(&["stamp"], "sandbox").ends(2).says("--yes");
    stage.guard(&["stamp"], "sandbox").stdin(b"sandbox\n").run().ends(2).says("--yes");
    assert!(is_unstamped(&cluster));
    let document = stage.run(&["stamp", "--yes", "--format", "json"], "sandbox").ends(0).json();
    assert_eq!(document["written"], true);
    assert_eq!(document["outcome"], "permitted");
    for format in ["sarif", "github"] {
        stage.run(&["stamp", "--yes", "--format", format], "sandbox").ends(0);
    }
}

/// Answers the question of `stamp` on a terminal, after `before`.
fn answer(stage: &Stage, text: &str, before: impl FnOnce()) -> (Option<i32>, String) {
    let terminal = openpty(None, None).unwrap();
    let mut command = stage.guard(&["stamp"], "sandbox").command();
    let mut user = std::fs::File::from(terminal.master);
    command.stdin(terminal.slave).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(command);
    let mut stderr = child.stderr.take().unwrap();
    let mut said = Vec::new();
    while !said.ends_with(b"to write it: ") {
        let mut byte = [0];
        stderr.read_exact(&mut byte).unwrap();
        said.extend(byte);
    }
    before();
    user.write_all(text.as_bytes()).unwrap();
    stderr.read_to_end(&mut said).unwrap();
    let mut said = String::from_utf8(said).unwrap();
    child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    (child.wait().unwrap().code(), said)
}

#[test]
fn a_server_that_is_swapped_after_the_question_is_not_stamped() {
    let (dev, main) = (compute("dev"), compute("main"));
    let way = Forwarder::start(dev.port());
    let policy = neon_policy(main.port(), way.port());
    let stage = Stage::new(&policy, main.port(), way.port());
    let (code, said) = answer(&stage, "sandbox\n", || way.lead_to(main.port()));
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("no longer the one that was asked") && !said.contains(&password()),
        "{said}"
    );
    assert!(is_unstamped(&dev) && is_unstamped(&main));
}

#[test]
fn the_name_of_the_environment_is_the_only_yes() {
    let cluster = compute("dev");
    let stage = stage(&cluster);
    for text in ["y\n", "yes\n", "\n", "production\n", "Sandbox\n", "\u{4}"] {
        let (code, said) = answer(&stage, text, || {});
        assert_eq!(code, Some(2), "{text:?} {said}");
        assert!(said.contains("`sandbox`") && is_unstamped(&cluster), "{text:?} {said}");
    }
    let (code, said) = answer(&stage, "sandbox\n", || {});
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(said.matches("koomy_guard.stamp").count(), 1, "told once: {said}");
    assert_eq!(as_app(&cluster, ROWS), "1\n");
}

#[test]
fn a_server_that_the_policy_does_not_mean_is_not_stamped() {
    let cluster = compute("other");
    for options in [&["stamp", "--yes"][..], &["stamp", "--yes", "--adopt-copy", "--reason", "x"]] {
        let ran = stage(&cluster).run(options, "sandbox").ends(1);
        assert!(ran.stdout.contains("database-identity-matches"), "{ran:?}");
        let json: Vec<_> = options.iter().copied().chain(["--format", "json"]).collect();
        let document = stage(&cluster).run(&json, "sandbox").ends(1).json();
        assert_eq!((&document["outcome"], &document["gate"]), (&"refused".into(), &"stamp".into()));
    }
    let tables = compute("dev");
    let stage = stage(&tables);
    as_app(&tables, "CREATE SCHEMA koomy_guard; CREATE TABLE koomy_guard.stamp (env text)");
    is_found(&stage, 3, "undecided", "database-stamp-matches");
    // Whoever made the schema owns it, and another role may not stamp there.
    tables.sql("shop", "DROP SCHEMA koomy_guard CASCADE; CREATE SCHEMA koomy_guard");
    is_found(&stage, 3, "undecided", "database-stamp-matches");
    assert!(is_unstamped(&cluster));
}

/// A refusal of the plan's, or of the server's, has a place and a way out in every
/// format.
#[track_caller]
fn is_found(stage: &Stage, code: i32, outcome: &str, rule: &str) {
    let ran = stage.run(&["stamp", "--yes", "--format", "json"], "sandbox").ends(code);
    let document = ran.json();
    assert_eq!(document["written"], false);
    let finding = &document["findings"][0];
    assert_eq!((&finding["outcome"], &finding["rule"]), (&outcome.into(), &rule.into()));
    assert_eq!(finding["places"][0]["source"], "sandbox.env", "{document}");
    assert_eq!(finding["places"][0]["line"], 2, "{document}");
    assert!(!finding["help"].as_str().unwrap().is_empty(), "{document}");
    for format in FORMATS {
        let ran = stage.run(&["stamp", "--yes", "--format", format], "sandbox").ends(code);
        assert!(ran.stdout.contains(rule), "{format}: {ran:?}");
    }
}

#[test]
fn stamps_at_the_same_time_leave_one_and_say_what_to_do() {
    let cluster = compute("dev");
    let stage = stage(&cluster);
    for _ in 0..3 {
        cluster.sql("shop", "DROP SCHEMA IF EXISTS koomy_guard CASCADE");
        let ran: Vec<_> = std::thread::scope(|scope| {
            let run = || stage.run(&["stamp", "--yes"], "sandbox");
            let running: Vec<_> = (0..6).map(|_| scope.spawn(run)).collect();
            running.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert!(ran.iter().any(|ran| ran.code == Some(0)), "{ran:?}");
        for late in ran.iter().filter(|ran| ran.code != Some(0)) {
            assert_eq!(late.code, Some(3), "{late:?}");
            assert!(late.stdout.contains("help: run this again"), "{late:?}");
        }
        assert_eq!(as_app(&cluster, ROWS), "1\n");
    }
}

#[test]
fn a_reason_and_a_copy_go_together() {
    let cluster = compute("dev");
    let stage = stage(&cluster);
    stage.run(&["stamp", "--yes", "--adopt-copy"], "sandbox").ends(2).says("--reason");
    stage.run(&["stamp", "--yes", "--reason", "x"], "sandbox").ends(2).says("--adopt-copy");
    assert!(is_unstamped(&cluster));
}
