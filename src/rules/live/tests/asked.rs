//! Servers that were not asked, and what points where.

use super::*;
use crate::facts::{Cause, Causes, Facts, Live, Observed};
use crate::policy::Phase;
use crate::rules::testing::seen;

/// Without a pinned identifier in the policy, none is needed.
#[test]
fn who_need_not_say_may_be_silent() {
    let text = POLICY.replace("system_identifier = '7000'", "");
    let here = url("localhost/koomy");
    let given = [("E", "sandbox"), ("DATABASE_URL", &*here)];
    let ask = Ask::by(&RULE, &text);
    assert_eq!(ask.says_of(&ask.told(&given, no_cluster)), "");
}

#[test]
fn a_server_that_must_be_asked_and_was_not_is_undecided() {
    let here = url("localhost/koomy");
    let other = url("localhost/koomy").replace("postgresql", "mysql");
    let said = "undecided DATABASE_URL: the server behind `DATABASE_URL` was not asked who it \
        is; ask it (`boot_live`, or `--live` on the command line); no server is asked while its \
        address is refused\n  \
        cause: <assumed environment> (here)";
    let seed = said.replace(
        "ask it (`boot_live`, or `--live` on the command line); no server is asked while its \
         address is refused",
        "a seed asks it once every other finding is resolved",
    );
    let decided = "\n  decided-by: true (its servers must be asked)";
    let table = [
        ("sandbox", Gate::Boot, Live::NotAsked, String::new()),
        ("sandbox", Gate::Boot, Live::Asked(Vec::new()), said.to_owned()),
        ("sandbox", Gate::Seed, Live::NotAsked, seed.clone()),
        ("sandbox", Gate::Seed, Live::Asked(Vec::new()), seed.clone()),
        ("strict", Gate::Boot, Live::NotAsked, format!("{said}{decided}")),
        ("strict", Gate::Boot, Live::Asked(Vec::new()), format!("{said}{decided}")),
        ("strict", Gate::Seed, Live::NotAsked, seed.clone()),
    ];
    for (environment, gate, live, said) in table {
        let given = [("E", environment), ("DATABASE_URL", &*here)];
        let facts = Facts { live: live.clone(), ..seen(&given) };
        assert_eq!(ask(&RULE, gate).in_full_of(&facts), said, "{environment} {gate:?} {live:?}");
        let unset = Facts { live, ..seen(&[("E", environment)]) };
        assert_eq!(ask(&RULE, gate).says_of(&unset), "", "nowhere to ask");
    }
    // A job that checks a policy has no server to ask; one that was asked is heard.
    for phase in Phase::ALL {
        let given = [("E", "strict"), ("DATABASE_URL", &*here)];
        for live in [Live::NotAsked, Live::Asked(Vec::new())] {
            let needs_none = !phase.has_servers() && matches!(live, Live::NotAsked);
            let facts = Facts { live, phase, ..seen(&given) };
            let found = ask(&RULE, Gate::Boot).says_of(&facts);
            assert_eq!(found.is_empty(), needs_none, "{phase:?}: {found}");
            assert!(!ask(&RULE, Gate::Seed).says_of(&facts).is_empty(), "{phase:?}");
        }
    }
    // One that was asked does not speak for another.
    let given = [("E", "sandbox"), ("DATABASE_URL", &*here), ("MYSQL_URL", &*other)];
    let ask = ask(&RULE, Gate::Boot);
    let mut facts = ask.told(&given, |_| ());
    let Live::Asked(answers) = &mut facts.live else { panic!("nothing was asked") };
    answers.retain(|answer| answer.connection == "primary");
    assert_eq!(ask.says_of(&facts), "the server behind `MYSQL_URL` was not asked who it is");
}

#[test]
fn what_could_not_be_asked_is_told_once_with_every_cause() {
    let here = url("localhost/koomy");
    let given = [("E", "sandbox"), ("DATABASE_URL", &*here)];
    let cause = |message: &str| Cause {
        message: message.to_owned(),
        help: "start it".to_owned(),
        place: crate::source::Place::whole(&crate::source::Source::named("a place")),
    };
    let causes = Causes { first: cause("no answer"), rest: vec![cause("no name")] };
    let table = [
        (
            Observed::Unreadable(causes),
            "undecided DATABASE_URL: no answer; start it\n  cause: <a place> (here)\n\
             undecided DATABASE_URL: no name; start it\n  cause: <a place> (here)",
        ),
        (
            Observed::Absent,
            "undecided DATABASE_URL: the server behind `DATABASE_URL` did not say who it is; \
             check that it runs, and ask again\n  cause: <assumed environment> (here)",
        ),
    ];
    for (answer, said) in table {
        for gate in GATES {
            let mut facts = ask(&RULE, gate).told(&given, |_| ());
            let Live::Asked(answers) = &mut facts.live else { panic!("nothing was asked") };
            answers[0].identity = answer.clone();
            assert_eq!(ask(&RULE, gate).in_full_of(&facts), said);
        }
    }
}

#[test]
fn points_at_the_pin_and_shows_the_way_out() {
    let play = url("ep-play-2.eu.aws.neon.tech/koomy");
    let vault = url("vault.koomy.app/koomy");
    let help = "point `DATABASE_URL` at `play`, or correct what the policy says about it; \
        `guard-cli identify` shows what the server reports";
    let head = "refused DATABASE_URL: `DATABASE_URL` leads to `play`, but the server there";
    let here = "\n  cause: <assumed environment> (here)\n  decided-by:";
    let table: [(&str, &str, Change, String); 6] = [
        (
            "sandbox",
            &play,
            |it| neon(it).branch = Some("x`\n".to_owned()),
            format!(
                "{head} reports the branch `x\\u{{60}}\\n`; {help}{here} 'br-play' (what it should be)"
            ),
        ),
        (
            "sandbox",
            &play,
            |it| neon(it).project = Some("p2".to_owned()),
            format!("{head} reports the project `p2`; {help}{here} 'p1' (what it should be)"),
        ),
        (
            "sandbox",
            &play,
            |it| neon(it).endpoint = Some("e".to_owned()),
            format!(
                "{head} reports the endpoint `e`; {help}{here} 'ep-play-2.eu.aws.neon.tech' (what it should be)"
            ),
        ),
        (
            "sandbox",
            &play,
            |it| it.database = "x".to_owned(),
            format!("{head} reports the database `x`; {help}{here} 'koomy' (what it should be)"),
        ),
        (
            "sandbox",
            &play,
            |it| *rows(it) = None,
            format!(
                "{head} is not a Neon server; {help}{here} play (the database that it should be)"
            ),
        ),
        (
            "production",
            &vault,
            no_cluster,
            format!(
                "undecided DATABASE_URL: `DATABASE_URL` leads to `vault`, but the server there does not report its system identifier; grant its role `EXECUTE` on `pg_catalog.pg_control_system()`{here} '7000' (a pinned system identifier)"
            ),
        ),
    ];
    for (environment, url, change, said) in table {
        let ask = ask(&RULE, Gate::Boot);
        let facts = ask.told(&[("E", environment), ("DATABASE_URL", url)], change);
        assert_eq!(ask.in_full_of(&facts), said);
    }
}
