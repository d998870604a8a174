//! The rights of the role, and the traces of a managed service.

use std::collections::BTreeSet;

use koomy_guard::facts::{Right, Trace};
use test_servers::Cluster;

use crate::world::{Way, with_shop};

#[test]
fn a_role_has_the_rights_that_it_can_take() {
    let cluster = with_shop(Cluster::start());
    let way = Way::to(cluster.port(), "shop");
    cluster.sql("shop", "CREATE ROLE group_of_owners; CREATE ROLE strong BYPASSRLS REPLICATION");
    let table: [(&str, &str, &[Right]); 14] = [
        ("", "", &[]),
        ("ALTER DATABASE shop OWNER TO app", "ALTER DATABASE shop OWNER TO owner", &[Right::Owner]),
        ("GRANT owner TO app", "REVOKE owner FROM app", &[Right::Owner]),
        (
            "ALTER ROLE app NOINHERIT; GRANT owner TO group_of_owners; GRANT group_of_owners TO app",
            "ALTER ROLE app INHERIT; REVOKE group_of_owners FROM app",
            &[Right::Owner],
        ),
        ("ALTER ROLE app BYPASSRLS", "ALTER ROLE app NOBYPASSRLS", &[Right::BypassRls]),
        (
            "GRANT pg_write_all_data TO app",
            "REVOKE pg_write_all_data FROM app",
            &[Right::WriteAllData],
        ),
        ("GRANT pg_read_all_data TO app", "REVOKE pg_read_all_data FROM app", &[]),
        ("ALTER ROLE app REPLICATION", "ALTER ROLE app NOREPLICATION", &[Right::Replication]),
        ("ALTER ROLE app CREATEROLE", "ALTER ROLE app NOCREATEROLE", &[Right::CreateRole]),
        ("ALTER ROLE app CREATEDB", "ALTER ROLE app NOCREATEDB", &[Right::CreateDatabase]),
        ("GRANT strong TO app", "REVOKE strong FROM app", &[Right::BypassRls, Right::Replication]),
        ("ALTER ROLE app SUPERUSER", "ALTER ROLE app NOSUPERUSER", &Right::ALL),
        ("GRANT postgres TO app", "REVOKE postgres FROM app", &Right::ALL),
        // The role of the session is judged together with the one that logs in.
        (
            "GRANT strong TO app; ALTER ROLE app SET role = 'strong'",
            "ALTER ROLE app RESET role; REVOKE strong FROM app",
            &[Right::BypassRls, Right::Replication],
        ),
    ];
    for (grant, revoke, expected) in table {
        cluster.sql("shop", grant);
        let role = way.identity().role;
        assert_eq!(role.rights, BTreeSet::from_iter(expected.iter().copied()), "{grant}");
        cluster.sql("shop", revoke);
    }
    // Each right alone, through a role to which it belongs.
    let attributes = [
        ("BYPASSRLS", Right::BypassRls),
        ("REPLICATION", Right::Replication),
        ("CREATEROLE", Right::CreateRole),
        ("CREATEDB", Right::CreateDatabase),
    ];
    for (attribute, right) in attributes {
        cluster.sql("shop", &format!("CREATE ROLE one {attribute}; GRANT one TO app"));
        assert_eq!(way.identity().role.rights, BTreeSet::from([right]));
        cluster.sql("shop", "DROP ROLE one");
    }
    // A weaker role that was set does not hide the one that logged in.
    cluster.sql(
        "shop",
        "ALTER ROLE app SUPERUSER; CREATE ROLE weak; ALTER ROLE app SET role = 'weak'",
    );
    let role = way.identity().role;
    assert_eq!(role.name, "weak");
    assert_eq!(role.rights, BTreeSet::from(Right::ALL));
}

#[test]
fn a_session_that_cannot_write_says_so() {
    let cluster = with_shop(Cluster::start());
    let way = Way::to(cluster.port(), "shop");
    assert!(!way.identity().read_only);
    cluster.sql("shop", "ALTER DATABASE shop SET default_transaction_read_only = on");
    assert!(way.identity().read_only);
}

#[test]
fn a_managed_service_leaves_traces() {
    let trace = |service, by: &str| Trace { service, by: by.to_owned() };
    let table = [
        ("neon_superuser", "neon"),
        ("databricks_superuser", "neon"),
        ("rds_superuser", "rds"),
        ("cloudsqlsuperuser", "cloud-sql"),
        ("azure_pg_admin", "azure"),
        ("supabase_admin", "supabase"),
    ];
    let cluster = with_shop(Cluster::start());
    let way = Way::to(cluster.port(), "shop");
    // A role with a similar name, and a placeholder that anybody may set.
    cluster.sql("shop", "CREATE ROLE rds_superuser2; ALTER ROLE app SET rds.extensions = 'x'");
    assert_eq!(way.identity().traces, BTreeSet::new());
    for (role, service) in table {
        cluster.sql("shop", &format!("CREATE ROLE {role}"));
        assert_eq!(way.identity().traces, BTreeSet::from([trace(service, role)]));
        cluster.sql("shop", &format!("DROP ROLE {role}"));
    }
}
