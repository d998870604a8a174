//! The stamp, complete and in every broken form.

use koomy_guard::facts::{Binding, Stamp, StampState, Tables};
use test_servers::Cluster;

use crate::world::{Way, with_shop};

const TABLE: &str = "
    DROP SCHEMA IF EXISTS koomy_guard CASCADE;
    CREATE SCHEMA koomy_guard;
    CREATE TABLE koomy_guard.stamp (
        env text, bound_kind text, project_id text, branch_id text, endpoint_id text, timeline_id text,
        system_identifier text, database_oid text, database_name text, stamped_at timestamptz,
        guard_version text, parent_stamp jsonb);
    GRANT USAGE ON SCHEMA koomy_guard TO PUBLIC;
    GRANT SELECT ON koomy_guard.stamp TO PUBLIC;";

const PLAIN: &str = "
    INSERT INTO koomy_guard.stamp VALUES ('sandbox', 'plain', NULL, NULL, NULL, NULL, '7000', '16385', 'shop',
        '2026-01-02 03:04:05.678+02', '0.1.0', '{\"env\": \"production\", \"more\": [1]}');";

const NEON: &str = "
    INSERT INTO koomy_guard.stamp VALUES ('production', 'neon', 'calm-field-1', 'br-calm-1', 'ep-calm-1', 't',
        '7000', '16385', 'shop', '2026-01-02 03:04:05Z', '0.1.0', NULL);";

fn stamp(binding: Binding, environment: &str) -> Stamp {
    Stamp {
        environment: environment.to_owned(),
        binding,
        stamped_at: "2026-01-02 01:04:05.678+00".to_owned(),
        guard_version: "0.1.0".to_owned(),
        parent_environment: Some("production".to_owned()),
    }
}

