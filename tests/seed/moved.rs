//! A connection that is redirected between the check and the write.

use std::time::{Duration, Instant};

use koomy_guard::Verified;
use koomy_guard::gate::seed_connection;
use koomy_guard::policy::Policy;
use postgres::Client;
use test_servers::{Forwarder, PgBouncer};

use crate::verified::open;
use crate::world::{PASSWORD, World, cities, client, facts, raised, said};

const INSERT: &str = "INSERT INTO public.cities VALUES ('Nantes')";

/// A policy in which the sandbox is behind another port.
fn behind(world: &World, port: u16) -> Policy {
    let policy = world.policy();
    let text = policy.source().shown().unwrap();
    let [from, to] = [world.sandbox.port(), port].map(|port| format!("ports = [{port}]"));
    Policy::parse("policy.toml", &text.replace(&from, &to)).unwrap()
}

/// Redirects the pooler's sessions to production, and waits until that has happened.
fn repoint(bouncer: &PgBouncer, world: &World, witness: &mut Client) {
    bouncer.lead_to(&world.production, &[("shop", "shop")]);
    let end = Instant::now() + Duration::from_secs(60);
    let port = i32::from(world.production.port());
    let now = |witness: &mut Client| -> i32 {
        witness.query_one("SELECT pg_catalog.inet_server_port()", &[]).map_or(0, |row| row.get(0))
    };
    while now(witness) != port {
        assert!(Instant::now() < end, "{}", bouncer.log());
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_redirected_pooler_writes_nothing() {
    let world = World::stamped();
    let bouncer = PgBouncer::start(&world.sandbox, &[("shop", "shop")]);
    let policy = behind(&world, bouncer.port());
    let facts = facts("sandbox", bouncer.port(), "shop");
    let mut db = seed_connection(&policy, "primary", &facts).unwrap_or_else(|why| panic!("{why}"));
    let mut plain = client(bouncer.port(), "shop");
    db.batch_execute(INSERT).unwrap();
    assert_eq!(cities(&world.sandbox), "Nantes\n");

    repoint(&bouncer, &world, &mut plain);
    let attempts = [
        db.batch_execute(INSERT),
        db.execute(INSERT, &[]).map(drop),
        db.query(INSERT, &[]).map(drop),
        db.query_one(INSERT, &[]).map(drop),
        db.query_opt(INSERT, &[]).map(drop),
        db.simple_query(INSERT).map(drop),
        db.transaction().map(drop),
    ];
    for attempt in attempts {
        let (code, message) = raised(&attempt.unwrap_err());
        assert_eq!(code, "KG001");
        assert!(message.contains("branch br-main-1") && message.contains("nothing was written"));
    }
    assert_eq!(cities(&world.production), "\n");
    // A connection that the guard does not hold follows the pooler.
    plain.batch_execute(INSERT).unwrap();
    assert_eq!(cities(&world.production), "Nantes\n");
}

#[test]
fn a_redirected_pooler_writes_nothing_asynchronously() {
    let world = World::stamped();
    let bouncer = PgBouncer::start(&world.sandbox, &[("shop", "shop")]);
    let policy = behind(&world, bouncer.port());
    let facts = facts("sandbox", bouncer.port(), "shop");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut plain = client(bouncer.port(), "shop");
    let mut db = runtime.block_on(async {
        let own = open(bouncer.port()).await;
        Verified::for_seeding(own, &policy, &facts, "primary").await.unwrap()
    });
    repoint(&bouncer, &world, &mut plain);
    runtime.block_on(async {
        let attempts = [
            db.batch_execute(INSERT).await,
            db.execute(INSERT, &[]).await.map(drop),
            db.query(INSERT, &[]).await.map(drop),
            db.query_one(INSERT, &[]).await.map(drop),
            db.query_opt(INSERT, &[]).await.map(drop),
            db.simple_query(INSERT).await.map(drop),
            db.transaction().await.map(drop),
        ];
        for attempt in attempts {
            assert_eq!(raised(&attempt.unwrap_err()).0, "KG001");
        }
    });
    assert_eq!(cities(&world.production), "\n");
    assert_eq!(cities(&world.sandbox), "\n");
}

#[test]
fn a_connection_that_is_lost_does_not_come_back_elsewhere() {
    let world = World::stamped();
    let tunnel = Forwarder::start(world.sandbox.port());
    let policy = behind(&world, tunnel.port());
    let facts = facts("sandbox", tunnel.port(), "shop");
    let mut db = seed_connection(&policy, "primary", &facts).unwrap();
    tunnel.lead_to(world.production.port());
    // The connection that was asked is still open, and leads to the same server.
    db.batch_execute(INSERT).unwrap();
    tunnel.hang_up();
    let lost = db.batch_execute(INSERT).unwrap_err();
    assert!(lost.as_db_error().is_none(), "{lost:?}");
    said(&lost);
    assert!(seed_connection(&policy, "primary", &facts).is_err());
    assert_eq!(
        (cities(&world.sandbox), cities(&world.production)),
        ("Nantes\n".into(), "\n".into())
    );
}

#[test]
fn a_roles_own_operators_prove_nothing() {
    let world = World::stamped();
    for cluster in [&world.production, &world.sandbox] {
        cluster.sql("shop", HOSTILE);
    }
    let shown = "SHOW neon.branch_id; SELECT 'a'::text = 'b'::text, current_database()";
    let shown = world.production.try_sql(("app", PASSWORD), "shop", shown);
    assert_eq!(shown.as_deref(), Ok("br-main-1\nt|spoof\n"), "the server is not hostile");
    let bouncer = PgBouncer::start(&world.sandbox, &[("shop", "shop")]);
    let policy = behind(&world, bouncer.port());
    let facts = facts("sandbox", bouncer.port(), "shop");
    let mut db = seed_connection(&policy, "primary", &facts).unwrap_or_else(|why| panic!("{why}"));
    db.batch_execute(INSERT).unwrap();
    assert_eq!(cities(&world.sandbox), "Nantes\n");
    let path: String = db.query_one("SHOW search_path", &[]).unwrap().get(0);
    assert_eq!(path, "evil, pg_catalog, public", "the seed sees the path that it had");
    repoint(&bouncer, &world, &mut client(bouncer.port(), "shop"));
    assert_eq!(raised(&db.batch_execute(INSERT).unwrap_err()).0, "KG001");
    assert_eq!(cities(&world.production), "\n");
}

/// Whatever comes first on the role's search path.
pub(crate) const HOSTILE: &str = "
    CREATE SCHEMA evil AUTHORIZATION app;
    GRANT USAGE ON SCHEMA evil TO PUBLIC;
    CREATE DOMAIN evil.text AS pg_catalog.text CHECK (VALUE IS NULL);
    CREATE DOMAIN evil.name AS pg_catalog.name CHECK (VALUE IS NULL);
    CREATE TABLE evil.pg_settings (name pg_catalog.text, setting pg_catalog.text, context pg_catalog.text);
    INSERT INTO evil.pg_settings VALUES ('neon.branch_id', 'br-dev-1', 'postmaster'),
        ('neon.project_id', 'calm-field-1', 'postmaster'), ('neon.endpoint_id', 'x', 'postmaster');
    CREATE TABLE evil.pg_roles AS SELECT * FROM pg_catalog.pg_roles WITH NO DATA;
    CREATE TABLE evil.pg_database AS SELECT * FROM pg_catalog.pg_database WITH NO DATA;
    CREATE FUNCTION evil.current_database() RETURNS pg_catalog.name LANGUAGE sql AS $$ SELECT 'spoof'::pg_catalog.name $$;
    CREATE FUNCTION evil.current_setting(pg_catalog.text) RETURNS pg_catalog.text LANGUAGE sql AS $$ SELECT 'spoof'::pg_catalog.text $$;
    CREATE FUNCTION evil.set_config(pg_catalog.text, pg_catalog.text, bool) RETURNS pg_catalog.text LANGUAGE sql AS $$ SELECT 'spoof'::pg_catalog.text $$;
    CREATE FUNCTION evil.always(pg_catalog.text, pg_catalog.text) RETURNS bool LANGUAGE sql AS $$ SELECT true $$;
    CREATE FUNCTION evil.always(pg_catalog.name, pg_catalog.name) RETURNS bool LANGUAGE sql AS $$ SELECT true $$;
    CREATE FUNCTION evil.always(int8, int4) RETURNS bool LANGUAGE sql AS $$ SELECT true $$;
    CREATE OPERATOR evil.= (LEFTARG = pg_catalog.text, RIGHTARG = pg_catalog.text, FUNCTION = evil.always);
    CREATE OPERATOR evil.= (LEFTARG = pg_catalog.name, RIGHTARG = pg_catalog.name, FUNCTION = evil.always);
    CREATE OPERATOR evil.= (LEFTARG = int8, RIGHTARG = int4, FUNCTION = evil.always);
    GRANT SELECT ON ALL TABLES IN SCHEMA evil TO app;
    ALTER ROLE app SET search_path = evil, pg_catalog, public;
    ALTER ROLE app SET default_transaction_isolation = 'serializable';
    ALTER ROLE app SET default_transaction_deferrable = on;
    ALTER ROLE app SET standard_conforming_strings = off;
    ALTER ROLE app SET plpgsql.extra_errors = 'all';
    ALTER ROLE app SET plpgsql.variable_conflict = 'use_column';
    ALTER ROLE app SET transform_null_equals = on;
    ALTER ROLE app SET quote_all_identifiers = on;";
