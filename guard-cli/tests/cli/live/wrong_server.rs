//! The URL says sandbox, and the server says production.

use test_servers::{Forwarder, PgBouncer};

use super::stage::{
    DEVELOPMENT, PLAIN_DEV, PLAIN_MAIN, PRODUCTION, Stage, compute, neon_policy, password,
    plain_policy, policy, url,
};

#[test]
fn a_server_that_is_who_it_should_be_is_permitted() {
    let (main, dev) = (PRODUCTION.port(), DEVELOPMENT.port());
    let neon = Stage::new(&neon_policy(main, dev), main, dev);
    let (main, dev) = (&*PLAIN_MAIN, &*PLAIN_DEV);
    let policy = plain_policy((main.port(), main), (dev.port(), dev));
    let plain = Stage::new(&policy, main.port(), dev.port());
    for (stage, key, own) in [(neon, "neon", "br-"), (plain, "system_identifier", "")] {
        for environment in ["production", "sandbox"] {
            let ran = stage.check(environment).ends(0);
            let document = ran.json();
            assert_eq!(document["outcome"], "permitted");
            let answer = &document["live"][0];
            assert_eq!(answer["connection"], "primary");
            assert_eq!(answer["variable"], "DATABASE_URL");
            assert_eq!(answer["server"]["database"], "shop");
            assert_eq!(answer["server"]["role"], "app");
            assert!(answer["server"][key].to_string().contains(own), "{answer}");
            let names = &answer["policy_database"];
            assert_eq!(names["by_address"], names["by_identity"]);
            assert_eq!(names["environments"][0], environment);
            let ran = stage.run(&["check", "--live"], environment).ends(0);
            assert!(ran.stdout.contains("whose server was asked"), "{ran:?}");
        }
    }
}

#[test]
fn a_tunnel_from_localhost_leads_to_production() {
    let tunnel = Forwarder::start(PRODUCTION.port());
    let (main, dev) = (PRODUCTION.port(), tunnel.port());
    let stage = Stage::new(&neon_policy(main, dev), main, dev);
    stage.refuses("sandbox", "database-identity-matches", "`main`, a database of `production`");
    stage.seed("sandbox").ends(78);

    let tunnel = Forwarder::start(PLAIN_MAIN.port());
    let policy = plain_policy((PLAIN_MAIN.port(), &PLAIN_MAIN), (tunnel.port(), &PLAIN_DEV));
    let stage = Stage::new(&policy, PLAIN_MAIN.port(), tunnel.port());
    stage.refuses("sandbox", "database-identity-matches", "`main`, a database of `production`");
    stage.seed("sandbox").ends(78);
}

#[test]
fn a_tunnel_leads_from_a_plain_database_to_one_of_neons() {
    let tunnel = Forwarder::start(PRODUCTION.port());
    let policy = plain_policy((PLAIN_MAIN.port(), &PLAIN_MAIN), (tunnel.port(), &PLAIN_DEV));
    let stage = Stage::new(&policy, PLAIN_MAIN.port(), tunnel.port());
    stage.refuses("sandbox", "database-identity-matches", "Neon");
}

#[test]
fn a_pooler_calls_production_by_another_name() {
    let pooler = PgBouncer::start(&PRODUCTION, &[("shop_dev", "shop")]);
    let (main, dev) = (PRODUCTION.port(), pooler.port());
    let named = |text: &str| {
        text.replacen("\"shop\"", "\"shop_dev\"", 2).replacen("\"shop_dev\"", "\"shop\"", 1)
    };
    let policy = named(&neon_policy(main, dev));
    let aliased = url(dev).replace("/shop?", "/shop_dev?");
    let stage = Stage::leading(&policy, &url(main), &aliased);
    stage.refuses("sandbox", "database-identity-matches", "`main`, a database of `production`");
    stage.seed("sandbox").ends(78);
}

/// The cluster is the pinned one, and the database on it is nobody's.
#[test]
fn another_database_on_the_same_cluster_is_not_called_by_the_pinned_name() {
    let alias = PgBouncer::start(&PLAIN_DEV, &[("shop", "postgres")]);
    let (main, dev) = (PLAIN_MAIN.port(), alias.port());
    let policy = plain_policy((main, &PLAIN_MAIN), (dev, &PLAIN_DEV));
    let url = url(dev).replace("verify-full", "require");
    let stage = Stage::leading(&policy, &url, &url);
    let ran = stage.run(&["identify"], "sandbox").ends(1);
    let said = "says it is another database on the server of `dev`, a database of `sandbox`";
    assert!(ran.stdout.contains(said), "{ran:?}");
    assert!(ran.stdout.contains("the server there says database `postgres`"), "{ran:?}");
}

