//! What a server says about itself, whoever tries to change it.

use koomy_guard::facts::{StampState, Tables};
use test_servers::{Cluster, Neon, PgBouncer};

use crate::world::{Way, ids, with_shop};

fn neon() -> Neon {
    Neon {
        project_id: "calm-field-1".to_owned(),
        branch_id: "br-calm-1".to_owned(),
        endpoint_id: "ep-calm-1".to_owned(),
        timeline_id: "0123abcd".to_owned(),
        tenant_id: "t".to_owned(),
    }
}

const CALM: [Option<&str>; 4] =
    [Some("calm-field-1"), Some("br-calm-1"), Some("ep-calm-1"), Some("0123abcd")];

#[test]
fn a_plain_server_is_its_cluster() {
    let cluster = with_shop(Cluster::start());
    let oid = cluster.sql("shop", "SELECT oid FROM pg_database WHERE datname = 'shop'");
    let system_identifier = cluster.system_identifier();
    let way = Way::to(cluster.port(), "shop");
    for way in [way.clone(), way.encrypted(&cluster.root_certificate())] {
        let identity = way.identity();
        let oid = oid.trim().parse().unwrap();
        assert_eq!(ids(&identity), (vec![], Some((system_identifier.as_str(), oid))));
        assert_eq!((identity.database.as_str(), identity.role.name.as_str()), ("shop", "app"));
        assert_eq!(identity.address, Some(format!("127.0.0.1:{}", cluster.port())));
        assert!(identity.version.starts_with(|c: char| c.is_ascii_digit()), "{}", identity.version);
        assert!(!identity.read_only);
        assert_eq!(identity.traces.len() + identity.role.rights.len(), 0);
        assert_eq!(identity.stamp, StampState::No { tables: Tables::Absent });
    }
}

#[test]
fn a_neon_compute_reports_its_branch() {
    let cluster = with_shop(Cluster::builder().neon(neon()).start());
    let identity = Way::to(cluster.port(), "shop").identity();
    assert_eq!(ids(&identity).0, CALM);
    // An id that the control plane does not give is unknown, not empty.
    cluster.restart_as(Neon { timeline_id: String::new(), ..neon() });
    let identity = Way::to(cluster.port(), "shop").identity();
    assert_eq!(ids(&identity).0, [CALM[0], CALM[1], CALM[2], None]);
}

/// Whatever the role, its owner or a superuser can set for a session.
const SPOOFS: &str = "
    ALTER DATABASE shop SET neon.branch_id = 'br-spoof';
    ALTER DATABASE shop SET neon.project_id = 'spoof';
    ALTER ROLE app SET neon.endpoint_id = 'ep-spoof';";

const HOSTILE: &str = "
    CREATE SCHEMA evil AUTHORIZATION app;
    CREATE TABLE evil.pg_settings (name text, setting text, context text);
    INSERT INTO evil.pg_settings VALUES
        ('neon.branch_id', 'br-spoof', 'postmaster'), ('neon.project_id', 'spoof', 'postmaster');
    CREATE TABLE evil.pg_roles AS SELECT * FROM pg_catalog.pg_roles WITH NO DATA;
    CREATE TABLE evil.pg_database AS SELECT * FROM pg_catalog.pg_database WITH NO DATA;
    CREATE FUNCTION evil.current_database() RETURNS name LANGUAGE sql AS $$ SELECT 'spoof'::name $$;
    CREATE FUNCTION evil.current_setting(text) RETURNS text LANGUAGE sql AS $$ SELECT 'spoof' $$;
    CREATE FUNCTION evil.set_config(text, text, bool) RETURNS text LANGUAGE sql AS $$ SELECT 'spoof' $$;
    CREATE FUNCTION evil.always(text, text) RETURNS bool LANGUAGE sql AS $$ SELECT true $$;
    CREATE FUNCTION evil.never(text, text) RETURNS bool LANGUAGE sql AS $$ SELECT false $$;
    CREATE FUNCTION evil.always(name, name) RETURNS bool LANGUAGE sql AS $$ SELECT true $$;
    CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.always);
    CREATE OPERATOR evil.= (LEFTARG = name, RIGHTARG = name, FUNCTION = evil.always);
    CREATE OPERATOR evil.~~ (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.never);
    CREATE FUNCTION evil.concat(anyarray, anyarray) RETURNS anyarray LANGUAGE sql AS $$ SELECT '{}'::text[] $$;
    GRANT ALL ON ALL TABLES IN SCHEMA evil TO app;
    ALTER ROLE app SET search_path = evil, pg_catalog, public;
    ALTER ROLE app SET default_transaction_isolation = 'serializable';
    ALTER ROLE app SET default_transaction_deferrable = on;
    ALTER ROLE app SET standard_conforming_strings = off;
    ALTER ROLE app SET DateStyle = 'SQL, DMY';
    ALTER ROLE app SET bytea_output = 'escape';
    ALTER ROLE app SET row_security = off;
    ALTER ROLE app SET statement_timeout = '100s';
    ALTER ROLE app SET plpgsql.extra_errors = 'all';
    ALTER ROLE app SET plpgsql.variable_conflict = 'use_column';
    ALTER ROLE app SET array_nulls = off;
    ALTER ROLE app SET transform_null_equals = on;
    ALTER ROLE app SET quote_all_identifiers = on;
    ALTER ROLE app SET extra_float_digits = -15;
    ALTER ROLE app SET client_encoding = 'LATIN1';
    ALTER ROLE app SET koomy_guard.probe = '{stamp,none,NULL,NULL,cluster,666,NULL,NULL}';";

