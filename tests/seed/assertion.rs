//! The assertion that any driver can run first.

use koomy_guard::Policy;
use koomy_guard::assertion::{NoAssertion, of_identity, of_policy};
use test_servers::{Cluster, PgBouncer};

use crate::moved::HOSTILE;
use crate::world::{
    PASSWORD, World, cities, client, identity, neon, policy, raised, with_cities, with_shop,
};

/// The assertion for the sandbox of a policy.
fn block(policy: &Policy) -> String {
    of_policy(policy, policy.environment("sandbox").unwrap(), "primary").unwrap()
}

/// Writes a city after the assertion, like a script would.
fn seed(cluster: &Cluster, block: &str) -> Result<String, String> {
    let text = format!("BEGIN; {block}; INSERT INTO public.cities VALUES ('Nantes'); COMMIT");
    cluster.try_sql(("app", PASSWORD), "shop", &text)
}

#[test]
fn it_lets_the_right_database_through_and_no_other() {
    let world = World::stamped();
    let block = block(&world.policy());
    seed(&world.sandbox, &block).unwrap();
    assert_eq!(cities(&world.sandbox), "Nantes\n");
    let said = seed(&world.production, &block).unwrap_err();
    let wrong = "koomy-guard does not know this server as the one that is meant, and nothing was \
                 written. It says project calm-field-1, branch br-main-1, cluster ";
    assert!(said.contains(wrong) && said.contains(", database shop\n"), "{said}");
    assert_eq!(cities(&world.production), "\n");

    // By itself, and in a transaction of the program's own, which continues.
    let mut client = client(world.sandbox.port(), "shop");
    client.batch_execute(&block).unwrap();
    let mut transaction = client.transaction().unwrap();
    transaction.execute(block.as_str(), &[]).unwrap();
    transaction.execute("INSERT INTO public.cities VALUES ('Brest')", &[]).unwrap();
    transaction.commit().unwrap();
    assert_eq!(cities(&world.sandbox), "Brest,Nantes\n");
}

#[test]
fn it_works_through_a_pooler_and_for_a_role_without_rights() {
    let world = World::stamped();
    let block = block(&world.policy());
    world.sandbox.create_role("nobody", PASSWORD);
    world.sandbox.try_sql(("nobody", PASSWORD), "shop", &block).unwrap();
    let bouncer = PgBouncer::start(&world.sandbox, &[("elsewhere", "shop")]);
    client(bouncer.port(), "elsewhere").batch_execute(&block).unwrap();
    let bouncer = PgBouncer::start(&world.production, &[("shop", "shop")]);
    let error = client(bouncer.port(), "shop").batch_execute(&block).unwrap_err();
    assert_eq!(raised(&error).0, "KG001");
}

#[test]
fn the_role_cannot_influence_it() {
    let world = World::stamped();
    for cluster in [&world.production, &world.sandbox] {
        cluster.sql("shop", HOSTILE);
    }
    let block = block(&world.policy());
    for start in ["", "SET search_path = ''; ", "SET search_path = '\"a b\", evil'; "] {
        let text = format!("{start}SHOW search_path; BEGIN; {block}; SHOW search_path; COMMIT");
        let shown = world.sandbox.try_sql(("app", PASSWORD), "shop", &text).unwrap();
        let (before, after) = shown.trim_end().split_once('\n').unwrap();
        assert_eq!(before, after);
        let text = format!("{start}{block}");
        let said = world.production.try_sql(("app", PASSWORD), "shop", &text).unwrap_err();
        assert!(said.contains("branch br-main-1"), "{said}");
    }
    let own = "CREATE TEMPORARY TABLE pg_settings AS SELECT * FROM evil.pg_settings;";
    let text = format!("{own} {block}");
    assert!(world.production.try_sql(("app", PASSWORD), "shop", &text).is_err());
}

#[test]
fn a_plain_server_that_claims_to_be_a_branch_is_refused() {
    let world = World::new();
    let plain = with_shop(Cluster::start());
    plain.sql(
        "shop",
        "ALTER DATABASE shop SET neon.project_id = 'calm-field-1';\
         ALTER DATABASE shop SET neon.branch_id = 'br-dev-1';\
         ALTER DATABASE shop SET neon.endpoint_id = 'ep-dev-1'",
    );
    let said = plain.try_sql(("app", PASSWORD), "shop", &block(&world.policy())).unwrap_err();
    assert!(said.contains("It says project (none), branch (none)"), "{said}");
}

