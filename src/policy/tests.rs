//! What a policy says, once it is read.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use super::*;
use crate::secret::Class;
use crate::target::{Engine, Provider};

fn koomy() -> Policy {
    Policy::built_in().unwrap()
}

fn values(list: &[Spanned<String>]) -> Vec<&str> {
    list.iter().map(|item| item.value.as_str()).collect()
}

fn names<'a>(policy: &'a Policy, ids: &[Spanned<DatabaseId>]) -> Vec<&'a str> {
    ids.iter().map(|id| policy.database(id.value).unwrap().name.value.as_str()).collect()
}

fn parse(text: &str) -> Policy {
    Policy::parse("p.toml", text).unwrap()
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

#[test]
fn a_name_is_declared_by_itself_before_any_pattern() {
    let policy = parse(
        "version = 1\nname = 'n'\nenvironments.a.data = 'real'\n[variables]\n\
         E.is = 'environment'\nDEBUG_OWN.is = 'secret'\n'DEBUG*'.description = 'first'\n\
         '*_SQL'.description = 'second'\n",
    );
    let description = |name: &str| {
        policy.declared(name).map(|declared| match declared {
            Declared::ByName(variable) => variable.description.clone(),
            Declared::ByPattern(pattern) => pattern.description.clone(),
        })
    };
    let table = [
        ("DEBUG_OWN", Some(None)),
        ("DEBUG", Some(Some("first"))),
        ("DEBUG_SQL", Some(Some("first"))),
        ("MY_SQL", Some(Some("second"))),
        ("_SQL", Some(Some("second"))),
        ("SQL", None),
        ("MY_DEBUG", None),
        ("debug", None),
    ];
    for (name, expected) in table {
        assert_eq!(description(name), expected.map(|text| text.map(str::to_owned)), "{name}");
    }
    for pattern in policy.patterns() {
        assert!(pattern.names.fits(&pattern.names.example()), "{}", pattern.written.value);
        assert!(!pattern.names.fits(""), "{}", pattern.written.value);
    }
}

#[test]
fn what_is_left_out_has_its_meaning() {
    let policy = parse(
        "version = 1\nname = 'n'\nenvironments.a.data = 'masked'\nenvironments.b.data = 'real'\n\
         variables.E.is = 'environment'\nvariables.T = {}\nvariables.S.is = 'secret'\n\
         variables.R = { is = 'secret', required = true, min_bits = 128, phases = ['ci'] }\n\
         [databases]\nd = { hosts = ['h'], database = 'd' }\n\
         m = { hosts = ['m'], database = 'd', engine = 'mysql', network = 'private' }\n\
         s = { endpoints = ['s'], database = 'd', provider = 'supabase' }\n\
         p = { endpoints = ['p'], database = 'd', provider = 'planetscale', engine = 'mysql' }\n\
         o = { endpoints = ['o'], database = 'd', provider = 'rds', ports = [1, 65535] }\n",
    );
    let ports = |name: &str| {
        let database = policy.databases().iter().find(|d| d.name.value == name).unwrap();
        (database.engine, database.network, database.ports.clone())
    };
    assert_eq!(ports("d"), (Engine::Postgres, Network::Public, vec![5432]));
    assert_eq!(ports("m"), (Engine::MySql, Network::Private, vec![3306]));
    assert_eq!(ports("s"), (Engine::Postgres, Network::Public, vec![5432, 6543]));
    assert_eq!(ports("p"), (Engine::MySql, Network::Public, vec![3306, 6432]));
    assert_eq!(ports("o"), (Engine::Postgres, Network::Public, vec![1, 65535]));

    let [a, b] = policy.environments() else { panic!("two") };
    assert_eq!((a.data.name(), b.data.name()), ("masked", "real"));
    assert_eq!((a.databases_span, a.domains_span), (a.name.span, a.name.span));
    let (text, secret) = (policy.variable("T").unwrap(), policy.variable("S").unwrap());
    assert_eq!(text.kind.name(), "text");
    assert!(!text.required.contains(a.id) && text.allowed.contains(a.id));
    assert_eq!(text.required.span(), None);
    let rule = secret.secret().unwrap();
    assert_eq!((rule.kind.id(), rule.min_bits, rule.kind_span), ("random", 64, secret.name.span));
    let required = policy.variable("R").unwrap();
    assert!(required.required.contains(a.id) && required.required.contains(b.id));
    assert_eq!(required.secret().unwrap().min_bits, 128);
    for phase in [Phase::Boot, Phase::Ci, Phase::Build] {
        assert_eq!(text.phases.contains(phase), phase == Phase::Boot, "{phase:?}");
        assert_eq!(required.phases.contains(phase), phase == Phase::Ci, "{phase:?}");
        assert!(policy.variable("E").unwrap().phases.contains(phase), "{phase:?}");
        assert_eq!(Phase::from_name(phase.name()), Some(phase));
    }
    assert_eq!(Phase::from_name("Boot"), None);
}

#[test]
fn every_kind_of_variable_is_called_as_it_is_written() {
    for kind in Is::WORDS {
        let mut text =
            "version = 1\nname = 'n'\nenvironments.a = { data = 'real', runtime = ['x'] }\n"
                .to_owned();
        let name = if *kind == "environment" { "V" } else { "E" };
        let _ = writeln!(text, "variables.{name}.is = 'environment'");
        if name == "E" {
            let _ = writeln!(text, "variables.V.is = '{kind}'");
        }
        assert_eq!(parse(&text).variable("V").unwrap().kind.name(), *kind);
    }
    for (word, provider) in format::PROVIDERS.iter().map(|word| (word, Provider::from_name(word))) {
        assert_eq!(provider.map(Provider::name), Some(*word));
    }
}

#[test]
fn the_usual_connection_is_the_only_one_or_the_primary() {
    let usual = |names: &[&str]| {
        let connections: String = names
            .iter()
            .map(|name| format!("[connections.{name}]\nurl = '{name}_URL'\n"))
            .collect();
        let policy = parse(&format!(
            "version = 1\nname = 'n'\n[variables.E]\nis = 'environment'\n\
             [environments.local]\ndata = 'synthetic'\n{connections}"
        ));
        policy.usual_connection().map(|connection| connection.name.value.clone())
    };
    for (names, expected) in [
        (&[][..], None),
        (&["only"], Some("only")),
        (&["primary"], Some("primary")),
        (&["first", "primary", "last"], Some("primary")),
        (&["first", "last"], None),
    ] {
        assert_eq!(usual(names).as_deref(), expected, "{names:?}");
    }
}

#[test]
fn what_is_shown_says_where_the_policy_comes_from() {
    let named = parse(
        "version = 1\nname = 'n'\n[variables.E]\nis = 'environment'\n\
         [environments.local]\ndata = 'synthetic'\n",
    );
    let code = Policy::builder("n")
        .environment("local", |it| it.data(Data::Synthetic))
        .variable("E", |it| it.is(Is::Environment))
        .build()
        .unwrap();
    for (policy, origin) in [(koomy(), "built-in"), (named, "p.toml"), (code, "embedded")] {
        let text = show::human(&policy);
        assert!(text.lines().next().is_some_and(|line| line.contains(origin)), "{text}");
        #[cfg(feature = "report")]
        {
            let json: serde_json::Value = serde_json::from_str(&show::json(&policy)).unwrap();
            assert_eq!(json["policy"]["source"], origin);
            assert_eq!(json["environments"]["local"]["data"], "synthetic");
        }
    }
}

#[test]
fn a_pattern_matches_the_whole_value() {
    let table = [
        ("a|ab", &["a", "ab"][..], &["abc", "b", "", "xa", "a\n"][..]),
        ("[a-z]{2}-[0-9]", &["eu-1"], &["eu-12", "EU-1", "eu-1 "]),
        ("(?i)on", &["on", "ON"], &["one"]),
        ("a$|^b", &["a", "b"], &["ab", "ba", "a\nb"]),
    ];
    for (pattern, fit, other) in table {
        let matcher = Matcher::compile(pattern).unwrap();
        assert!(fit.iter().all(|value| matcher.fits(value)), "{pattern}");
        assert!(!other.iter().any(|value| matcher.fits(value)), "{pattern}");
    }
}

#[test]
fn the_text_and_its_digest_are_kept() {
    let text =
        "version = 1\nname = 'n'\nenvironments.a.data = 'real'\nvariables.E.is = 'environment'\n";
    let policy = parse(text);
    assert_eq!(policy.source().shown(), Some(text));
    assert_eq!((policy.origin(), policy.owner(), policy.prefix()), (Origin::File, None, None));
    // As `sha256sum` says of the same bytes.
    assert_eq!(policy.sha256(), "ab4a1dfd3d8d0e4e8357e33e26eaca15806005dac9af1a56f107a174e564a601");
    assert_eq!(policy.sha256().len(), 64);
    let embedded = Policy::parse_embedded("p.toml", text).unwrap();
    assert_eq!((embedded.origin(), embedded.sha256()), (Origin::Embedded, policy.sha256()));
    assert_ne!(parse(&format!("{text}\n")).sha256(), policy.sha256());
}

#[test]
fn an_error_shows_every_problem() {
    let error = Policy::parse(
        "p.toml",
        "version = 1\nname = 'n'\nverison = 2\n[environments]\na.data = 'real'\n[variables]\n",
    )
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "p.toml: 2 problems in the policy\n  \
         p.toml:3:1: unknown key `verison` in the top of the file; did you mean `version`?\n  \
         p.toml:6:1: no variable names the environment; give one of them `is = \"environment\"`"
    );
    let one = Policy::parse("p.toml", "= 1").unwrap_err();
    assert!(
        one.to_string().starts_with("p.toml: 1 problem in the policy\n  p.toml:1:1: "),
        "{one}"
    );
    assert_eq!(one.policy().name(), "p.toml");
}