#[test]
fn what_a_session_can_set_changes_nothing() {
    let cluster = with_shop(Cluster::start());
    let before = Way::to(cluster.port(), "shop").identity();
    cluster.sql("shop", SPOOFS);
    cluster.sql("shop", HOSTILE);
    // Nothing waits until this transaction has ended.
    let mut other = Way { user: "owner", ..Way::to(cluster.port(), "shop") }.client();
    other.batch_execute("BEGIN ISOLATION LEVEL SERIALIZABLE; CREATE TABLE open (x int)").unwrap();
    let shown = "SHOW neon.branch_id; SHOW neon.endpoint_id; SELECT current_database()";
    let shown = cluster.try_sql(("app", crate::world::PASSWORD), "shop", shown);
    assert_eq!(shown.as_deref(), Ok("br-spoof\nep-spoof\nspoof\n"), "the server is not hostile");
    let mut after = Way::to(cluster.port(), "shop").identity();
    assert_eq!(after.stamp, StampState::No { tables: Tables::Present });
    after.stamp = before.stamp.clone();
    assert_eq!(before, after);
}

#[test]
fn a_cluster_that_may_not_be_asked_is_unknown() {
    let cluster = with_shop(Cluster::start());
    let before = Way::to(cluster.port(), "shop").identity();
    cluster.sql("shop", "REVOKE ALL ON FUNCTION pg_catalog.pg_control_system() FROM PUBLIC");
    let after = Way::to(cluster.port(), "shop").identity();
    assert_eq!(ids(&after), (vec![], None));
    assert_eq!(
        (before.version, before.role, before.stamp),
        (after.version, after.role, after.stamp)
    );
}

#[test]
fn what_a_session_can_set_changes_nothing_on_a_neon_compute() {
    let cluster = with_shop(Cluster::builder().neon(neon()).start());
    cluster.sql("shop", HOSTILE);
    let identity = Way::to(cluster.port(), "shop").identity();
    assert_eq!(ids(&identity).0, CALM);
    assert_eq!(identity.database, "shop");
}

#[test]
fn a_pooler_is_looked_through() {
    let cluster = with_shop(Cluster::builder().neon(neon()).start());
    cluster.sql("shop", HOSTILE);
    let bouncer = PgBouncer::start(&cluster, &[("sandbox", "shop")]);
    let way = Way::to(bouncer.port(), "sandbox");
    for way in [way.clone(), way.encrypted(&bouncer.root_certificate())] {
        // The second time, the server's session was used before.
        for _ in 0..2 {
            let identity = way.identity();
            assert_eq!(ids(&identity).0, CALM);
            assert_eq!(identity.database, "shop");
            assert_eq!(identity.address, Some(format!("127.0.0.1:{}", cluster.port())));
        }
    }
}
