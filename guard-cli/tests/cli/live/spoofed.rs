//! Servers and roles that say of themselves what is not so.

use test_servers::{Cluster, Forwarder};

use super::stage::{
    PLAIN_DEV, PLAIN_MAIN, PRODUCTION, Stage, as_app, compute, neon_policy, plain, plain_policy,
    with_shop,
};

/// The settings of the sandbox's branch.
const IDS: [(&str, &str); 4] = [
    ("neon.project_id", "calm-field-1"),
    ("neon.branch_id", "br-dev-1"),
    ("neon.endpoint_id", "ep-dev-1"),
    ("neon.timeline_id", "timeline-dev"),
];

fn is_found_out(cluster: &Cluster) {
    let (main, dev) = (PRODUCTION.port(), cluster.port());
    let stage = Stage::new(&neon_policy(main, dev), main, dev);
    stage.refuses("sandbox", "database-identity-matches", "not a Neon server");
    stage.seed("sandbox").ends(78);
}

#[test]
fn a_plain_server_sets_the_ids_for_the_database() {
    let cluster = with_shop(plain());
    for (name, id) in IDS {
        cluster.sql("shop", &format!("ALTER DATABASE shop SET {name} = '{id}'"));
    }
    assert_eq!(as_app(&cluster, "SHOW neon.branch_id"), "br-dev-1\n");
    is_found_out(&cluster);
}

#[test]
fn a_plain_server_sets_the_ids_for_the_role() {
    let cluster = with_shop(plain());
    for (name, id) in IDS {
        cluster.sql("shop", &format!("ALTER ROLE app SET {name} = '{id}'"));
    }
    assert_eq!(as_app(&cluster, "SHOW neon.branch_id"), "br-dev-1\n");
    is_found_out(&cluster);
}

#[test]
fn options_and_parameters_of_the_url_never_reach_the_server() {
    let (main, dev) = (PRODUCTION.port(), PLAIN_DEV.port());
    for more in
        ["options=-c%20neon.branch_id%3Dbr-dev-1", "neon.branch_id=br-dev-1", "search_path=evil"]
    {
        let url = format!("{}&{more}", super::stage::url(dev));
        let stage = Stage::leading(&neon_policy(main, dev), &super::stage::url(main), &url);
        stage.refuses("sandbox", "database-url-is-unambiguous", "");
    }
    let stage = Stage::new(&neon_policy(main, dev), main, dev);
    let file = ["check", "--live", "--env-file", "moved.env"];
    let moved = stage.room().text("sandbox.env") + "PGOPTIONS=-c neon.branch_id=br-dev-1\n";
    std::fs::write(stage.room().at("moved.env"), moved).unwrap();
    stage.room().guard(file).run().keeps_secrets().ends(1);
}

/// Everything that the probe names, in a schema that comes first.
const SHADOWS: &str = "
    CREATE SCHEMA evil;
    CREATE FUNCTION evil.current_setting(text) RETURNS text LANGUAGE sql AS $$ SELECT 'br-dev-1' $$;
    CREATE FUNCTION evil.current_setting(text, boolean) RETURNS text LANGUAGE sql AS $$ SELECT 'br-dev-1' $$;
    CREATE FUNCTION evil.current_database() RETURNS name LANGUAGE sql AS $$ SELECT 'shop'::name $$;
    CREATE FUNCTION evil.pg_is_in_recovery() RETURNS boolean LANGUAGE sql AS $$ SELECT false $$;
    CREATE FUNCTION evil.inet_server_addr() RETURNS inet LANGUAGE sql AS $$ SELECT NULL::inet $$;
    CREATE FUNCTION evil.always(text, text) RETURNS boolean LANGUAGE sql AS $$ SELECT true $$;
    CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.always);
    CREATE VIEW evil.pg_settings AS
        SELECT name, CASE name WHEN 'neon.branch_id' THEN 'br-dev-1' WHEN 'neon.endpoint_id'
            THEN 'ep-dev-1' ELSE setting END AS setting, context, source
        FROM pg_catalog.pg_settings;
    CREATE VIEW evil.pg_roles AS SELECT * FROM pg_catalog.pg_roles WHERE rolname = 'app';
    CREATE FUNCTION evil.pg_control_system(OUT system_identifier bigint)
        LANGUAGE sql AS $$ SELECT 1::bigint $$;
    ALTER ROLE app SET search_path = evil, pg_catalog;
";

#[test]
fn a_role_shadows_what_the_probe_asks() {
    let cluster = compute("main");
    as_app(&cluster, SHADOWS);
    assert_eq!(as_app(&cluster, "SELECT current_setting('neon.branch_id')"), "br-dev-1\n");
    let tunnel = Forwarder::start(cluster.port());
    let (main, dev) = (cluster.port(), tunnel.port());
    let stage = Stage::new(&neon_policy(main, dev), main, dev);
    stage.refuses("sandbox", "database-identity-matches", "`main`, a database of `production`");
    stage.check("production").ends(0);

    let cluster = with_shop(plain());
    as_app(&cluster, SHADOWS);
    let policy = plain_policy((PLAIN_MAIN.port(), &PLAIN_MAIN), (cluster.port(), &PLAIN_DEV));
    let stage = Stage::new(&policy, PLAIN_MAIN.port(), cluster.port());
    let identifier = cluster.system_identifier();
    stage.refuses("sandbox", "database-identity-matches", &identifier);
}

#[test]
fn a_role_that_may_too_much_is_refused_where_the_policy_says_so() {
    let cluster = compute("dev");
    let (main, dev) = (PRODUCTION.port(), cluster.port());
    let rights = "data = \"synthetic\"\nforbidden_rights = [\"superuser\", \"bypass-rls\"]";
    let policy = neon_policy(main, dev).replace("data = \"synthetic\"", rights);
    let stage = Stage::new(&policy, main, dev);
    stage.check("sandbox").ends(0);
    for (right, word) in [("SUPERUSER", "superuser"), ("NOSUPERUSER BYPASSRLS", "bypass-rls")] {
        cluster.sql("shop", &format!("ALTER ROLE app {right}"));
        stage.refuses("sandbox", "database-role-is-least-privileged", word);
    }
    cluster.sql("shop", "ALTER ROLE app NOBYPASSRLS");
    stage.check("sandbox").ends(0);
}

#[test]
fn a_managed_service_behind_localhost_leaves_traces() {
    let cluster = with_shop(plain());
    cluster.sql("shop", "CREATE ROLE rds_superuser");
    let policy = plain_policy((PLAIN_MAIN.port(), &PLAIN_MAIN), (cluster.port(), &cluster));
    let stage = Stage::new(&policy, PLAIN_MAIN.port(), cluster.port());
    stage.refuses("sandbox", "database-identity-matches", "rds_superuser");
}
