//! Databases that are Neon's.

use super::*;

const MAIN: &str = "ep-main-1.eu.aws.neon.tech/koomy";
const PLAY: &str = "ep-play-2-pooler.eu.aws.neon.tech/koomy";
const BARE: &str = "ep-bare-3.eu.aws.neon.tech/koomy";
const SECOND: &str = "ep-main-1.eu.aws.neon.tech/second";
const BRIDGE: &str = "bridge/koomy";

const NO_NEON: &str = "it is not a Neon server";
const IS_MAIN: &str =
    "it reports the branch `br-main`, which is `main`, a database of `production`";
const IS_PLAY: &str = "it reports the branch `br-play`, which is `play`, a database of `sandbox`";
const IS_NEW: &str = "it reports the branch `br-new`";
const UNPINNED: &str = "it reports the branch `1`; none is pinned";
const UNPINNED_IS_MAIN: &str =
    "it reports the branch `br-main`, which is `main`, a database of `production`; none is pinned";
const OF_RDS: &str =
    "behind `ep-play-2.eu.aws.neon.tech` is a server of rds, recognised by `a trace`";

fn says(part: fn(&mut Neon) -> &mut Option<String>, identity: &mut Identity, id: &str) {
    *part(neon(identity)) = Some(id.to_owned()).filter(|id| !id.is_empty());
}

fn project(identity: &mut Identity, id: &str) {
    says(|neon| &mut neon.project, identity, id);
}

fn branch(identity: &mut Identity, id: &str) {
    says(|neon| &mut neon.branch, identity, id);
}

fn endpoint(identity: &mut Identity, id: &str) {
    says(|neon| &mut neon.endpoint, identity, id);
}

#[test]
fn what_is_as_pinned_is_permitted() {
    hold(&[
        ("production", MAIN, |_| (), NONE, ""),
        ("sandbox", PLAY, |_| (), NONE, ""),
        ("sandbox", BRIDGE, |_| (), NONE, ""),
        ("sandbox", BRIDGE, |it| endpoint(it, "ep-x-9"), NONE, ""), // none is pinned
        ("sandbox", PLAY, |it| neon(it).timeline = Some("t".to_owned()), NONE, ""),
        ("sandbox", PLAY, |it| trace(it, "neon"), NONE, ""),
    ]);
}

#[test]
fn a_server_that_does_not_say_all_is_refused() {
    hold(&[
        ("sandbox", PLAY, |it| *rows(it) = None, BOTH, NO_NEON),
        ("production", MAIN, |it| *rows(it) = None, BOTH, NO_NEON),
        ("sandbox", BARE, |it| *rows(it) = None, BOTH, NO_NEON),
        ("sandbox", BRIDGE, |it| *rows(it) = None, BOTH, NO_NEON),
        ("production", MAIN, |it| project(it, ""), BOTH, "it does not report its project"),
        ("production", MAIN, |it| branch(it, ""), BOTH, "it does not report its branch"),
        ("sandbox", PLAY, |it| branch(it, ""), BOTH, "it does not report its branch"),
        ("sandbox", PLAY, |it| endpoint(it, ""), BOTH, "it does not report its endpoint"),
        ("sandbox", BARE, |it| endpoint(it, ""), BOTH, "it does not report its endpoint"),
        ("sandbox", PLAY, mysql, BOTH, "it does not speak postgresql"),
    ]);
}

#[test]
fn another_server_is_refused() {
    hold(&[
        ("sandbox", PLAY, |it| project(it, "p2"), BOTH, "it reports the project `p2`"),
        ("production", MAIN, |it| project(it, "p2"), BOTH, "it reports the project `p2`"),
        ("production", MAIN, |it| endpoint(it, "ep-x-9"), BOTH, "it reports the endpoint `ep-x-9`"),
        (
            "sandbox",
            PLAY,
            |it| endpoint(it, "ep-main-1"),
            BOTH,
            "it reports the endpoint `ep-main-1`",
        ),
        ("sandbox", BARE, |it| endpoint(it, "ep-x-9"), BOTH, "it reports the endpoint `ep-x-9`"),
        ("sandbox", PLAY, |it| branch(it, "br-main"), BOTH, IS_MAIN),
        ("sandbox", PLAY, |it| *rows(it) = Some(main()), BOTH, IS_MAIN),
        ("sandbox", BRIDGE, |it| *rows(it) = Some(main()), BOTH, IS_MAIN),
        ("production", MAIN, |it| branch(it, "br-play"), BOTH, IS_PLAY),
        ("sandbox", PLAY, |it| branch(it, "br-new"), BOTH, IS_NEW),
        ("sandbox", BRIDGE, |it| branch(it, "br-new"), BOTH, IS_NEW),
        (
            "sandbox",
            PLAY,
            |it| it.database = "other".to_owned(),
            BOTH,
            "it reports the database `other`",
        ),
        (
            "production",
            MAIN,
            |it| it.database = "Koomy".to_owned(),
            BOTH,
            "it reports the database `Koomy`",
        ),
        ("sandbox", PLAY, |it| trace(it, "rds"), BOTH, OF_RDS),
    ]);
}

#[test]
fn a_branch_that_nobody_pinned_is_a_restore_of_real_data_alone() {
    hold(&[
        ("production", MAIN, |it| branch(it, "br-new"), SEED, IS_NEW),
        ("sandbox", PLAY, |it| branch(it, "br-new"), BOTH, IS_NEW),
        ("production", SECOND, |it| branch(it, "br-main"), BOTH, IS_MAIN), // somebody's
        ("production", "far/koomy", |it| branch(it, "br-new"), BOTH, IS_NEW), // no endpoint pinned
        ("production", "near/koomy", |it| branch(it, "br-new"), SEED, IS_NEW), // no endpoint dialed
        (
            "production",
            "near/koomy",
            |it| endpoint(it, "ep-x-9"),
            BOTH,
            "it reports the endpoint `ep-x-9`",
        ),
    ]);
}

#[test]
fn without_a_pinned_branch_the_endpoint_decides_and_no_seed_runs() {
    hold(&[
        ("sandbox", BARE, |_| (), SEED, UNPINNED),
        ("sandbox", BARE, |it| branch(it, "br-main"), BOTH, UNPINNED_IS_MAIN),
        ("sandbox", "loose/koomy", |_| (), BOTH, UNPINNED), // nothing is pinned but the project
        // On the branch of the database beside it, at the same endpoint.
        ("sandbox", "ep-play-2.eu.aws.neon.tech/beside", |_| (), SEED, UNPINNED),
        (
            "sandbox",
            "ep-play-2.eu.aws.neon.tech/beside",
            |it| branch(it, "br-play"),
            SEED,
            "it reports the branch `br-play`, which is `play`, a database of `sandbox`; none is pinned",
        ),
    ]);
}
