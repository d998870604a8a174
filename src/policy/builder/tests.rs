//! One model: what is built decides as what is written.

use std::collections::BTreeSet;

use super::*;
use crate::facts::{Facts, Right};
use crate::gate::{Gate, decide};
use crate::policy::format::{self, Key};
use crate::policy::{Data, EncodedResponses, ForeignOrigins, Phase, ProblemKind};
use crate::secret::Class;
use crate::target::{Engine, Provider};

/// The least that is a policy.
fn least() -> PolicyBuilder {
    Policy::builder("p")
        .environment("here", |e| e.data(Data::Synthetic))
        .variable("ENV", |v| v.is(Is::Environment))
}

/// Koomy's policy, `policy.example.toml`, in code.
fn koomy() -> PolicyBuilder {
    let start = Policy::builder("koomy").owner("Fondateur / CTO").prefix("KOOMY_");
    koomy_variables(koomy_databases(koomy_environments(start)))
}

fn koomy_environments(start: PolicyBuilder) -> PolicyBuilder {
    start
        .environment("production", |e| {
            let named = ["www", "api", "backoffice", "lorpesikoomyadmin"];
            let named = named.map(|name| format!("{name}.koomy.app"));
            e.data(Data::Real)
                .runtime(["production"])
                .databases(["koomy-main"])
                .domains(named.into_iter().chain(["koomy.app".to_owned()]))
                .branches(["main"])
                .after("sandbox")
                .forbidden_rights([Right::Superuser, Right::Replication])
        })
        .environment("sandbox", |e| {
            let named = ["sitepublic-", "", "api-", "backoffice-", "lorpesikoomyadmin-"];
            e.data(Data::Synthetic)
                .runtime(["production", "development"])
                .databases(["koomy-development"])
                .domains(named.map(|name| format!("{name}sandbox.koomy.app")))
                .branches(["staging"])
                .seed()
                .debug(["/api/_debug"], "X-Debug-Secret", "DEBUG_SECRET")
        })
        .environment("local", |e| {
            e.data(Data::Synthetic)
                .runtime(["development"])
                .databases(["koomy-local", "koomy-dedicated"])
                .domains(["localhost"])
        })
}

fn koomy_databases(start: PolicyBuilder) -> PolicyBuilder {
    let neon = |d: DatabaseBuilder, branch: [&str; 2], name: &str, number: &str| {
        let id = format!("{name}-{number}");
        d.provider(Provider::Neon)
            .project("koomy-quiet-river-10000001")
            .branch_names(branch.into_iter().filter(|name| !name.is_empty()))
            .branch_id(format!("br-{id}"))
            .endpoints([format!("ep-{id}.eu-central-1.aws.neon.tech")])
            .database("koomy")
    };
    start
        .connection_url("primary", "DATABASE_URL")
        .database("koomy-main", |d| neon(d, ["main", "production"], "koomy-main", "10000001"))
        .database("koomy-development", |d| {
            neon(d, ["development", ""], "koomy-development", "20000002")
        })
        .database("koomy-dedicated", |d| neon(d, ["local", ""], "koomy-local", "30000003"))
        .database("koomy-local", |d| d.hosts(["localhost", "127.0.0.1"]).database("koomy_local"))
}

fn koomy_variables(start: PolicyBuilder) -> PolicyBuilder {
    let modes = |v: VariableBuilder| {
        v.class("production", Class::Live).class("sandbox", Class::Test).class("local", Class::Test)
    };
    let needed = ["production", "sandbox"];
    let start = start
        .variable("KOOMY_ENV", |v| v.is(Is::Environment))
        .variable("NODE_ENV", |v| v.is(Is::Runtime).values(["production", "development"]))
        .variable("STRIPE_SECRET_KEY", |v| modes(v.secret("stripe-secret-key")).required_in(needed))
        .variable("STRIPE_PUBLISHABLE_KEY", |v| modes(v.secret("stripe-publishable-key")))
        .variable("DEBUG_SECRET", |v| {
            v.secret("random").required_in(["sandbox"]).allowed_in(["sandbox"])
        })
        .variable("DEBUG*", |v| v.allowed_in(["sandbox"]))
        .variable("INTERNAL*", |v| v.allowed_in(["sandbox"]));
    let secrets = [
        ("STRIPE_WEBHOOK_SECRET", "stripe-webhook-secret"),
        ("SENDGRID_API_KEY", "sendgrid-api-key"),
        ("JWT_SECRET", "random"),
        ("SESSION_SECRET", "random"),
    ];
    let urls = ["PUBLIC_URL", "APP_URL", "API_URL", "BACKOFFICE_URL", "ADMIN_URL"];
    let start = secrets.into_iter().fold(start, |built, (name, kind)| {
        built.variable(name, |v| v.secret(kind).required_in(needed))
    });
    urls.into_iter().fold(start, |built, name| built.variable(name, |v| v.is(Is::Url)))
}