#[test]
fn a_suggestion_is_near_or_not_made() {
    let table = [
        ("verison", Some("version")),
        ("Version", Some("version")),
        ("environment", Some("environments")),
        ("zzz", None),
        ("", None),
    ];
    for (name, expected) in table {
        let keys = format::POLICY.iter().map(|key| key.name);
        assert_eq!(problem::closest(name, keys), expected, "{name}");
    }
    for (name, expected) in [("ulr", Some("url")), ("uri", Some("url")), ("u", None), ("xyl", None)]
    {
        assert_eq!(problem::closest(name, ["url", "is"]), expected, "{name}");
    }
}

/// Whatever the bytes, an answer comes, in time, and with a place in the text.
#[test]
fn garbage_is_answered_in_time() {
    let million = 1_000_000;
    let texts = [
        "\0".repeat(million),
        "[".repeat(million),
        "a = [".repeat(million / 5),
        "= \n".repeat(million / 3),
        "\"".repeat(million),
        "a.".repeat(million / 2),
        "é".repeat(million / 2),
        format!("version = 1\nname = '{}'", "x".repeat(million)),
        format!("version = 1\n{}", "x = 1\n".repeat(million / 6)),
        (0..million / 12).map(|n| format!("[v{n}]\na=1\n")).collect(),
    ];
    for text in texts {
        let start: String = text.chars().take(12).collect();
        let before = now();
        let error = Policy::parse("p", &text).unwrap_err();
        assert!(
            before.elapsed() < Duration::from_secs(20),
            "{start:?} took {:?}",
            before.elapsed()
        );
        assert!(!error.problems().is_empty(), "{start:?}");
        for problem in error.problems().iter().take(100) {
            assert!(error.policy().locate(problem.span).is_some(), "{start:?}: {problem:?}");
        }
    }
}

/// The bound is far from what it takes, so that a busy machine does not fail, and
/// near enough to what a walk of the whole text for each entry would take.
#[test]
fn a_large_policy_is_read_in_a_bounded_time() {
    let text = large(2000);
    let before = now();
    assert_eq!(parse(&text).environments().len(), 2000);
    assert!(before.elapsed() < Duration::from_secs(10), "{:?}", before.elapsed());
}

#[expect(clippy::disallowed_methods, reason = "a test of how long something takes")]
fn now() -> Instant {
    Instant::now()
}

fn large(size: usize) -> String {
    let mut text = "version = 1\nname = 'n'\nvariables.E.is = 'environment'\n".to_owned();
    for n in 0..size {
        let _ = write!(
            text,
            "[environments.e{n}]\ndata = 'real'\ndatabases = ['d{n}']\ndomains = ['h{n}.net']\n\
             [databases.d{n}]\nendpoints = ['db{n}.net']\ndatabase = 'd'\n\
             [variables.V{n}]\nis = 'secret'\nrequired = ['e{n}']\nallowed = ['e{n}']\n\
             [connections.c{n}]\nurl = 'U{n}'\n"
        );
    }
    text
}
