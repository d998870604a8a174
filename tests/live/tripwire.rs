//! The tables whose rows show that a database is in use.

use koomy_guard::facts::Rows;
use koomy_guard::gate::Gate;
use test_servers::Cluster;

use crate::world::{PASSWORD, SHORT, Way, with_shop};

const TABLES: &str = "
    [environments.sandbox.tripwire.'public.few']
    rows = 3
    [environments.sandbox.tripwire.'public.many']
    rows = 3
    [environments.sandbox.tripwire.'public.old']
    recent = 'made'
    [environments.sandbox.tripwire.'public.new']
    rows = 0
    recent = 'made'
    [environments.sandbox.tripwire.'Public.few']
    rows = 3
    [environments.sandbox.tripwire.'public.Order']
    recent = 'madeAt'
    [environments.sandbox.tripwire.'public.seen']
    rows = 3
    [environments.sandbox.tripwire.'public.secret']
    rows = 3
    [environments.sandbox.tripwire.'public.hidden']
    rows = 3
    [environments.sandbox.tripwire.'public.few_text']
    recent = 'made'
    [environments.sandbox.tripwire.'public.few_none']
    recent = 'made'
    ";

const MADE: &str = r#"
    CREATE TABLE few AS SELECT * FROM generate_series(1, 3);
    CREATE TABLE many AS SELECT * FROM generate_series(1, 4);
    CREATE TABLE old AS SELECT now() - interval '25 hours' AS made;
    CREATE TABLE new AS SELECT now() - interval '23 hours' AS made;
    CREATE TABLE "Order" AS SELECT current_date AS "madeAt";
    CREATE VIEW seen AS SELECT 1;
    CREATE TABLE secret ();
    CREATE TABLE hidden AS SELECT * FROM generate_series(1, 4);
    CREATE TABLE few_text AS SELECT 'yesterday' AS made;
    CREATE TABLE few_none ();
    GRANT SELECT ON ALL TABLES IN SCHEMA public TO app;
    REVOKE SELECT ON secret FROM app;
    ALTER TABLE hidden ENABLE ROW LEVEL SECURITY;"#;

fn seen(too_many: bool, recent: bool) -> Rows {
    Rows::Seen { too_many, recent }
}

fn unreadable(why: &str) -> Rows {
    Rows::Unreadable { why: why.to_owned() }
}

#[test]
fn the_rows_of_each_table_are_counted() {
    let cluster = with_shop(Cluster::start());
    cluster.sql("shop", MADE);
    let way = Way { tripwire: TABLES, gate: Gate::Seed, ..Way::to(cluster.port(), "shop") };
    let expected = [
        ("public.few", seen(false, false)),
        ("public.many", seen(true, false)),
        ("public.old", seen(false, false)),
        ("public.new", seen(true, true)),
        ("Public.few", Rows::NoTable),
        ("public.Order", seen(false, true)),
        ("public.seen", seen(false, false)),
        ("public.secret", unreadable("the role has no right to read it")),
        ("public.hidden", unreadable("the role has no right to read it")),
        ("public.few_text", unreadable("counting it fails")),
        ("public.few_none", unreadable("counting it fails")),
    ];
    let found = way.identity().tripwires;
    let found: Vec<_> =
        found.iter().map(|counted| (counted.table.as_str(), counted.rows.clone())).collect();
    assert_eq!(found, expected);
    // The boot gate does not count them.
    assert_eq!(Way { gate: Gate::Boot, ..way }.identity().tripwires.len(), 0);
}

#[test]
fn an_operator_of_the_role_is_not_asked() {
    let cluster = with_shop(Cluster::start());
    cluster.sql(
        "shop",
        "CREATE TABLE new AS SELECT now() AS made; GRANT SELECT ON new TO app; CREATE SCHEMA evil;
         CREATE FUNCTION evil.never(timestamptz, timestamptz) RETURNS bool LANGUAGE sql AS $$ SELECT false $$;
         CREATE OPERATOR evil.> (LEFTARG = timestamptz, RIGHTARG = timestamptz, FUNCTION = evil.never);
         GRANT USAGE ON SCHEMA evil TO app;
         ALTER ROLE app SET search_path = evil, pg_catalog, public",
    );
    let hidden = cluster.try_sql(("app", PASSWORD), "shop", "SELECT made > '1970-01-01' FROM new");
    assert_eq!(hidden.as_deref(), Ok("f\n"), "the operator is not hostile");
    let way = Way {
        tripwire: "[environments.sandbox.tripwire.'public.new']\nrecent = 'made'\n",
        gate: Gate::Seed,
        ..Way::to(cluster.port(), "shop")
    };
    assert_eq!(way.identity().tripwires[0].rows, seen(false, true));
}

#[test]
fn a_table_that_cannot_be_counted_in_time_blocks_nobody() {
    let cluster = with_shop(Cluster::start());
    cluster.sql("shop", "CREATE TABLE few (made timestamptz); GRANT SELECT ON few TO app");
    cluster.sql("shop", "INSERT INTO few SELECT '2020-01-01' FROM generate_series(1, 20000)");
    let way = Way {
        tripwire: "[environments.sandbox.tripwire.'public.few']\nrecent = 'made'\n",
        gate: Gate::Seed,
        patience: SHORT,
        ..Way::to(cluster.port(), "shop")
    };
    assert_eq!(way.identity().tripwires[0].rows, seen(false, false));
    std::thread::scope(|scope| {
        let lock = scope.spawn(|| {
            let text = "BEGIN; LOCK few; SELECT pg_sleep(600)";
            cluster.try_sql((cluster.superuser(), cluster.superuser_password()), "shop", text)
        });
        let held = "SELECT count(*) FROM pg_locks WHERE relation = 'few'::regclass";
        while cluster.sql("shop", held) != "1\n" {}
        let why = "counting it takes too long, or another session has locked it";
        assert_eq!(way.identity().tripwires[0].rows, unreadable(why));
        cluster.stop();
        assert!(lock.join().unwrap().is_err());
    });
}
