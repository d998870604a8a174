//! `identify`

use serde_json::Value;

use super::stage::{
    DEVELOPMENT, PLAIN_DEV, PLAIN_MAIN, PRODUCTION, Stage, neon_policy, plain_policy, policy, url,
};
use crate::guard::FORMATS;

fn stage() -> Stage {
    let (main, dev) = (PRODUCTION.port(), DEVELOPMENT.port());
    Stage::new(&neon_policy(main, dev), main, dev)
}

#[test]
fn people_read_what_the_server_says() {
    for (environment, database, id) in [("production", "main", "main"), ("sandbox", "dev", "dev")] {
        let ran = stage().run(&["identify"], environment).ends(0);
        for line in [
            "primary (DATABASE_URL):".to_owned(),
            "  server     PostgreSQL 15".to_owned(),
            "  database   shop".to_owned(),
            "  role       app (owner)".to_owned(),
            format!("  neon       project calm-field-1, branch br-{id}-1, endpoint ep-{id}-1"),
            format!("  says it is `{database}`, a database of `{environment}`"),
            format!("  address of `{database}`, a database of `{environment}`"),
            "  stamp      none".to_owned(),
        ] {
            assert!(ran.stdout.contains(&line), "{line:?} in {}", ran.stdout);
        }
        assert!(ran.stdout.ends_with("each server is what the policy says\n"), "{ran:?}");
    }
}

#[test]
fn programs_read_the_same() {
    let (main, dev) = (&*PLAIN_MAIN, &*PLAIN_DEV);
    let policy = plain_policy((main.port(), main), (dev.port(), dev));
    let stage = Stage::new(&policy, main.port(), dev.port());
    let document = stage.run(&["identify", "--format", "json"], "production").ends(0).json();
    let server = &document["live"][0]["server"];
    assert_eq!(server["engine"], "postgresql");
    assert_eq!(server["database"], "shop");
    assert_eq!(server["role"], "app");
    assert_eq!(server["rights"][0], "owner");
    assert_eq!(server["system_identifier"], main.system_identifier());
    assert_eq!(server["address"], format!("127.0.0.1:{}", main.port()));
    assert_eq!(server["read_only"], false);
    assert_eq!(server["stamp"]["state"], "none");
    assert_eq!(document["live"][0]["policy_database"]["by_identity"], "main");
    assert_eq!(
        (&document["outcome"], &document["gate"]),
        (&"permitted".into(), &"identify".into())
    );
    for format in FORMATS {
        stage.run(&["identify", "--format", format], "sandbox").ends(0);
    }
}

#[test]
fn another_server_is_shown_and_refused() {
    let (main, dev) = (PRODUCTION.port(), DEVELOPMENT.port());
    let stage = Stage::new(&neon_policy(dev, main), dev, main);
    let ran = stage.run(&["identify"], "sandbox").ends(1);
    assert!(ran.stdout.contains("branch br-main-1"), "{ran:?}");
    assert!(ran.stdout.contains("says it is `main`, a database of `production`"), "{ran:?}");
    assert!(ran.stdout.contains("address of `dev`, a database of `sandbox`"), "{ran:?}");
    assert!(ran.stdout.contains("refused[database-identity-matches]"), "{ran:?}");
}

/// A pin of the cluster says nothing of the other databases in it.
#[test]
fn another_database_of_a_pinned_cluster_is_not_the_pinned_one() {
    let main = &*PLAIN_MAIN;
    let pin = format!("system_identifier = \"{}\"\n", main.system_identifier());
    let policy = policy((main.port(), &pin), (main.port(), ""));
    let (shop, dev) = policy.rsplit_once("database = \"shop\"").unwrap();
    let policy = format!("{shop}database = \"postgres\"{dev}");
    let beside = url(main.port()).replace("/shop", "/postgres");
    let stage = Stage::leading(&policy, &url(main.port()), &beside);
    for (environment, of_the_cluster) in [("production", "main".into()), ("sandbox", Value::Null)] {
        let ran = stage.run(&["identify", "--format", "json"], environment);
        let said = &ran.json()["live"][0]["policy_database"]["by_identity"];
        assert_eq!(*said, of_the_cluster, "{environment}: {ran:?}");
    }
}