/// Rule, subject, message and help of everything that keeps the gate shut.
fn judged(policy: &Policy, facts: &Facts) -> Vec<(&'static str, String, String, String)> {
    let findings = decide(Gate::Boot, policy, facts).findings;
    findings
        .iter()
        .map(|f| (f.rule().id, f.subject().into(), f.message().into(), f.help().into()))
        .collect()
}

#[test]
fn a_file_and_code_decide_alike() {
    let [file, code] = [Policy::built_in(), koomy().build()].map(Result::unwrap);
    let url = |host: &str, name: &str| format!("postgresql://app:pw@{host}/{name}?sslmode=require");
    let hosts = ["ep-koomy-main-10000001", "ep-koomy-development-20000002", "ep-elsewhere-1"];
    let mut seen = BTreeSet::new();
    for environment in ["production", "sandbox", "local", "staging", ""] {
        for runtime in ["production", "development", "test"] {
            for host in hosts.map(|host| format!("{host}-pooler.eu-central-1.aws.neon.tech")) {
                let facts = Facts::assume()
                    .variable("KOOMY_ENV", environment)
                    .variable("NODE_ENV", runtime)
                    .variable("DATABASE_URL", url(&host, "koomy"))
                    .variable("STRIPE_SECRET_KEY", format!("sk_{}_{}", "test", "a1B2c3D4e5F6"))
                    .variable("INTERNAL_FLAG", "1")
                    .variable("KOOMY_UNKNOWN", "1")
                    .variable("API_URL", "https://api-sandbox.koomy.app")
                    .facts();
                let [expected, found] = [&file, &code].map(|policy| judged(policy, &facts));
                assert_eq!(expected, found, "{environment} {runtime} {host}");
                seen.extend(found.into_iter().map(|(rule, ..)| rule));
            }
        }
    }
    assert!(seen.len() >= 8, "{seen:?}");
    let local = [
        ("KOOMY_ENV", "local"),
        ("NODE_ENV", "development"),
        ("DATABASE_URL", "postgresql://app:pw@localhost/koomy_local"),
    ];
    let local = Facts::assume().variables(local).facts();
    for policy in [&file, &code] {
        assert_eq!(judged(policy, &local), []);
    }
}

