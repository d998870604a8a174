//! What the built-in policy says.

use super::*;

fn koomy() -> Policy {
    Policy::built_in().unwrap()
}

fn values(list: &[Spanned<String>]) -> Vec<&str> {
    list.iter().map(|item| item.value.as_str()).collect()
}

fn names<'a>(policy: &'a Policy, ids: &[Spanned<DatabaseId>]) -> Vec<&'a str> {
    ids.iter().map(|id| policy.database(id.value).unwrap().name.value.as_str()).collect()
}

#[test]
fn the_built_in_policy_is_the_one_that_koomy_validated() {
    let policy = koomy();
    assert_eq!((policy.name(), policy.owner()), ("koomy", Some("Fondateur / CTO")));
    assert_eq!(policy.origin(), Origin::BuiltIn);
    assert_eq!(policy.source().name(), "policy.example.toml");
    assert_eq!(policy.source().slice(policy.name_span()), Some("\"koomy\""));
    assert_eq!(policy.prefix().map(|prefix| prefix.value.as_str()), Some("KOOMY_"));
    assert_eq!(policy.environment_variable(), "KOOMY_ENV");
    let found: Vec<_> = policy.environments().iter().map(|e| e.name.value.as_str()).collect();
    assert_eq!(found, ["production", "sandbox", "local"]);

    let [production, sandbox, local] = policy.environments() else { panic!("three") };
    let runtime = |e: &Environment| e.runtime.clone().unwrap().value;
    let after = |e: &Environment| {
        e.after.as_ref().and_then(|id| policy.environment_name(id.value)).map(str::to_owned)
    };
    assert_eq!(production.data, Data::Real);
    assert_eq!(runtime(production), ["production"]);
    assert_eq!(names(&policy, &production.databases), ["koomy-main"]);
    assert_eq!(
        values(&production.domains),
        [
            "www.koomy.app",
            "koomy.app",
            "api.koomy.app",
            "backoffice.koomy.app",
            "lorpesikoomyadmin.koomy.app"
        ]
    );
    assert_eq!(values(&production.branches), ["main"]);
    assert_eq!(after(production).as_deref(), Some("sandbox"));
    assert!(!production.seed.value && production.debug.is_none());

    assert_eq!(sandbox.data, Data::Synthetic);
    assert_eq!(runtime(sandbox), ["production", "development"]);
    assert_eq!(names(&policy, &sandbox.databases), ["koomy-development"]);
    assert_eq!(values(&sandbox.branches), ["staging"]);
    assert_eq!(sandbox.domains.len(), 5);
    assert!(sandbox.seed.value && after(sandbox).is_none());
    let debug = sandbox.debug.as_ref().unwrap();
    assert_eq!(debug.paths, ["/api/_debug"]);
    assert_eq!((&*debug.header, &*debug.secret.value), ("X-Debug-Secret", "DEBUG_SECRET"));

    assert_eq!(local.data, Data::Synthetic);
    assert_eq!(runtime(local), ["development"]);
    assert_eq!(names(&policy, &local.databases), ["koomy-local", "koomy-dedicated"]);
    assert_eq!(values(&local.domains), ["localhost"]);
    assert!(!local.seed.value && local.debug.is_none() && local.branches.is_empty());
}

