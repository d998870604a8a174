//! `selftest`

use crate::guard::Room;

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

#[test]
fn a_broken_policy_is_misuse() {
    let room = Room::new().file("policy.toml", "version = 1\n");
    room.guard(["selftest"]).run().ends(2);
}