/// Every key of a format's table, and of the tables in it.
fn names(keys: &'static [Key]) -> Vec<&'static str> {
    keys.iter().map(|key| key.name).collect()
}

/// A policy with every key, which contradict each other.
fn every_key() -> String {
    Policy::builder("n")
        .owner("o")
        .prefix("P_")
        .environment("e", every_key_of_an_environment)
        .connection("c", every_key_of_a_connection)
        .database("d", every_key_of_a_database)
        .variable("V", every_key_of_a_variable)
        .to_toml()
}

fn every_key_of_an_environment(e: EnvironmentBuilder) -> EnvironmentBuilder {
    e.data(Data::Masked)
        .runtime(["r"])
        .databases(["d"])
        .domains(["h"])
        .branches(["b"])
        .after("f")
        .seed()
        .live()
        .forbidden_rights([Right::Owner])
        .tripwire_rows("s.t", 1)
        .tripwire_recent("s.t", "c")
        .debug(["/p"], "H", "S")
        .proxies(["10.0.0.0/8"])
        .health_paths(["/h"])
        .health_addresses(["::1"])
        .foreign_origins(ForeignOrigins::Refuse)
        .encoded_responses(EncodedResponses::Pass)
}

fn every_key_of_a_connection(c: ConnectionBuilder) -> ConnectionBuilder {
    c.engine(Engine::MySql)
        .url("U")
        .host("H")
        .port("P")
        .database("D")
        .user("U")
        .password("P")
        .encryption("E")
        .required()
        .databases(["d"])
        .phases([Phase::Ci])
}

fn every_key_of_a_database(d: DatabaseBuilder) -> DatabaseBuilder {
    d.engine(Engine::Postgres)
        .provider(Provider::Fly)
        .project("p")
        .branch_names(["b"])
        .branch_id("i")
        .endpoints(["e"])
        .hosts(["h"])
        .sockets(["/s"])
        .ports([1, 65535])
        .database("d")
        .users(["u"])
        .system_identifier("1")
        .server_hostname("h")
        .root_certificate("c.pem")
        .private_network()
}

fn every_key_of_a_variable(v: VariableBuilder) -> VariableBuilder {
    v.secret("k")
        .class("e", Class::Live)
        .optional()
        .allowed_in(["e"])
        .values(["v"])
        .hosts_in("e", ["h"])
        .matches("m", "m")
        .min_bits(1)
        .phases([Phase::Boot])
        .description("d")
}

#[test]
fn every_key_of_the_format_can_be_built() {
    let text = every_key();
    let tables = [
        format::ENVIRONMENT,
        format::TRIPWIRE,
        format::DEBUG,
        format::WEB,
        format::CONNECTION,
        format::DATABASE,
        format::BRANCH,
        format::VARIABLE,
    ];
    let top = ["version", "name", "owner", "prefix"].map(|name| format!("{name} = "));
    let keys = tables.into_iter().flat_map(names).map(|name| format!("{name} = "));
    for written in top.into_iter().chain(keys) {
        assert!(text.contains(&written), "{written}in\n{text}");
    }
    let error = Policy::parse("p", &text).unwrap_err();
    for problem in error.problems() {
        let is_of_form = !matches!(
            problem.kind,
            ProblemKind::Syntax(_)
                | ProblemKind::UnknownKey { .. }
                | ProblemKind::MissingKey { .. }
                | ProblemKind::WrongValue { .. }
        );
        assert!(is_of_form, "{problem:?}\n{text}");
    }
}

/// Text that would be more than text if it were not quoted.
const HOSTILE: &[&str] = &[
    "",
    "\"",
    "\\",
    "\\\"",
    "'''",
    "\"\"\"",
    "]",
    "\"]\nseed = true #",
    "x\"\nseed = true\nafter = \"x",
    "x\r\nseed = true",
    "a.b",
    "a = 1",
    "[environments.other]",
    "\n[environments.other]\ndata = \"synthetic\"\n",
    "# note",
    "\0",
    "\u{7f}\u{85}\u{1b}[0m\u{2028}\u{feff}\u{202e}",
    "é 環境 🦀",
];

#[test]
fn a_hostile_text_stays_a_text() {
    let single = (0..=0xff_u8).map(|byte| char::from(byte).to_string());
    for text in HOSTILE.iter().map(ToString::to_string).chain(single) {
        let built = least()
            .owner(&text)
            .environment(format!("x{text}x"), |e| e.data(Data::Real).runtime([&text, &text]))
            .variable("T", |v| v.description(&text).values_in("here", [&text]))
            .build()
            .unwrap_or_else(|error| panic!("{text:?}: {error}"));
        assert_eq!(built.owner(), Some(text.as_str()));
        let [here, other] = built.environments() else { panic!("{:?}", built.environments()) };
        assert_eq!(other.name.value, format!("x{text}x"));
        assert_eq!(other.runtime.as_ref().unwrap().value, [text.clone(), text.clone()]);
        assert_eq!((other.seed.value, other.after.is_none()), (false, true));
        let variable = built.variable("T").unwrap();
        assert_eq!(variable.description.as_ref(), Some(&text));
        assert_eq!(variable.values.as_ref().unwrap().of(here.id).unwrap().value, [text]);
    }
}

#[test]
fn what_is_said_twice_is_refused() {
    let twice = [
        least().owner("a").owner("b"),
        least().environment("here", |e| e.data(Data::Real)),
        least().environment("e", |e| e.data(Data::Real).data(Data::Synthetic)),
        least().variable("V", |v| v.allowed_in(["here"]).allowed_in([""; 0])),
        least().variable("V", |v| v.values_in("here", ["a"]).values_in("here", ["b"])),
        least().variable("V", |v| v.values(["a"]).values_in("here", ["b"])),
        least().variable("V", |v| v.required().optional()),
    ];
    for built in twice {
        assert!(built.build().is_err(), "{}", built.to_toml());
    }
}

#[test]
fn what_is_wrong_is_said_at_once_and_located() {
    let error = least().environment("e", |e| e.databases(["nowhere"])).build().unwrap_err();
    let problems: Vec<_> = error.problems().iter().map(|p| p.kind.to_string()).collect();
    assert_eq!(problems, ["`[environments.e]` has no `data`", "no database is called `nowhere`"]);
    assert!(error.to_string().starts_with("policy built in code: 2 problems"), "{error}");
}