/// An address alone proves nothing, and nobody says that it did.
#[test]
fn what_the_policy_does_not_pin_is_said_to_be_that() {
    let (main, dev) = (&*PLAIN_MAIN, &*PLAIN_DEV);
    let stage = Stage::new(&policy((main.port(), ""), (dev.port(), "")), main.port(), dev.port());
    let said = stage.run(&["identify"], "sandbox").ends(0).stdout;
    assert!(said.contains("  says it is a server that the policy does not pin\n"), "{said}");
    assert!(said.contains("  address of `dev`, a database of `sandbox`\n"), "{said}");
    let last = "nothing contradicts the policy, which does not pin the server of `primary`: \
                only the address and the name of the database were compared\n";
    assert!(said.ends_with(last), "{said}");
}

#[test]
fn what_is_wrong_elsewhere_is_for_check() {
    let (main, dev) = (PRODUCTION.port(), DEVELOPMENT.port());
    let policy = neon_policy(main, dev)
        + "[connections.reports]\nurl = \"REPORTS_URL\"\nrequired = false\n\
           [variables.API_TOKEN]\nis = \"secret\"\nrequired = true\n";
    let stage = Stage::new(&policy, main, dev);
    let env = stage.room().text("sandbox.env");
    let write = |more: &str| {
        std::fs::write(stage.room().at("sandbox.env"), format!("{env}{more}")).unwrap();
    };
    stage.check("sandbox").ends(1);
    stage.run(&["identify"], "sandbox").ends(0);
    write("REPORTS_URL=postgresql://app:pw@elsewhere.example/shop?sslmode=verify-full\n");
    let ran = stage.run(&["identify"], "sandbox").ends(1);
    assert!(ran.stdout.contains("`REPORTS_URL` leads to"), "{ran:?}");
    assert!(!ran.stdout.contains("br-dev-1"), "nobody was asked: {ran:?}");
    stage.run(&["identify", "--connection", "primary"], "sandbox").ends(0);
    stage.run(&["identify", "--connection", "reports"], "sandbox").ends(1);
    write(&format!("REPORTS_URL={}\n", url(dev)));
    let document = stage.run(&["identify", "--format", "json"], "sandbox").ends(0).json();
    assert_eq!(document["live"].as_array().unwrap().len(), 2);
    let one = ["identify", "--connection", "reports", "--format", "json"];
    let document = stage.run(&one, "sandbox").ends(0).json();
    assert_eq!(document["live"][0]["connection"], "reports");
    assert_eq!(document["live"].as_array().unwrap().len(), 1);
    let ran = stage.run(&["identify", "--connection", "primry"], "sandbox").ends(2);
    ran.says("did you mean `primary`?");
}

#[test]
fn without_a_connection_nobody_is_asked() {
    let (main, dev) = (PRODUCTION.port(), DEVELOPMENT.port());
    let policy = neon_policy(main, dev).replace("url = ", "required = false\nurl = ");
    let stage = Stage::new(&policy, main, dev);
    std::fs::write(stage.room().at("sandbox.env"), "APP_ENV=sandbox\n").unwrap();
    for command in [&["identify"][..], &["stamp", "--yes"]] {
        let ran = stage.run(command, "sandbox").ends(3);
        assert!(ran.stdout.contains("no server was asked"), "{ran:?}");
        assert!(!ran.stdout.starts_with('\n'), "{ran:?}");
        let json: Vec<_> = command.iter().copied().chain(["--format", "json"]).collect();
        let document = stage.run(&json, "sandbox").ends(3).json();
        assert_eq!(document["outcome"], "undecided", "as the code says");
        assert_eq!(document["findings"][0]["subject"], "DATABASE_URL");
    }
    stage.check("sandbox").ends(0);
}