/// A name, what is in the database, and what is said of its stamp.
type Row = (&'static str, String, StampState);

#[test]
fn a_stamp_is_read_or_the_reason_is_given() {
    let cluster = with_shop(Cluster::start());
    let way = Way::to(cluster.port(), "shop");
    let tables = [absent(), whole(), foreign(), forbidden(), incomplete()];
    for (name, sql, expected) in tables.into_iter().flatten() {
        cluster.sql("shop", "DROP SCHEMA IF EXISTS koomy_guard CASCADE");
        cluster.sql("shop", &sql);
        let identity = way.identity();
        assert_eq!(identity.stamp, expected, "{name}");
    }
}

/// No stamp.
fn absent() -> Vec<Row> {
    let no = |tables| StampState::No { tables };
    vec![
        ("nothing", String::new(), no(Tables::Absent)),
        (
            "a schema",
            "CREATE SCHEMA koomy_guard; CREATE TABLE koomy_guard.x (); GRANT USAGE ON SCHEMA koomy_guard TO app".to_owned(),
            no(Tables::Absent),
        ),
        ("empty", TABLE.to_owned(), StampState::Emptied),
        (
            "rows of a child",
            format!(
                "{TABLE}CREATE TABLE koomy_guard.child () INHERITS (koomy_guard.stamp); {PLAIN} \
                WITH gone AS (DELETE FROM koomy_guard.stamp RETURNING *) INSERT INTO koomy_guard.child SELECT * FROM gone"
            ),
            StampState::Emptied,
        ),
    ]
}

/// A stamp, whatever stands around it.
fn whole() -> Vec<Row> {
    let plain = || StampState::Stamped(plain_stamp());
    vec![
        ("plain", format!("{TABLE}{PLAIN}"), plain()),
        ("neon", format!("{TABLE}{NEON}"), StampState::Stamped(neon_stamp())),
        (
            "words as the role has them",
            format!("{TABLE}{NEON}ALTER ROLE app SET array_nulls = off"),
            StampState::Stamped(neon_stamp()),
        ),
        (
            "a column more",
            format!("{TABLE}{PLAIN}ALTER TABLE koomy_guard.stamp ADD more text"),
            plain(),
        ),
        (
            "oid as a number",
            format!(
                "{TABLE}ALTER TABLE koomy_guard.stamp ALTER database_oid TYPE bigint USING 1; {PLAIN}"
            ),
            plain(),
        ),
        (
            "a type of its own",
            format!(
                "{TABLE}{PLAIN}CREATE DOMAIN koomy_guard.d AS text; ALTER TABLE koomy_guard.stamp ALTER env TYPE koomy_guard.d"
            ),
            plain(),
        ),
        (
            "hostile text",
            format!(
                "{TABLE}{PLAIN}UPDATE koomy_guard.stamp SET guard_version = '}},{{\\\",\"NULL', parent_stamp = NULL"
            ),
            StampState::Stamped(Stamp {
                guard_version: "},{\\\",\"NULL".to_owned(),
                parent_environment: None,
                ..plain_stamp()
            }),
        ),
    ]
}

/// Something that is not one stamp.
fn foreign() -> Vec<Row> {
    let other = || why("something else has its name");
    vec![
        ("two", format!("{TABLE}{PLAIN}{NEON}"), why("it has several rows")),
        ("many", format!("{TABLE}{PLAIN}{NEON}{PLAIN}"), why("it has several rows")),
        (
            "a column less",
            format!("{TABLE}{PLAIN}ALTER TABLE koomy_guard.stamp DROP guard_version"),
            other(),
        ),
        (
            "a view",
            format!(
                "{TABLE}{PLAIN}ALTER TABLE koomy_guard.stamp RENAME TO t; CREATE VIEW koomy_guard.stamp AS SELECT * FROM koomy_guard.t; GRANT SELECT ON koomy_guard.stamp TO PUBLIC"
            ),
            other(),
        ),
        (
            "a materialized view",
            format!(
                "{TABLE}{PLAIN}ALTER TABLE koomy_guard.stamp RENAME TO t; CREATE MATERIALIZED VIEW koomy_guard.stamp AS SELECT * FROM koomy_guard.t; GRANT SELECT ON koomy_guard.stamp TO PUBLIC"
            ),
            other(),
        ),
        (
            "a parent of another type",
            format!(
                "{TABLE}{PLAIN}ALTER TABLE koomy_guard.stamp ALTER parent_stamp TYPE text USING 'x'"
            ),
            other(),
        ),
    ]
}

/// A stamp that the role may not read.
fn forbidden() -> Vec<Row> {
    vec![
        (
            "no right",
            format!("{TABLE}{PLAIN}REVOKE SELECT ON koomy_guard.stamp FROM PUBLIC"),
            why("the role has no right to read it"),
        ),
        (
            "no right to the schema",
            format!("{TABLE}{PLAIN}REVOKE USAGE ON SCHEMA koomy_guard FROM PUBLIC"),
            why("the role has no right to read it"),
        ),
        (
            "hidden rows",
            format!("{TABLE}{PLAIN}ALTER TABLE koomy_guard.stamp ENABLE ROW LEVEL SECURITY"),
            why("the role has no right to read it"),
        ),
    ]
}

/// A stamp with a part that is missing or that nobody wrote.
fn incomplete() -> Vec<Row> {
    let incomplete = || why("its row is not complete");
    vec![
        (
            "no environment",
            format!("{TABLE}{PLAIN}UPDATE koomy_guard.stamp SET env = NULL"),
            incomplete(),
        ),
        (
            "an empty one",
            format!("{TABLE}{PLAIN}UPDATE koomy_guard.stamp SET env = ''"),
            incomplete(),
        ),
        (
            "not one to print",
            format!("{TABLE}{PLAIN}UPDATE koomy_guard.stamp SET env = E'a\\nb'"),
            incomplete(),
        ),
        (
            "no kind",
            format!("{TABLE}{PLAIN}UPDATE koomy_guard.stamp SET bound_kind = 'rds'"),
            incomplete(),
        ),
        (
            "no oid",
            format!("{TABLE}{PLAIN}UPDATE koomy_guard.stamp SET database_oid = '-1'"),
            incomplete(),
        ),
        (
            "no binding",
            format!("{TABLE}{NEON}UPDATE koomy_guard.stamp SET branch_id = NULL"),
            incomplete(),
        ),
        (
            "no time",
            format!("{TABLE}{NEON}UPDATE koomy_guard.stamp SET stamped_at = NULL"),
            incomplete(),
        ),
    ]
}

fn why(why: &str) -> StampState {
    StampState::Unreadable { why: why.to_owned() }
}

fn plain_stamp() -> Stamp {
    let plain = Binding::Plain {
        system_identifier: "7000".to_owned(),
        database_oid: 16385,
        database: "shop".to_owned(),
    };
    stamp(plain, "sandbox")
}

fn neon_stamp() -> Stamp {
    let neon = Binding::Neon { project: "calm-field-1".to_owned(), branch: "br-calm-1".to_owned() };
    Stamp {
        stamped_at: "2026-01-02 03:04:05+00".to_owned(),
        parent_environment: None,
        ..stamp(neon, "production")
    }
}

#[test]
fn a_locked_stamp_blocks_nobody() {
    let cluster = with_shop(Cluster::start());
    cluster.sql("shop", &format!("{TABLE}{PLAIN}"));
    let way = Way { patience: crate::world::SHORT, ..Way::to(cluster.port(), "shop") };
    std::thread::scope(|scope| {
        let lock = scope.spawn(|| {
            let text = "BEGIN; LOCK koomy_guard.stamp; SELECT pg_sleep(600)";
            cluster.try_sql((cluster.superuser(), cluster.superuser_password()), "shop", text)
        });
        let held = "SELECT count(*) FROM pg_locks WHERE relation = 'koomy_guard.stamp'::regclass";
        while cluster.sql("shop", held) != "1\n" {}
        let why = "another session has locked it".to_owned();
        assert_eq!(way.identity().stamp, StampState::Unreadable { why });
        cluster.stop();
        assert!(lock.join().unwrap().is_err());
    });
}

#[test]
fn only_tables_that_a_user_made_count() {
    let cluster = with_shop(Cluster::start());
    let way = Way::to(cluster.port(), "shop");
    let tables = || match way.identity().stamp {
        StampState::No { tables } => tables,
        other => panic!("{other:?}"),
    };
    // A session's temporary tables are not the database's.
    let mut other = way.client();
    other.batch_execute("CREATE TEMP TABLE mine ()").unwrap();
    let table = [
        ("CREATE SCHEMA s; CREATE VIEW s.v AS SELECT 1 AS x", Tables::Absent),
        ("CREATE SEQUENCE s", Tables::Absent),
        ("CREATE TABLE t ()", Tables::Present),
        (
            "DROP TABLE t; CREATE SCHEMA p; CREATE TABLE p.t (x int) PARTITION BY LIST (x)",
            Tables::Present,
        ),
        ("DROP TABLE p.t; CREATE MATERIALIZED VIEW p.m AS SELECT 1 AS x", Tables::Present),
        ("DROP MATERIALIZED VIEW p.m", Tables::Absent),
    ];
    for (sql, expected) in table {
        cluster.sql("shop", sql);
        assert_eq!(tables(), expected, "{sql}");
    }
}
