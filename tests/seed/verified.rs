//! Connections that are verified, and connections that are not.

use std::io::Write as _;

use koomy_guard::facts::Facts;
use koomy_guard::gate::{Refusal, seed_connection};
use koomy_guard::policy::Phase;
use koomy_guard::{Policy, Verified, seed_with};
use postgres::Client;
use test_servers::{Cluster, Forwarder};

use crate::world::{
    PASSWORD, World, cities, client, config, facts, said, url, with_cities, with_shop,
};

fn rules(refusal: &Refusal) -> Vec<&'static str> {
    said(refusal);
    refusal.findings().iter().map(|finding| finding.rule().id).collect()
}

/// Accepts a connection only if it is verified.
fn seed(db: &mut Verified<Client>) -> Result<(), postgres::Error> {
    let mut transaction = db.transaction()?;
    transaction.execute("INSERT INTO public.cities VALUES ($1)", &[&"Nantes"])?;
    let mut copy = transaction.copy_in("COPY public.cities FROM STDIN")?;
    copy.write_all(b"Brest\n").unwrap();
    copy.finish()?;
    transaction.commit()
}

#[test]
fn a_seed_fills_the_database_that_it_may_fill() {
    let world = World::stamped();
    let (policy, facts) = (world.policy(), world.facts());
    let mut db = seed_connection(&policy, "primary", &facts).unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(db.permit().environment(), "sandbox");
    assert_eq!(db.permit().identity("primary").unwrap().database, "shop");
    seed(&mut db).unwrap();
    assert_eq!(cities(&world.sandbox), "Brest,Nantes\n");

    // Each of the driver's methods runs in a transaction of its own.
    assert_eq!(db.execute("DELETE FROM public.cities WHERE name = $1", &[&"Brest"]).unwrap(), 1);
    db.batch_execute("INSERT INTO public.cities VALUES ('Lyon'); SELECT 1").unwrap();
    assert_eq!(db.query("SELECT name FROM public.cities", &[]).unwrap().len(), 2);
    let one: i64 = db.query_one("SELECT count(*) FROM public.cities", &[]).unwrap().get(0);
    assert_eq!(one, 2);
    assert!(db.query_opt("SELECT 1 WHERE false", &[]).unwrap().is_none());
    assert!(!db.simple_query("SELECT 1").unwrap().is_empty());
    let failed = db.batch_execute("INSERT INTO public.cities VALUES ('Paris'); SELECT 1 / 0");
    assert_eq!(crate::world::raised(&failed.unwrap_err()).0, "22012");
    drop(db.transaction().unwrap());
    assert_eq!(cities(&world.sandbox), "Lyon,Nantes\n");
    let path: String = db.query_one("SHOW search_path", &[]).unwrap().get(0);
    assert_eq!(path, "\"$user\", public");
    assert_eq!(cities(&world.production), "\n");
}

#[test]
fn a_callers_own_connection_is_asked_itself() {
    let world = World::stamped();
    let (policy, facts) = (world.policy(), world.facts());
    let own = client(world.sandbox.port(), "shop");
    let mut db = Verified::for_seeding(own, &policy, &facts, "primary").unwrap();
    seed(&mut db).unwrap();
    assert_eq!(cities(&world.sandbox), "Brest,Nantes\n");
    assert_eq!(format!("{db:?}"), "Verified(..)");

    let other = client(world.production.port(), "shop");
    let refusal = Verified::for_seeding(other, &policy, &facts, "primary").unwrap_err();
    assert_eq!(rules(&refusal)[0], "database-identity-matches");
    assert!(
        refusal.to_string().contains("reports the branch `br-main-1`, which is `main`"),
        "{refusal}"
    );
    assert_eq!(cities(&world.production), "\n");

    let mut busy = client(world.sandbox.port(), "shop");
    busy.batch_execute("BEGIN").unwrap();
    let refusal = Verified::for_seeding(busy, &policy, &facts, "primary").unwrap_err();
    assert!(refusal.to_string().contains("inside a transaction"), "{refusal}");
}