#[test]
fn an_endpoint_is_pointed_elsewhere_between_two_runs() {
    let endpoint = Forwarder::start(DEVELOPMENT.port());
    let (main, dev) = (PRODUCTION.port(), endpoint.port());
    let stage = Stage::new(&neon_policy(main, dev), main, dev);
    stage.check("sandbox").ends(0);
    endpoint.lead_to(PRODUCTION.port());
    stage.refuses("sandbox", "database-identity-matches", "`main`, a database of `production`");
    endpoint.lead_to(DEVELOPMENT.port());
    stage.check("sandbox").ends(0);
}

#[test]
fn nobody_is_dialed_whom_the_policy_does_not_permit() {
    let trap = Forwarder::start(PRODUCTION.port());
    let (main, dev) = (PRODUCTION.port(), DEVELOPMENT.port());
    let stage = Stage::new(&neon_policy(main, dev), main, trap.port());
    let ran = stage.check("sandbox").ends(1);
    assert!(ran.rules().contains(&"database-belongs-to-environment".to_owned()));
    assert!(ran.json().get("live").is_none());
    for command in [&["check", "--live"][..], &["identify"], &["stamp", "--yes"]] {
        stage.run(command, "sandbox").ends(1);
    }
    stage.seed("sandbox").ends(78);
    assert_eq!(trap.accepted(), 0);
}

#[test]
fn a_policy_can_demand_that_the_server_is_asked() {
    let (main, dev) = (PRODUCTION.port(), DEVELOPMENT.port());
    let policy =
        neon_policy(main, dev).replacen("data = \"real\"", "data = \"real\"\nlive = true", 1);
    let stage = Stage::new(&policy, main, dev);
    let ran = stage.run(&["check", "--format", "json"], "production").ends(3);
    assert!(ran.json()["findings"][0]["help"].as_str().unwrap().contains("--live"), "{ran:?}");
    stage.check("production").ends(0);
    let exec = |options: &[&str]| {
        let args = ["exec", "--env-file", "production.env"].iter().chain(options);
        stage.room().guard(args.chain(&["--", "/usr/bin/true"])).run().keeps_secrets()
    };
    exec(&[]).ends(75).says("--live");
    exec(&["--live"]).ends(0).says("permitted");
}

#[test]
fn environments_are_asked_side_by_side() {
    let production = compute("main");
    let other = password().replace('7', "8");
    production.create_role("tester", &other);
    let tunnel = Forwarder::start(production.port());
    let (main, dev) = (production.port(), tunnel.port());
    let dev_url = url(dev).replace("app", "tester").replace(&password(), &other);
    let stage = Stage::leading(&neon_policy(main, dev), &url(main), &dev_url);
    let matrix = ["check", "--matrix", "production=production.env", "sandbox=sandbox.env"];
    let run = |more: &[&str]| stage.room().guard(matrix.iter().chain(more)).run().keeps_secrets();
    run(&[]).ends(0);
    let ran = run(&["--live", "--format", "json"]).ends(1);
    let document = ran.json();
    assert_eq!(document["environments"][1]["findings"][0]["rule"], "database-identity-matches");
    assert_eq!(document["environments"][1]["live"][0]["server"]["neon"]["branch"], "br-main-1");
}

/// Each environment is right by its address; together they are one database.
#[test]
fn one_database_behind_two_ports_shows_when_both_servers_are_asked() {
    let pooler = PgBouncer::start(&PLAIN_DEV, &[("shop", "shop")]);
    let (main, dev) = (PLAIN_DEV.port(), pooler.port());
    let stage = Stage::new(&policy((main, ""), (dev, "")), main, dev);
    let matrix = ["--matrix", "production=production.env", "sandbox=sandbox.env"];
    let check = |live: &[&str]| {
        let more = ["--format", "json"].iter().chain(live).chain(&matrix);
        stage.room().guard(["check"].iter().chain(more)).run().keeps_secrets().ends(1).rules()
    };
    assert_eq!(check(&[]), ["secret-is-not-shared"], "the password is the same");
    assert_eq!(check(&["--live"]), ["database-is-not-shared", "secret-is-not-shared"]);
}
