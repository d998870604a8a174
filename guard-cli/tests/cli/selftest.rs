//! `selftest`

use koomy_guard::rules::RULES;
use serde_json::json;

use crate::guard::{FORMATS, Room};

const IMPOSSIBLE: &str = "version = 1\nname = \"n\"\n\
    [environments.only]\ndata = \"real\"\ndatabases = [\"db\"]\n\
    [databases.db]\nhosts = [\"db.example.net\"]\ndatabase = \"d\"\n\
    [connections.c]\nhost = \"H\"\ndatabase = \"D\"\nuser = \"U\"\n\
    [variables.ENV]\nis = \"environment\"\n";

#[test]
fn the_built_in_policy_is_proved() {
    let room = Room::new();
    let ran = room.guard(["selftest"]).run().ends(0);
    let last = ran.stdout.lines().last().unwrap();
    assert!(last.ends_with("0 were silent, 0 had nothing to violate"), "{last}");
    let document = room.guard(["selftest", "--format", "json"]).run().ends(0).json();
    assert_eq!(document["outcome"], "permitted");
    assert_eq!(document["policy"]["source"], "built-in");
    for rule in document["rules"].as_array().unwrap() {
        assert_eq!(rule["proof"], "refused", "{rule}");
    }
}

#[test]
fn what_nothing_satisfies_is_undecided() {
    let room = Room::new().file("policy.toml", IMPOSSIBLE);
    let ran = room.guard(["selftest"]).run().ends(3);
    assert!(ran.stdout.contains("no variables satisfy only:\n  database-connection-is-encrypted"));
    let document = room.guard(["--format", "json", "selftest"]).run().ends(3).json();
    assert_eq!(document["outcome"], "undecided");
    assert_eq!(document["impossible"][0]["environment"], "only");
}

/// The forms for code hosts say the same.
#[test]
fn every_format_ends_alike() {
    let room = Room::new().file("policy.toml", IMPOSSIBLE);
    let sarif = room.guard(["selftest", "--format", "sarif"]).run().ends(3).json();
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "database-connection-is-encrypted");
    let text = result["message"]["text"].as_str().unwrap();
    assert!(text.starts_with("no variables satisfy `only`: "), "{text}");
    let github = room.guard(["selftest", "--format", "github"]).run().ends(3).stdout;
    assert!(
        github.starts_with(
            "::error title=undecided[database-connection-is-encrypted],file=policy.toml,line=3"
        ),
        "{github}"
    );
    let good = Room::new();
    for format in FORMATS {
        good.guard(["selftest", "--format", format]).run().ends(0);
    }
}

#[test]
fn every_rule_is_accounted_for() {
    let room = Room::new();
    let table = room.guard(["selftest"]).run().ends(0).stdout;
    let document = room.guard(["selftest", "--format", "json"]).run().ends(0).json();
    for rule in RULES {
        assert!(table.lines().any(|line| line.split(' ').next() == Some(rule.id)), "{table}");
    }
    assert_eq!(document["not_asked"], json!(["debug-is-allowed-here", "response-has-no-secret"]));
    assert!(table.contains("debug-is-allowed-here              not asked of variables"), "{table}");
}

#[test]
fn a_broken_policy_is_misuse() {
    let room = Room::new().file("policy.toml", "version = 1\n");
    room.guard(["selftest"]).run().ends(2);
}