#[test]
fn an_asynchronous_connection_is_asked_itself() {
    let world = World::stamped();
    let (policy, facts) = (world.policy(), world.facts());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let own = open(world.sandbox.port()).await;
        let mut db = Verified::for_seeding(own, &policy, &facts, "primary").await.unwrap();
        let insert = "INSERT INTO public.cities VALUES ($1)";
        assert_eq!(db.execute(insert, &[&"Nantes"]).await.unwrap(), 1);
        let transaction = db.transaction().await.unwrap();
        transaction.execute(insert, &[&"Paris"]).await.unwrap();
        drop(transaction);
        db.batch_execute("INSERT INTO public.cities VALUES ('Lyon')").await.unwrap();
        assert_eq!(db.query("SELECT 1", &[]).await.unwrap().len(), 1);
        assert_eq!(db.query_one("SELECT 1", &[]).await.unwrap().len(), 1);
        assert!(db.query_opt("SELECT 1 WHERE false", &[]).await.unwrap().is_none());
        assert!(!db.simple_query("SELECT 1").await.unwrap().is_empty());

        let other = open(world.production.port()).await;
        let refusal = Verified::for_seeding(other, &policy, &facts, "primary").await.unwrap_err();
        assert_eq!(rules(&refusal)[0], "database-identity-matches");
    });
    assert_eq!(cities(&world.sandbox), "Lyon,Nantes\n");
    assert_eq!(cities(&world.production), "\n");
}

