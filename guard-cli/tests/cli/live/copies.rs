//! Copies, and what their stamps say.

use serde_json::Value;
use test_servers::Cluster;

use super::stage::{
    Stage, as_app, branch, certified, compute, neon_policy, password, plain, plain_policy, policy,
    with_shop,
};
use crate::guard::Ran;

const DISPOSABLE: &str = "seed-database-is-disposable";

const ADOPT: [&str; 5] =
    ["stamp", "--yes", "--adopt-copy", "--reason", "refreshed from production"];

/// Two plain clusters, each stamped as what it is, and tables in both.
fn stamped() -> (Cluster, Cluster, Stage) {
    let (main, dev) = (with_shop(plain()), with_shop(plain()));
    let policy = plain_policy((main.port(), &main), (dev.port(), &dev));
    let stage = Stage::new(&policy, main.port(), dev.port());
    for (cluster, environment) in [(&main, "production"), (&dev, "sandbox")] {
        stage.run(&["stamp", "--yes"], environment).ends(0);
        as_app(
            cluster,
            "CREATE TABLE public.orders (id int); INSERT INTO public.orders VALUES (1)",
        );
        stage.check(environment).ends(0);
    }
    stage.seed("sandbox").ends(0);
    (main, dev, stage)
}

fn notes(ran: &Ran) -> String {
    ran.json()["notes"].to_string()
}

/// What the stamp says, as programs read it.
fn stamp(stage: &Stage) -> Value {
    let ran = stage.run(&["identify", "--format", "json"], "sandbox").ends(0);
    ran.json()["live"][0]["server"]["stamp"].clone()
}

/// Boots with a warning, does not seed, and does once it is adopted.
fn is_a_copy_of_production(stage: &Stage) {
    let ran = stage.check("sandbox").ends(0);
    assert!(notes(&ran).contains("a copy of `production`"), "{ran:?}");
    stage.run(&["check", "--live"], "sandbox").ends(0).says("a copy of `production`");
    assert_eq!(stamp(stage)["environment"], "production");
    assert_eq!(stamp(stage)["is_of_this_database"], false);
    let ran = stage.run(&["identify"], "sandbox").ends(0);
    assert!(ran.stdout.contains("`production`, bound elsewhere: "), "{ran:?}");
    let ran = stage.seed("sandbox").ends(78);
    assert!(ran.rules().contains(&DISPOSABLE.to_owned()), "{ran:?}");
    assert!(ran.stdout.contains("a copy of `production`"), "{ran:?}");
    let ran = stage.run(&["stamp", "--yes"], "sandbox").ends(1);
    assert!(ran.stdout.contains("--adopt-copy"), "{ran:?}");
    for reason in ["", " ", "two\nlines"] {
        let options = ["stamp", "--yes", "--adopt-copy", "--reason", reason];
        stage.run(&options, "sandbox").ends(2).says("one line");
    }
    let document = stage.run(&["stamp", "--yes", "--format", "json"], "sandbox").ends(1).json();
    assert!(document["policy"]["source"].is_string(), "{document}");
    stage.run(&ADOPT, "sandbox").ends(0);
    stage.seed("sandbox").ends(0);
    let stamp = stamp(stage);
    assert_eq!(stamp["copied_from"], "production");
    assert_eq!(stamp["is_of_this_database"], true);
}

#[test]
fn a_dump_that_was_restored() {
    let (main, dev, stage) = stamped();
    let dump = main.dump("shop");
    dev.sql("postgres", "DROP DATABASE shop");
    dev.create_database("shop", "app");
    dev.sql("shop", &dump);
    is_a_copy_of_production(&stage);
}

#[test]
fn a_template() {
    let main = with_shop(plain());
    let pin = format!("system_identifier = \"{}\"\n", main.system_identifier());
    let policy = policy((main.port(), &pin), (main.port(), &pin));
    let (first, second) = policy.rsplit_once("database = \"shop\"").unwrap();
    let policy = format!("{first}database = \"shop_dev\"{second}");
    let url = super::stage::url(main.port());
    let stage = Stage::leading(&policy, &url, &url.replace("/shop?", "/shop_dev?"));
    stage.run(&["stamp", "--yes"], "production").ends(0);
    as_app(&main, "CREATE TABLE public.orders (id int)");
    main.sql("postgres", "CREATE DATABASE shop_dev TEMPLATE shop OWNER app");
    is_a_copy_of_production(&stage);
}