#[test]
fn the_built_in_databases_are_koomys() {
    let policy = koomy();
    let neon = [
        (
            "koomy-main",
            "ep-koomy-main-10000001",
            "br-koomy-main-10000001",
            &["main", "production"][..],
        ),
        (
            "koomy-development",
            "ep-koomy-development-20000002",
            "br-koomy-development-20000002",
            &["development"],
        ),
        ("koomy-dedicated", "ep-koomy-local-30000003", "br-koomy-local-30000003", &["local"]),
    ];
    for (name, endpoint, branch, branches) in neon {
        let database = policy.databases().iter().find(|d| d.name.value == name).unwrap();
        assert_eq!(database.provider, Some(Provider::Neon), "{name}");
        assert_eq!(
            database.project.as_ref().map(|it| it.value.as_str()),
            Some("koomy-quiet-river-10000001")
        );
        assert_eq!(values(&database.endpoints), [format!("{endpoint}.eu-central-1.aws.neon.tech")]);
        assert_eq!(database.branch_id.as_ref().unwrap().value, branch);
        assert_eq!(database.branch_names, branches);
        assert_eq!(database.database.value, "koomy");
        assert_eq!((database.engine, database.network), (Engine::Postgres, Network::Public));
        assert_eq!(database.ports, [5432]);
        assert!(database.hosts.is_empty() && database.users.is_empty());
        assert_eq!(policy.environments_of(database.id).count(), 1);
    }
    let local = policy.databases().iter().find(|d| d.name.value == "koomy-local").unwrap();
    assert_eq!(values(&local.hosts), ["localhost", "127.0.0.1"]);
    assert_eq!((&*local.database.value, local.provider), ("koomy_local", None));

    let [primary] = policy.connections() else { panic!("one connection") };
    let variables: Vec<_> = primary.variables().map(|name| name.value.as_str()).collect();
    assert_eq!((&*primary.name.value, variables), ("primary", vec!["DATABASE_URL"]));
    assert!(policy.is_part_of_connection("DATABASE_URL"));
    assert!(!policy.is_part_of_connection("database_url"));
}

#[test]
fn the_built_in_variables_are_koomys() {
    let policy = koomy();
    let [production, sandbox, local] =
        ["production", "sandbox", "local"].map(|name| policy.environment(name).unwrap().id);
    // (the name, the kind of secret, required in production, in sandbox, in local, allowed in production)
    let table = [
        ("STRIPE_SECRET_KEY", Some("stripe-secret-key"), [true, true, false], true),
        ("STRIPE_PUBLISHABLE_KEY", Some("stripe-publishable-key"), [false, false, false], true),
        ("STRIPE_WEBHOOK_SECRET", Some("stripe-webhook-secret"), [true, true, false], true),
        ("SENDGRID_API_KEY", Some("sendgrid-api-key"), [true, true, false], true),
        ("JWT_SECRET", Some("random"), [true, true, false], true),
        ("SESSION_SECRET", Some("random"), [true, true, false], true),
        ("DEBUG_SECRET", Some("random"), [false, true, false], false),
        ("PUBLIC_URL", None, [false, false, false], true),
        ("KOOMY_ENV", None, [true, true, true], true),
        ("NODE_ENV", None, [true, true, true], true),
    ];
    for (name, kind, required, allowed) in table {
        let variable = policy.variable(name).unwrap();
        assert_eq!(variable.secret().map(|rule| rule.kind.id()), kind, "{name}");
        let found = [production, sandbox, local].map(|id| variable.required.contains(id));
        assert_eq!(found, required, "{name}");
        assert_eq!(variable.allowed.contains(production), allowed, "{name}");
        assert!(variable.allowed.contains(sandbox), "{name}");
    }
    for name in ["DEBUG_ANYTHING", "INTERNAL"] {
        let Some(Declared::ByPattern(pattern)) = policy.declared(name) else { panic!("{name}") };
        let found = [production, sandbox, local].map(|id| pattern.allowed.contains(id));
        assert_eq!(found, [false, true, false], "{name}");
    }
    for name in ["STRIPE_SECRET_KEY", "STRIPE_PUBLISHABLE_KEY"] {
        let class = policy.variable(name).unwrap().secret().unwrap().class.as_ref().unwrap();
        let of = |id| class.of(id).map(|class| class.value);
        assert_eq!(of(production), Some(Class::Live));
        assert_eq!((of(sandbox), of(local)), (Some(Class::Test), Some(Class::Test)));
    }
    for name in ["PUBLIC_URL", "APP_URL", "API_URL", "BACKOFFICE_URL", "ADMIN_URL"] {
        assert_eq!(policy.variable(name).unwrap().kind.name(), "url", "{name}");
    }
    let node_env = policy.variable("NODE_ENV").unwrap();
    assert_eq!(node_env.kind.name(), "runtime");
    assert_eq!(
        node_env.values.as_ref().unwrap().of(local).unwrap().value,
        ["production", "development"]
    );
    assert!(policy.declared("PATH").is_none());
}