/// A policy whose sandbox is a plain database.
fn local(lines: &str, others: &str) -> Policy {
    policy(&format!(
        "[databases.main]\nhosts = ['main.example']\ndatabase = 'shop'\n{others}\
         [databases.dev]\ndatabase = 'shop'\n{lines}"
    ))
}

#[test]
fn a_plain_database_is_known_by_its_pins_and_the_pins_of_others() {
    let [one, two] = [(); 2].map(|()| with_shop(Cluster::start()));
    let compute = with_shop(Cluster::builder().neon(neon("dev")).start());
    let here = "hosts = ['localhost', '127.0.0.1']\n";
    let pin =
        format!("hosts = ['db.example']\nsystem_identifier = '{}'\n", one.system_identifier());
    let other = format!("system_identifier = '{}'\n", two.system_identifier());
    let table = [
        (block(&local(here, "")), [true, true, false]),
        (block(&local(&pin, "")), [true, false, false]),
        (block(&local(here, &other)), [true, false, false]),
    ];
    let run = |cluster: &Cluster, database: &str, block: &str| {
        cluster.try_sql(("app", PASSWORD), database, block)
    };
    for (block, expected) in &table {
        let found = [&one, &two, &compute].map(|cluster| run(cluster, "shop", block).is_ok());
        assert_eq!(found, *expected, "{block}");
        assert!(run(&one, "postgres", block).is_err(), "another database of the cluster");
    }
    one.create_role("rds_superuser", PASSWORD);
    for (block, _) in &table {
        assert!(run(&one, "shop", block).is_err(), "behind the address is a managed service");
    }
    let rds = format!("{pin}provider = 'rds'\n");
    run(&one, "shop", &block(&local(&rds, ""))).unwrap();
    one.sql("shop", "REVOKE EXECUTE ON FUNCTION pg_catalog.pg_control_system() FROM PUBLIC");
    let said = run(&one, "shop", &block(&local(&rds, ""))).unwrap_err();
    assert!(said.contains("cluster (unknown)"), "{said}");
}

/// No address names such a database, but a server may say that it is one.
#[test]
fn the_name_of_a_database_is_quoted() {
    let cluster = Cluster::start();
    cluster.create_role("app", PASSWORD);
    for name in ["o'b", "a\\", "\\' OR true --", "$koomy$", "$koomy$ $koomy1$", "é%s?:x$1", "'''"]
    {
        cluster.create_database(name, "app");
        let block = of_identity(&identity(&cluster, name)).unwrap();
        for setting in ["on", "off"] {
            let text = format!(
                "SET standard_conforming_strings = {setting}; SET escape_string_warning = off; \
                 SET backslash_quote = off; {block}"
            );
            let run = |database| cluster.try_sql(("app", PASSWORD), database, &text);
            run(name).unwrap_or_else(|said| panic!("{name}: {said}"));
            let said = run("postgres").unwrap_err();
            assert!(said.contains("database postgres"), "{name}: {said}");
        }
    }
}

#[test]
fn the_stamp_is_checked() {
    let world = World::new();
    let block = block(&world.policy());
    let run = || world.sandbox.try_sql(("app", PASSWORD), "shop", &block);
    let says = |words: &str| {
        let said = run().unwrap_err();
        assert!(said.contains(words) && said.contains("nothing was written"), "{words}: {said}");
    };
    run().expect("a fresh database");
    with_cities(&world.sandbox);
    says("finds tables and no stamp");
    world.stamp("sandbox", &world.sandbox);
    run().expect("a stamped one");

    let write = |set: &str| {
        let text = format!("BEGIN; SET LOCAL koomy_guard.writes = 'stamp'; {set}; COMMIT");
        world.sandbox.sql("shop", &text);
    };
    write("UPDATE koomy_guard.stamp SET env = 'local'");
    says("finds the stamp of local");
    write("UPDATE koomy_guard.stamp SET env = 'production', branch_id = 'br-main-1'");
    says("finds a copy of production, stamped for another database");
    write("UPDATE koomy_guard.stamp SET env = 'sandbox', branch_id = NULL");
    says("finds a copy of sandbox");
    write("DELETE FROM koomy_guard.stamp");
    says("finds a stamp without its row");
    world.sandbox.sql(
        "shop",
        "ALTER TABLE koomy_guard.stamp RENAME TO old; \
        CREATE VIEW koomy_guard.stamp AS SELECT * FROM koomy_guard.old",
    );
    says("finds a stamp that is no table");
}