#[test]
fn a_branch_of_production() {
    let main = compute("main");
    let stage = Stage::new(&neon_policy(main.port(), 1), main.port(), 1);
    stage.run(&["stamp", "--yes"], "production").ends(0);
    as_app(&main, "CREATE TABLE public.orders (id int)");
    let child = main.basebackup_as(certified().neon(branch("dev")));
    let (main, dev) = (main.port(), child.port());
    is_a_copy_of_production(&Stage::new(&neon_policy(main, dev), main, dev));
}

#[test]
fn a_physical_copy_says_that_it_is_production() {
    let (main, _, _) = stamped();
    let copy = main.basebackup();
    let policy = plain_policy((main.port(), &main), (copy.port(), &copy));
    let stage = Stage::new(&policy, main.port(), copy.port());
    stage.refuses("sandbox", "database-stamp-matches", "`production`");
    stage.seed("sandbox").ends(78);
}

#[test]
fn a_copy_of_another_sandbox() {
    let (main, dev, _) = stamped();
    let other = with_shop(plain());
    other.sql("postgres", "DROP DATABASE shop");
    other.create_database("shop", "app");
    other.sql("shop", &dev.dump("shop"));
    let policy = plain_policy((main.port(), &main), (other.port(), &other));
    let stage = Stage::new(&policy, main.port(), other.port());
    let ran = stage.check("sandbox").ends(0);
    assert!(notes(&ran).contains("a copy of `sandbox`"), "{ran:?}");
    let ran = stage.seed("sandbox").ends(78);
    assert!(ran.rules().contains(&DISPOSABLE.to_owned()), "{ran:?}");
}

#[test]
fn a_production_that_was_restored_boots_with_a_warning() {
    let main = compute("main");
    let (port, dev) = (main.port(), 1);
    let stage = Stage::new(&neon_policy(port, dev), port, dev);
    stage.run(&["stamp", "--yes"], "production").ends(0);
    let restored = test_servers::Neon { branch_id: "br-restored-9".to_owned(), ..branch("main") };
    main.restart_as(restored);
    let ran = stage.check("production").ends(0);
    assert!(notes(&ran).contains("restore"), "{ran:?}");
    stage.run(&["check", "--live"], "production").ends(0).says("guard-cli neon sync");
    // The same at the sandbox's endpoint is refused.
    let sandbox = compute("dev");
    let stage = Stage::new(&neon_policy(port, sandbox.port()), port, sandbox.port());
    stage.check("sandbox").ends(0);
    sandbox
        .restart_as(test_servers::Neon { branch_id: "br-restored-9".to_owned(), ..branch("dev") });
    stage.refuses("sandbox", "database-identity-matches", "br-restored-9");
}

#[test]
fn a_stamp_without_a_row() {
    let (_, dev, stage) = stamped();
    dev.sql("shop", "SET session_replication_role = replica; DELETE FROM koomy_guard.stamp");
    let ran = stage.check("sandbox").ends(0);
    assert!(notes(&ran).contains("stamp"), "{ran:?}");
    let ran = stage.seed("sandbox").ends(78);
    assert!(ran.rules().contains(&DISPOSABLE.to_owned()), "{ran:?}");
}

#[test]
fn a_table_that_is_no_stamp() {
    let (_, dev, stage) = stamped();
    dev.sql("shop", "DROP SCHEMA koomy_guard CASCADE");
    as_app(&dev, "CREATE SCHEMA koomy_guard; CREATE TABLE koomy_guard.stamp (env text)");
    let ran = stage.seed("sandbox");
    assert!(matches!(ran.code, Some(75 | 78)), "{ran:?}");
    assert!(ran.rules().contains(&"database-stamp-matches".to_owned()), "{ran:?}");
}

#[test]
fn a_role_cannot_forge_a_stamp() {
    let (main, _, stage) = stamped();
    let forge = "UPDATE koomy_guard.stamp SET env = 'sandbox'";
    main.create_role("reader", &password());
    main.sql("shop", "GRANT pg_write_all_data, pg_read_all_data TO reader");
    for role in ["app", "reader"] {
        for text in [forge, "DELETE FROM koomy_guard.stamp", "TRUNCATE koomy_guard.stamp"] {
            main.try_sql((role, &password()), "shop", text).unwrap_err();
        }
    }
    // Whoever may switch the trigger off can; the stamp then contradicts.
    main.sql("shop", &format!("SET session_replication_role = replica; {forge}"));
    stage.refuses("production", "database-stamp-matches", "`sandbox`");
}