pub(crate) async fn open(port: u16) -> tokio_postgres::Client {
    let (client, connection) = config(port, "shop").connect(postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

#[test]
fn no_server_is_contacted_where_no_seed_may_run() {
    let world = World::new();
    let watched = Forwarder::start(world.production.port());
    let policy = world.policy();
    let text = policy.source().shown().unwrap();
    let main = format!("ports = [{}]", world.production.port());
    let text = text.replace(&main, &format!("ports = [{}]", watched.port()));
    let generous = text.replace("data = 'real'", "data = 'real'\nseed = true");
    for (text, rule) in
        [(&text, "seed-environment-is-allowed"), (&generous, "seed-database-is-disposable")]
    {
        let policy = Policy::parse("policy.toml", text).unwrap();
        let facts = facts("production", watched.port(), "shop");
        let refusal = seed_connection(&policy, "primary", &facts).unwrap_err();
        assert!(rules(&refusal).contains(&rule), "{refusal}");
        assert_eq!(refusal.outcome().name(), "refused");
    }
    // The sandbox's name with production's address.
    let refusal = seed_connection(
        &Policy::parse("policy.toml", &text).unwrap(),
        "primary",
        &facts("sandbox", watched.port(), "shop"),
    );
    assert!(rules(&refusal.unwrap_err()).contains(&"database-belongs-to-environment"));
    assert_eq!(watched.accepted(), 0);
}

#[test]
fn a_tunnel_to_production_is_seen_through() {
    let world = World::stamped();
    world.sandbox.stop();
    let tunnel = Forwarder::start(world.production.port());
    let policy = world.policy();
    let text = policy.source().shown().unwrap();
    let [from, to] = [world.sandbox.port(), tunnel.port()].map(|port| format!("ports = [{port}]"));
    let policy = Policy::parse("policy.toml", &text.replace(&from, &to)).unwrap();
    let facts = facts("sandbox", tunnel.port(), "shop");
    let refusal = seed_connection(&policy, "primary", &facts).unwrap_err();
    assert_eq!(rules(&refusal)[0], "database-identity-matches");
    assert_eq!(refusal.outcome().name(), "refused");
    assert_eq!(cities(&world.production), "\n");
}

#[test]
fn what_cannot_be_reached_is_undecided() {
    let world = World::stamped();
    let (policy, facts) = (world.policy(), world.facts());
    world.sandbox.sql("postgres", "ALTER ROLE app PASSWORD 'another'");
    let refusal = seed_connection(&policy, "primary", &facts).unwrap_err();
    assert_eq!(rules(&refusal), ["database-identity-matches"]);
    assert_eq!(refusal.outcome().name(), "undecided");
    assert!(refusal.to_string().contains("refuses the user or the password"), "{refusal}");
}

#[test]
fn a_database_must_declare_that_its_data_may_be_lost() {
    let world = World::new();
    let (policy, facts) = (world.policy(), world.facts());
    let ask = || seed_connection(&policy, "primary", &facts);
    // The database is fresh and has nothing to lose. A seed may create its tables and
    // continue.
    let mut db = ask().unwrap_or_else(|why| panic!("{why}"));
    db.batch_execute("CREATE TABLE public.cities (name text)").unwrap();
    seed(&mut db).unwrap();
    assert_eq!(rules(&ask().unwrap_err()), ["seed-database-is-disposable"]);
    world.stamp("sandbox", &world.sandbox);
    let _ = ask().unwrap_or_else(|why| panic!("{why}"));

    let users = "CREATE TABLE public.users AS SELECT FROM generate_series(1, 4);\
        ALTER TABLE public.users OWNER TO app";
    world.sandbox.sql("shop", users);
    let refusal = ask().unwrap_err();
    assert_eq!(rules(&refusal), ["seed-database-is-disposable"]);
    assert!(refusal.to_string().contains("has more than 3 rows"), "{refusal}");
}

#[test]
fn a_plain_server_that_claims_to_be_a_branch_is_refused() {
    let world = World::new();
    let plain = with_shop(Cluster::start());
    with_cities(&plain);
    plain.sql(
        "shop",
        "ALTER DATABASE shop SET neon.project_id = 'calm-field-1';\
         ALTER DATABASE shop SET neon.branch_id = 'br-dev-1';\
         ALTER DATABASE shop SET neon.endpoint_id = 'ep-dev-1'",
    );
    let spoofed = plain.try_sql(("app", PASSWORD), "shop", "SHOW neon.branch_id");
    assert_eq!(spoofed.as_deref(), Ok("br-dev-1\n"));
    let mut config = config(plain.port(), "shop");
    config.options("-c neon.branch_id=br-dev-1 -c neon.project_id=calm-field-1");
    for client in [
        client(plain.port(), "shop"),
        postgres::Config::from(config).connect(postgres::NoTls).unwrap(),
    ] {
        let (policy, facts) = (world.policy(), world.facts());
        let refusal = Verified::for_seeding(client, &policy, &facts, "primary").unwrap_err();
        assert_eq!(rules(&refusal)[0], "database-identity-matches");
    }
}

#[test]
fn a_connection_is_one_of_the_policy() {
    let world = World::new();
    let (policy, facts) = (world.policy(), world.facts());
    let refusal = seed_connection(&policy, "secondary", &facts).unwrap_err();
    let unknown = "the policy has no connection `secondary`; declare `[connections.secondary]`";
    assert_eq!(said(&refusal), unknown);
    let own = client(world.sandbox.port(), "shop");
    let refusal = Verified::for_seeding(own, &policy, &facts, "secondary").unwrap_err();
    assert_eq!(said(&refusal), unknown);

    let two = format!(
        "{}[connections.other]\nurl = 'OTHER_URL'\nrequired = false\n",
        policy.source().shown().unwrap()
    );
    let two = Policy::parse("policy.toml", &two).unwrap();
    let refusal = seed_connection(&two, "other", &facts).unwrap_err();
    assert_eq!(said(&refusal), "the connection `other` is not set; set its variables");
    let nameless = two.source().shown().unwrap().replace("connections.primary", "connections.x");
    let refusal = seed_with(&Policy::parse("policy.toml", &nameless).unwrap()).unwrap_err();
    let which = "the policy has several connections, and none is called `primary`; name one";
    assert_eq!(said(&refusal), which);
    let mysql = "[databases.m]\nengine = 'mysql'\nhosts = ['localhost']\ndatabase = 'm'\n\
        [connections.m]\nengine = 'mysql'\nurl = 'M_URL'\nrequired = false\n";
    let mysql = format!("{}{mysql}", policy.source().shown().unwrap());
    let mysql = Policy::parse("policy.toml", &mysql).unwrap();
    let refusal = seed_connection(&mysql, "m", &facts).unwrap_err();
    assert!(said(&refusal).contains("is not PostgreSQL"), "{refusal}");
}

#[test]
fn every_other_connection_must_be_right_as_well() {
    let world = World::stamped();
    let policy = world.policy();
    let two =
        format!("{}[connections.direct]\nurl = 'DIRECT_URL'\n", policy.source().shown().unwrap());
    let ask = |port: u16| {
        let [from, to] = [world.sandbox.port(), port].map(|port| format!("ports = [{port}]"));
        let policy = Policy::parse("policy.toml", &two.replace(&from, &to)).unwrap();
        let direct = Facts::assume()
            .variable("APP_ENV", "sandbox")
            .variable("DATABASE_URL", url(port, "shop"))
            .variable("DIRECT_URL", url(port, "shop"));
        let own = client(world.sandbox.port(), "shop");
        Verified::for_seeding(own, &policy, &direct.phase(Phase::Seed).facts(), "primary").map(drop)
    };
    ask(world.sandbox.port()).unwrap();
    // The connection that is seeded through is right; the other one is a tunnel.
    let tunnel = Forwarder::start(world.production.port());
    let refusal = ask(tunnel.port()).unwrap_err();
    assert_eq!(rules(&refusal)[0], "database-identity-matches");
    let mut findings = refusal.findings().iter();
    assert!(findings.all(|finding| finding.subject() == "DIRECT_URL"), "{refusal}");
}
