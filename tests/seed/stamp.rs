//! Stamps, and what happens to them in copies.

use koomy_guard::facts::{Binding, Identity, Stamp, StampState, Tables, Trace};
use koomy_guard::stamp::{StampRefusal, write};
use test_servers::Cluster;

use crate::world::{
    PASSWORD, World, client, identity, neon, plan_of, policy, raised, target_of, with_cities,
    with_shop,
};

fn stamp(identity: &Identity) -> &Stamp {
    match &identity.stamp {
        StampState::Stamped(stamp) => stamp,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_stamp_says_which_database_it_is_for() {
    let world = World::new();
    let plan = world.plan("sandbox", &world.sandbox);
    assert_eq!(
        plan.describe(),
        "stamps `dev` as a database of `sandbox`\n  for the database `shop`, branch `br-dev-1` of \
         project `calm-field-1`, not for a copy of it\n  there is no stamp yet\n  in the table \
         `koomy_guard.stamp`, which is created if it does not exist\n"
    );
    world.stamp("sandbox", &world.sandbox);
    let here = identity(&world.sandbox, "shop");
    let branch =
        Binding::Neon { project: "calm-field-1".to_owned(), branch: "br-dev-1".to_owned() };
    assert_eq!((&*stamp(&here).environment, &stamp(&here).binding), ("sandbox", &branch));
    assert_eq!(here.binding().as_ref(), Some(&branch));
    assert_eq!(stamp(&here).guard_version, env!("CARGO_PKG_VERSION"));
    let row = "SELECT env, bound_kind, endpoint_id, timeline_id, database_name, parent_stamp IS NULL \
               FROM koomy_guard.stamp";
    let columns = "sandbox|neon|ep-dev-1|0123abcd|shop|t\n";
    assert_eq!(world.sandbox.sql("shop", row), columns);

    // Again: the same with a new date; there was no copy, so nothing is remembered.
    let again = world.plan("sandbox", &world.sandbox);
    assert!(again.describe().contains("the existing stamp says the same"), "{}", again.describe());
    world.stamp("sandbox", &world.sandbox);
    assert_eq!(world.sandbox.sql("shop", row), columns);

    // Deleting everything in a hurry does not delete the stamp.
    world.sandbox.sql("shop", "DROP SCHEMA public CASCADE");
    assert_eq!(stamp(&identity(&world.sandbox, "shop")).environment, "sandbox");
    world.production.create_role("nobody", PASSWORD);
    world.stamp("production", &world.production);
    let read = "SELECT env FROM koomy_guard.stamp";
    let read = world.production.try_sql(("nobody", PASSWORD), "shop", read);
    assert_eq!(read.as_deref(), Ok("production\n"));
}

#[test]
fn a_plan_can_be_run_by_hand() {
    let world = World::new();
    let sql = world.plan("sandbox", &world.sandbox).sql();
    world.sandbox.try_sql(("app", PASSWORD), "shop", &sql).unwrap();
    assert_eq!(stamp(&identity(&world.sandbox, "shop")).environment, "sandbox");
    let said = world.production.try_sql(("app", PASSWORD), "shop", &sql).unwrap_err();
    assert!(said.contains("branch br-main-1"), "{said}");
    assert_eq!(
        identity(&world.production, "shop").stamp,
        StampState::No { tables: Tables::Absent }
    );
}

/// Any role that may create a schema could put a trigger there and wait for a superuser.
#[test]
fn no_code_of_another_role_is_run() {
    let world = World::new();
    let sandbox = &world.sandbox;
    sandbox.create_role("intruder", PASSWORD);
    sandbox.sql("shop", "GRANT CREATE ON DATABASE shop TO intruder");
    let trap = "CREATE SCHEMA koomy_guard; GRANT ALL ON SCHEMA koomy_guard TO PUBLIC; \
        CREATE FUNCTION koomy_guard.trap() RETURNS trigger LANGUAGE plpgsql AS \
        $f$ BEGIN EXECUTE 'ALTER ROLE intruder SUPERUSER'; RETURN NULL; END $f$";
    sandbox.try_sql(("intruder", PASSWORD), "shop", trap).unwrap();
    let plan = world.plan("sandbox", sandbox);
    let said =
        sandbox.try_sql((sandbox.superuser(), sandbox.superuser_password()), "shop", &plan.sql());
    assert!(said.unwrap_err().contains("another role owns the schema koomy_guard"));
    let intruder = "SELECT rolsuper FROM pg_roles WHERE rolname = 'intruder'";
    assert_eq!(sandbox.sql("shop", intruder), "f\n");

    // Nor if the schema belongs to a superuser, but something in it does not.
    sandbox.sql("shop", "ALTER SCHEMA koomy_guard OWNER TO CURRENT_USER");
    let said =
        sandbox.try_sql((sandbox.superuser(), sandbox.superuser_password()), "shop", &plan.sql());
    assert!(said.unwrap_err().contains("another role owns the schema koomy_guard"));
    sandbox.sql("shop", "DROP FUNCTION koomy_guard.trap()");
    world.stamp("sandbox", sandbox);
    assert_eq!(stamp(&identity(sandbox, "shop")).environment, "sandbox");
}

#[test]
fn it_is_not_changed_by_accident() {
    let world = World::stamped();
    for change in [
        "UPDATE koomy_guard.stamp SET env = 'production'",
        "DELETE FROM koomy_guard.stamp",
        "TRUNCATE koomy_guard.stamp",
        "INSERT INTO koomy_guard.stamp SELECT * FROM koomy_guard.stamp",
        "INSERT INTO koomy_guard.stamp (env, bound_kind, database_name, stamped_at, guard_version) \
         VALUES ('production', 'plain', 'x', now(), '1') ON CONFLICT (one) DO UPDATE SET env = 'x'",
    ] {
        for user in ["app", "postgres"] {
            let password =
                if user == "app" { PASSWORD } else { world.sandbox.superuser_password() };
            let said = world.sandbox.try_sql((user, password), "shop", change).unwrap_err();
            assert!(said.contains("lets nobody change the stamp"), "{change}: {said}");
        }
    }
    assert_eq!(stamp(&identity(&world.sandbox, "shop")).environment, "sandbox");
    let two = "BEGIN; SET LOCAL koomy_guard.writes = 'stamp'; INSERT INTO koomy_guard.stamp \
        SELECT false, env, bound_kind FROM koomy_guard.stamp";
    assert!(world.sandbox.try_sql(("app", PASSWORD), "shop", two).is_err(), "there is one row");
    // The permission of the plan's own transaction ends with it.
    let mut client = client(world.sandbox.port(), "shop");
    write(&mut client, &world.plan("sandbox", &world.sandbox)).unwrap();
    let error = client.batch_execute("DELETE FROM koomy_guard.stamp").unwrap_err();
    assert_eq!(raised(&error).0, "KG002");
}

#[test]
fn a_wrong_database_is_not_stamped() {
    let world = World::new();
    let policy_ = world.policy();
    let [production, sandbox] =
        [&world.production, &world.sandbox].map(|cluster| identity(cluster, "shop"));
    let refused = |environment: &str, identity: &Identity| {
        plan_of(&policy_, environment, identity, None).unwrap_err().to_string()
    };
    let other = "the server is not `dev`: its branch differs; see `guard-cli identify`, and \
        point the variable at the right one";
    assert_eq!(refused("sandbox", &production), other);
    assert!(refused("production", &sandbox).contains("`main`: its branch differs"));
    let mut elsewhere = sandbox.clone();
    "postgres".clone_into(&mut elsewhere.database);
    assert!(refused("sandbox", &elsewhere).contains("its database's name differs"));
    let standby = Identity { read_only: true, ..sandbox.clone() };
    assert_eq!(refused("sandbox", &standby), "the server takes no writes; connect to the primary");
    let plain = with_shop(Cluster::start());
    assert!(refused("sandbox", &identity(&plain, "shop")).contains("its provider differs"));

    let environment = policy_.environment("sandbox").unwrap();
    let main = policy_.databases().iter().find(|known| known.name.value == "main").unwrap();
    let target = target_of(main);
    let error = koomy_guard::stamp::plan(&policy_, environment, main, &target, &production, None);
    let said = "`main` is not a database of `sandbox`; list it in the environment's `databases`";
    assert_eq!(error.unwrap_err().to_string(), said);
    let dev = policy_.database(environment.databases[0].value).unwrap();
    let error = koomy_guard::stamp::plan(&policy_, environment, dev, &target, &sandbox, None);
    assert!(error.unwrap_err().to_string().contains("its address differs"));
    // What the command refuses because of the server's own words, the plan refuses, too.
    let mut traced = sandbox.clone();
    traced.traces.insert(Trace { service: "rds", by: "rds_superuser".to_owned() });
    assert!(refused("sandbox", &traced).contains("its provider differs"));
    let text = policy_.source().shown().unwrap();
    let (first, dev) = text.split_once("[databases.dev]").unwrap();
    let own = "[databases.dev]\nendpoints = ['ep-x-9.eu-central-1.aws.neon.tech']";
    let listed = format!("{first}{own}{dev}");
    let listed = koomy_guard::Policy::parse("policy.toml", &listed).unwrap();
    let error = plan_of(&listed, "sandbox", &sandbox, None).unwrap_err().to_string();
    assert!(error.contains("its endpoint differs"), "{error}");
    let unpinned = policy(
        "[databases.main]\nhosts = ['m.example']\ndatabase = 'shop'\n\
         [databases.dev]\nprovider = 'neon'\nhosts = ['localhost']\ndatabase = 'shop'\n",
    );
    let error = plan_of(&unpinned, "sandbox", &sandbox, None).unwrap_err();
    assert!(matches!(error, StampRefusal::Unpinned { .. }), "{error}");
    assert!(error.to_string().contains("guard-cli neon sync"));
}

#[test]
fn a_plan_is_for_one_server_and_one_moment() {
    let world = World::new();
    let plan = world.plan("sandbox", &world.sandbox);
    let error = write(&mut client(world.production.port(), "shop"), &plan).unwrap_err();
    let (code, message) = raised(&error);
    assert_eq!(code, "KG001");
    assert!(message.contains("branch br-main-1") && message.contains("nothing was written"));
    let none = StampState::No { tables: Tables::Absent };
    assert_eq!(identity(&world.production, "shop").stamp, none);

    // Somebody else has stamped it meanwhile.
    write(&mut client(world.sandbox.port(), "shop"), &plan).unwrap();
    let mut late = client(world.sandbox.port(), "shop");
    assert_eq!(raised(&write(&mut late, &plan).unwrap_err()).0, "KG002");
    let one: i32 = late.query_one("SELECT 1", &[]).unwrap().get(0);
    assert_eq!(one, 1, "the connection can be used again");
}

#[test]
fn a_branch_of_production_is_recognised_as_its_copy() {
    let world = World::new();
    with_cities(&world.production);
    world.stamp("production", &world.production);
    let child = world.production.basebackup_as(Cluster::builder().neon(neon("dev")));
    let copy = identity(&child, "shop");
    assert_eq!(stamp(&copy).environment, "production");
    let policy = world.policy();
    let ask = |environment: &str, adopt| plan_of(&policy, environment, &copy, adopt);
    let refused = ask("sandbox", None).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the database is a copy of `production`; if it may be used here, say why (`adopt` of \
         `stamp::plan`; on the command line `--adopt-copy --reason TEXT`)"
    );
    let long = "x".repeat(201);
    for reason in ["", "  ", "two\nlines", &long] {
        assert_eq!(ask("sandbox", Some(reason)).unwrap_err(), StampRefusal::NoReason);
    }
    let plan = ask("sandbox", Some(" the people were taken out, it's 'ok' \\ ")).unwrap();
    assert!(plan.describe().contains("a copy of `production` is adopted"), "{}", plan.describe());
    write(&mut client(child.port(), "shop"), &plan).unwrap();
    let adopted = identity(&child, "shop");
    assert_eq!(stamp(&adopted).environment, "sandbox");
    assert_eq!(stamp(&adopted).parent_environment.as_deref(), Some("production"));
    let parent = "SELECT parent_stamp ->> 'branch_id', parent_stamp ->> 'adopted_because', \
        parent_stamp ? 'one' FROM koomy_guard.stamp";
    let kept = "br-main-1|the people were taken out, it's 'ok' \\|f\n";
    assert_eq!(child.sql("shop", parent), kept);
    // A renewed stamp keeps its parent.
    let renewed = plan_of(&policy, "sandbox", &adopted, None).unwrap();
    write(&mut client(child.port(), "shop"), &renewed).unwrap();
    assert_eq!(child.sql("shop", parent), kept);
    let nothing = plan_of(&policy, "sandbox", &adopted, Some("x")).unwrap_err();
    assert_eq!(nothing, StampRefusal::NothingToAdopt);
}

#[test]
fn a_restored_production_is_stamped_again_once_it_is_pinned() {
    let world = World::new();
    world.stamp("production", &world.production);
    // The cluster is stopped abruptly, and would write late.
    world.production.sql("postgres", "CHECKPOINT");
    world.production.restart_as(neon("restored"));
    let restored = identity(&world.production, "shop");
    let policy = world.policy();
    let error = plan_of(&policy, "production", &restored, None).unwrap_err();
    assert!(error.to_string().contains("its branch differs"), "{error}");
    let text = policy.source().shown().unwrap().replace("br-main-1", "br-restored-1");
    let synced = koomy_guard::Policy::parse("policy.toml", &text).unwrap();
    let error = plan_of(&synced, "production", &restored, Some("x")).unwrap_err();
    assert_eq!(error, StampRefusal::NothingToAdopt);
    let plan = plan_of(&synced, "production", &restored, None).unwrap();
    write(&mut client(world.production.port(), "shop"), &plan).unwrap();
    let after = identity(&world.production, "shop");
    assert_eq!(stamp(&after).binding, after.binding().unwrap());
    assert_eq!(stamp(&after).parent_environment.as_deref(), Some("production"));
}

/// Production on one plain server, and the sandbox on another.
struct Plain {
    production: Cluster,
    sandbox: Cluster,
    policy: koomy_guard::Policy,
}

impl Plain {
    fn new() -> Self {
        let [production, sandbox] = [(); 2].map(|()| with_shop(Cluster::start()));
        let pinned = |name: &str, cluster: &Cluster| {
            let identifier = cluster.system_identifier();
            format!(
                "[databases.{name}]\nhosts = ['localhost']\nports = [{}]\ndatabase = 'shop'\n\
                 system_identifier = '{identifier}'\n",
                cluster.port()
            )
        };
        let policy = policy(&(pinned("main", &production) + &pinned("dev", &sandbox)));
        with_cities(&production);
        let plan = plan_of(&policy, "production", &identity(&production, "shop"), None).unwrap();
        write(&mut client(production.port(), "shop"), &plan).unwrap();
        Self { production, sandbox, policy }
    }

    fn copied(&self, environment: &str, identity: &Identity) -> StampRefusal {
        assert_eq!(stamp(identity).environment, "production");
        assert_ne!(Some(&stamp(identity).binding), identity.binding().as_ref());
        plan_of(&self.policy, environment, identity, None).unwrap_err()
    }
}

#[test]
fn a_dump_of_production_is_recognised_as_its_copy() {
    let plain = Plain::new();
    let dump = plain.production.dump("shop");
    plain.sandbox.try_sql(("postgres", plain.sandbox.superuser_password()), "shop", &dump).unwrap();
    let copy = identity(&plain.sandbox, "shop");
    let stamped = "production".to_owned();
    assert_eq!(plain.copied("sandbox", &copy), StampRefusal::Copy { stamped });
    // The database's owner removes what is in the way, and stamps.
    plain.sandbox.sql("shop", "ALTER TABLE koomy_guard.stamp OWNER TO app; \
        ALTER SCHEMA koomy_guard OWNER TO app; ALTER FUNCTION koomy_guard.refuse_change() OWNER TO app");
    let plan = plan_of(&plain.policy, "sandbox", &copy, Some("made-up people")).unwrap();
    write(&mut client(plain.sandbox.port(), "shop"), &plan).unwrap();
    let oid = plain.sandbox.sql("shop", "SELECT oid FROM pg_database WHERE datname = 'shop'");
    let binding = Binding::Plain {
        system_identifier: plain.sandbox.system_identifier(),
        database_oid: oid.trim().parse().unwrap(),
        database: "shop".to_owned(),
    };
    assert_eq!(stamp(&identity(&plain.sandbox, "shop")).binding, binding);
}

#[test]
fn a_template_of_production_is_recognised_as_its_copy() {
    let plain = Plain::new();
    plain.production.sql("postgres", "CREATE DATABASE twin TEMPLATE shop OWNER app");
    let copy = identity(&plain.production, "twin");
    let text = plain.policy.source().shown().unwrap();
    // In the policy, the twin is a database of the sandbox on the same server.
    let twin = text
        .replace(
            &format!("ports = [{}]", plain.sandbox.port()),
            &format!("ports = [{}]", plain.production.port()),
        )
        .replace(&plain.sandbox.system_identifier(), &plain.production.system_identifier())
        .replace(
            "[databases.dev]\nhosts = ['localhost']",
            "[databases.dev]\nhosts = ['127.0.0.1']",
        );
    let (main, dev) = twin.split_once("[databases.dev]").unwrap();
    let dev = dev.replace("database = 'shop'", "database = 'twin'");
    let policy = koomy_guard::Policy::parse("p", &format!("{main}[databases.dev]{dev}")).unwrap();
    let plain = Plain { policy, ..plain };
    let stamped = "production".to_owned();
    assert_eq!(plain.copied("sandbox", &copy), StampRefusal::Copy { stamped });
}

#[test]
fn a_copy_is_not_adopted_where_data_are_real() {
    let plain = Plain::new();
    let mut copy = identity(&plain.production, "shop");
    let StampState::Stamped(stamp) = &mut copy.stamp else { panic!("{:?}", copy.stamp) };
    stamp.binding = Binding::Neon { project: "p".to_owned(), branch: "b".to_owned() };
    let ask = |copy: &Identity, adopt| plan_of(&plain.policy, "production", copy, adopt);
    assert!(ask(&copy, None).is_ok(), "its own stamp, from elsewhere: restored");
    let mut foreign = copy.clone();
    if let StampState::Stamped(stamp) = &mut foreign.stamp {
        "unheard-of".clone_into(&mut stamp.environment);
    }
    for adopt in [None, Some("a reason")] {
        let error = ask(&foreign, adopt).unwrap_err();
        assert_eq!(error, StampRefusal::CopyInReal { stamped: "unheard-of".to_owned() });
    }
    if let StampState::Stamped(stamp) = &mut foreign.stamp {
        "sandbox".clone_into(&mut stamp.environment);
    }
    assert!(ask(&foreign, None).is_ok(), "what began as made-up data");
}

#[test]
fn a_contradictory_stamp_is_not_replaced() {
    let world = World::stamped();
    let mut here = identity(&world.sandbox, "shop");
    let StampState::Stamped(stamp) = &mut here.stamp else { panic!("{:?}", here.stamp) };
    "local".clone_into(&mut stamp.environment);
    for adopt in [None, Some("a reason")] {
        let error = plan_of(&world.policy(), "sandbox", &here, adopt).unwrap_err();
        assert_eq!(error, StampRefusal::Contradiction { stamped: "local".to_owned() });
    }
    here.stamp = StampState::Unreadable { why: "it has several rows".to_owned() };
    let error = plan_of(&world.policy(), "sandbox", &here, None).unwrap_err();
    assert!(error.to_string().contains("it has several rows"), "{error}");
    here.stamp = StampState::Emptied;
    let plan = plan_of(&world.policy(), "sandbox", &here, None).unwrap();
    let error = write(&mut client(world.sandbox.port(), "shop"), &plan).unwrap_err();
    assert_eq!(raised(&error).0, "KG002", "it is not empty after all");
}
