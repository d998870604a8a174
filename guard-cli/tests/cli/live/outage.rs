//! Servers that cannot be asked: nothing is decided, and soon.

use std::time::Duration;

use test_servers::{Forwarder, Garbage, Refusing, Silent};

use super::stage::{DEVELOPMENT, PRODUCTION, Stage, neon_policy, password, url};
use crate::guard::FORMATS;

/// A stage whose sandbox is at a port.
fn stage(port: u16) -> Stage {
    let main = PRODUCTION.port();
    Stage::new(&neon_policy(main, port), main, port)
}

/// Undecided in every format and by every command, within the time-out.
fn leaves_undecided(stage: &Stage) {
    let file = ["--env-file", "sandbox.env"];
    for format in FORMATS {
        let args = ["check", "--live", "--timeout", "1", "--format", format];
        let ran = stage.run(&args, "sandbox").ends(3);
        assert!(ran.took < LONGEST, "{format}: {ran:?}");
        assert!(ran.stdout.contains("database-identity-matches"), "{ran:?}");
    }
    let ran = stage.run(&["identify", "--timeout", "1"], "sandbox").ends(3);
    assert!(ran.stdout.contains("undecided[database-identity-matches]"), "{ran:?}");
    stage.run(&["stamp", "--yes", "--timeout", "1"], "sandbox").ends(3);
    for command in [&["exec", "--live"][..], &["seed"]] {
        let child = ["--timeout", "1", "--", "/usr/bin/true"];
        let args = command.iter().chain(&file).chain(&child);
        stage.room().guard(args).run().keeps_secrets().ends(75);
    }
}

#[test]
fn nobody_listens() {
    let nobody = Refusing::start();
    leaves_undecided(&stage(nobody.port()));
}

#[test]
fn a_server_that_accepts_and_says_nothing() {
    let silent = Silent::start();
    leaves_undecided(&stage(silent.port()));
}

#[test]
fn a_server_that_talks_nonsense() {
    for garbage in [Garbage::start(), Garbage::after(b"S"), Garbage::after(b"N")] {
        leaves_undecided(&stage(garbage.port()));
    }
}

#[test]
fn a_server_that_goes_away_in_the_middle() {
    let tunnel = Forwarder::start(DEVELOPMENT.port());
    let stage = stage(tunnel.port());
    stage.check("sandbox").ends(0);
    for bytes in [0, 1, 200, 1200] {
        tunnel.cut_after(bytes);
        leaves_undecided(&stage);
    }
}

#[test]
fn a_server_that_stops_talking_in_the_middle() {
    let tunnel = Forwarder::start(DEVELOPMENT.port());
    let stage = stage(tunnel.port());
    for bytes in [1, 200, 1200] {
        tunnel.stall_after(bytes);
        leaves_undecided(&stage);
    }
}

#[test]
fn a_wrong_password() {
    let port = DEVELOPMENT.port();
    let wrong = ["wr0ng", "Passw0rd", "kAnArY"].concat();
    let main = PRODUCTION.port();
    let url = url(port).replace(&password(), &wrong);
    let stage = Stage::leading(&neon_policy(main, port), &super::stage::url(main), &url);
    leaves_undecided(&stage);
    for format in FORMATS {
        let ran = stage.run(&["check", "--live", "--format", format], "sandbox");
        assert!(!ran.stdout.contains(&wrong) && !ran.stderr.contains(&wrong), "{ran:?}");
        assert!(ran.stdout.contains("password"), "{ran:?}");
    }
}

#[test]
fn a_database_that_is_not_there() {
    let (main, dev) = (PRODUCTION.port(), DEVELOPMENT.port());
    let missing = |text: &str| text.replace("\"shop\"", "\"gone\"");
    let url = url(dev).replace("/shop?", "/gone?");
    let stage = Stage::leading(&missing(&neon_policy(main, dev)), &super::stage::url(main), &url);
    leaves_undecided(&stage);
    stage.cannot_decide("sandbox", "no database of that name");
}

#[test]
fn a_timeout_is_within_bounds_and_for_live_commands_alone() {
    let stage = stage(DEVELOPMENT.port());
    for (seconds, words) in [("0", BOUNDS), ("61", BOUNDS), ("x", BOUNDS), ("-1", ""), ("", BOUNDS)]
    {
        let ran = stage.run(&["check", "--live", "--timeout", seconds], "sandbox").ends(2);
        ran.says(words);
        let args = ["seed", "--env-file", "sandbox.env", "--timeout", seconds, "--", "true"];
        stage.room().guard(args).run().ends(64);
    }
    stage.run(&["check", "--timeout", "1"], "sandbox").ends(2).says("--live");
    stage.run(&["check", "--live", "--timeout", "60"], "sandbox").ends(0);
}

/// One second for a connection, a few for the attempts at one that cannot be
/// reached, and room for a busy machine.
const LONGEST: Duration = Duration::from_secs(12);

const BOUNDS: &str = "give whole seconds, from 1 to 60";