#[test]
fn an_identity_is_asserted_as_a_whole() {
    let world = World::new();
    let plain = [(); 2].map(|()| with_shop(Cluster::start()));
    let all = [&world.production, &world.sandbox, &plain[0], &plain[1]];
    for (at, cluster) in all.iter().enumerate() {
        let block = of_identity(&identity(cluster, "shop")).unwrap();
        for (other, cluster) in all.iter().enumerate() {
            let done = client(cluster.port(), "shop").batch_execute(&block);
            assert_eq!(done.is_ok(), at == other, "{at} {other}: {done:?}");
        }
    }
    // The same name and cluster, but another database: the first was dropped.
    let block = of_identity(&identity(&plain[0], "shop")).unwrap();
    plain[0].sql("postgres", "DROP DATABASE shop");
    plain[0].create_database("shop", "app");
    assert!(client(plain[0].port(), "shop").batch_execute(&block).is_err());
}

#[test]
fn a_server_that_hides_its_identifier_differs_from_one_that_reports_it() {
    let [closed, open] = [(); 2].map(|()| with_shop(Cluster::start()));
    closed.sql("shop", "REVOKE EXECUTE ON FUNCTION pg_catalog.pg_control_system() FROM PUBLIC");
    let block = of_identity(&identity(&closed, "shop")).unwrap();
    client(closed.port(), "shop").batch_execute(&block).unwrap();
    let error = client(open.port(), "shop").batch_execute(&block).unwrap_err();
    assert_eq!(raised(&error).0, "KG001");
}

#[test]
fn there_is_no_assertion_where_it_would_prove_nothing() {
    let of = |policy: &Policy, environment: &str, connection: &str| {
        of_policy(policy, policy.environment(environment).unwrap(), connection).unwrap_err()
    };
    let pins = "provider = 'neon'\nproject = 'p'\nhosts = ['localhost']\n";
    let table = [
        ("hosts = ['db.example']\n", "its `system_identifier`, which"),
        ("hosts = ['localhost', 'db.example']\n", "its `system_identifier`, which"),
        ("hosts = ['localhost']\nprovider = 'rds'\n", "its `system_identifier`, which"),
        (pins, "its `project` and `branch.id`"),
    ];
    for (lines, words) in table {
        let said = of(&local(lines, ""), "sandbox", "primary").to_string();
        assert!(
            said.starts_with("nothing distinguishes the server of `dev` from others"),
            "{said}"
        );
        assert!(said.contains(words), "{said}");
    }
    let here = local("hosts = ['localhost']\n", "");
    assert_eq!(of(&here, "production", "primary"), NoAssertion::Real);
    assert_eq!(of(&here, "sandbox", "secondary"), NoAssertion::NoConnection);
    let text = here.source().shown().unwrap();
    let changed = |from: &str, to: &str| Policy::parse("p", &text.replace(from, to)).unwrap();
    let cases = [
        (changed("seed = true", ""), NoAssertion::NotSeedable),
        (changed("data = 'synthetic'", "data = 'real'"), NoAssertion::Real),
        (changed("databases = ['dev']", ""), NoAssertion::NoDatabase),
        (
            changed("url = 'DATABASE_URL'", "url = 'DATABASE_URL'\ndatabases = ['main']"),
            NoAssertion::NoDatabase,
        ),
        (
            changed("url = 'DATABASE_URL'", "url = 'DATABASE_URL'\nengine = 'mysql'"),
            NoAssertion::NotPostgres,
        ),
    ];
    for (policy, expected) in cases {
        assert_eq!(of(&policy, "sandbox", "primary"), expected);
    }
}
