//! MariaDB, asked by the built binary.

use test_servers::MariaDb;

use crate::guard::{Ran, Room};

fn stage(server: &MariaDb, hostname: &str) -> Room {
    let port = server.port();
    let policy = format!(
        "version = 1\nname = \"shop\"\n\
         [environments.sandbox]\ndata = \"synthetic\"\nseed = true\ndatabases = [\"dev\"]\n\
         [variables.APP_ENV]\nis = \"environment\"\n\
         [connections.primary]\nurl = \"DATABASE_URL\"\nengine = \"mysql\"\n\
         [databases.dev]\nengine = \"mysql\"\nhosts = [\"localhost\"]\nports = [{port}]\n\
         database = \"{}\"\nserver_hostname = \"{hostname}\"\n",
        server.database(),
    );
    let url = server.url(server.user(), server.password(), server.database());
    let env = format!("APP_ENV=sandbox\nDATABASE_URL={url}\n");
    Room::new().file("policy.toml", policy).file("sandbox.env", env)
}

fn run(room: &Room, server: &MariaDb, command: &[&str]) -> Ran {
    let ran = room.guard(command.iter().chain(&["--env-file", "sandbox.env"])).run();
    assert!(!format!("{ran:?}").contains(server.password()), "{ran:?}");
    ran
}

#[test]
fn it_is_asked_as_postgresql_is() {
    let server = MariaDb::start();
    let hostname = server.sql(server.database(), "SELECT @@hostname").trim().to_owned();
    let room = stage(&server, &hostname);
    let ran = run(&room, &server, &["check", "--live", "--format", "json"]).ends(0);
    let document = ran.json();
    assert_eq!(document["live"][0]["server"]["engine"], "mysql");
    assert_eq!(document["live"][0]["server"]["hostname"], hostname);
    assert_eq!(document["live"][0]["policy_database"]["by_identity"], "dev");
    assert!(!document["notes"].to_string().contains("stamp"), "it has none: {document:#}");
    let ran = run(&room, &server, &["identify"]).ends(0);
    assert!(ran.stdout.contains(&format!("  hostname   {hostname}\n")), "{ran:?}");

    let other = stage(&server, "elsewhere");
    let ran = run(&other, &server, &["check", "--live", "--format", "json"]).ends(1);
    assert_eq!(ran.rules(), ["database-identity-matches"]);
    run(&other, &server, &["identify"]).ends(1);
}

#[test]
fn it_has_no_stamp_and_no_assertion() {
    let server = MariaDb::start();
    let hostname = server.sql(server.database(), "SELECT @@hostname").trim().to_owned();
    let room = stage(&server, &hostname);
    let ran = run(&room, &server, &["stamp", "--yes"]).ends(1);
    assert!(ran.stdout.contains("PostgreSQL"), "{ran:?}");
    let ran = run(&room, &server, &["sql", "assert"]).ends(1);
    assert!(ran.stderr.contains("PostgreSQL"), "{ran:?}");
    server.stop();
    run(&room, &server, &["check", "--live", "--timeout", "1"]).ends(3);
}
