//! Environments to report on. Every value contains a canary or is random.

use std::sync::Arc;

use koomy_guard::Policy;
use koomy_guard::dotenv;
use koomy_guard::facts::{Cause, Causes, Facts, Observed, Seen, Variables};
use koomy_guard::policy::Phase;
use koomy_guard::secret::{Class, Kind};
use koomy_guard::source::{Place, Source};

pub(crate) type Pairs = Vec<(String, String)>;

/// A case: a name, the environments, and the values that nothing may print.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) facts: Vec<Facts>,
    pub(crate) values: Vec<String>,
}

pub(crate) fn policy() -> Policy {
    Policy::built_in().unwrap()
}

/// The same policy, from a file.
pub(crate) fn policy_file() -> Policy {
    let text = include_str!("../../policy.example.toml");
    Policy::parse("config/policy.toml", text).unwrap()
}

/// Single environments.
pub(crate) fn alone() -> Vec<Case> {
    let hostile = vec![
        pair("X\n::error::forged\u{1b}[2J\u{202e}_SECRET", "canary-hostile"),
        pair("X##[stop-commands]_TOKEN", "canary-command"),
    ];
    vec![
        case("permitted", vec![(process(&good("sandbox", 1)), good("sandbox", 1))]),
        case("several", vec![(file(".env.sandbox", &bad()), bad())]),
        case("process", vec![(process(&bad()), bad())]),
        case("unreadable", vec![(broken(), vec![pair("", "canary")])]),
        case("nothing", vec![(nothing(), Vec::new())]),
        case(
            "hostile",
            vec![(
                file_of(
                    "a%b,c:d\n\u{1b}[31m\u{2066}.env",
                    &[good("sandbox", 1), hostile.clone()].concat(),
                ),
                hostile,
            )],
        ),
    ]
}

/// Several environments side by side.
pub(crate) fn compared() -> Vec<Case> {
    let production = |seed| ("prod.env", good("production", seed));
    let sandbox = |seed| ("conf/sandbox.env", good("sandbox", seed));
    let local = ("local.env", good("local", 3));
    let of = |name, given: Vec<(&'static str, Pairs)>| {
        let facts = given.into_iter().map(|(path, pairs)| (file(path, &pairs), pairs));
        case(name, facts.collect())
    };
    vec![
        of("apart", vec![production(1), sandbox(2), local.clone()]),
        of("shared", vec![production(1), sandbox(1), local]),
        of("lonely", vec![production(1)]),
    ]
}

/// A policy with several problems.
pub(crate) const WRONG_POLICY: &str = "\
version = 1
name    = \"koomy\"
colour  = \"blue\"

[environments.production]
data      = \"imaginary\"
databases = [\"koomy-main\", \"koomy-mian\"]

[databases.koomy-main]
hosts    = [\"db.koomy.app\"]
database = \"koomy\"
";

fn case(name: &'static str, given: Vec<(Facts, Pairs)>) -> Case {
    let values = given.iter().flat_map(|(_, pairs)| pairs);
    let values = values.map(|(_, value)| value.clone()).filter(|value| value.len() > 11).collect();
    Case { name, values, facts: given.into_iter().map(|(facts, _)| facts).collect() }
}

fn pair(name: &str, value: impl Into<String>) -> (String, String) {
    (name.to_owned(), value.into())
}

fn sample(kind: &str, class: Option<Class>, seed: u64) -> String {
    Kind::by_id(kind).and_then(|kind| kind.sample(class, seed)).unwrap()
}

/// Everything that an environment needs; each seed gives a set of secrets.
fn good(environment: &str, seed: u64) -> Pairs {
    let (class, node, host, database) = match environment {
        "production" => (Class::Live, "production", "ep-koomy-main-10000001", "koomy"),
        "sandbox" => (Class::Test, "production", "ep-koomy-development-20000002", "koomy"),
        _ => (Class::Test, "development", "ep-koomy-local-30000003", "koomy"),
    };
    let seeds = seed * 100;
    let password = sample("random", None, seeds);
    let mut pairs = vec![
        pair("KOOMY_ENV", environment),
        pair("NODE_ENV", node),
        pair(
            "DATABASE_URL",
            format!(
                "postgresql://canary_user:{password}@{host}.eu-central-1.aws.neon.tech/{database}?sslmode=verify-full"
            ),
        ),
        pair("STRIPE_SECRET_KEY", sample("stripe-secret-key", Some(class), seeds + 1)),
        pair("STRIPE_WEBHOOK_SECRET", sample("stripe-webhook-secret", None, seeds + 2)),
        pair("SENDGRID_API_KEY", sample("sendgrid-api-key", None, seeds + 3)),
        pair("JWT_SECRET", sample("random", None, seeds + 4)),
        pair("SESSION_SECRET", sample("random", None, seeds + 5)),
    ];
    if environment == "sandbox" {
        pairs.push(pair("DEBUG_SECRET", sample("random", None, seeds + 6)));
    }
    pairs
}

/// The sandbox, with a mistake of every kind.
fn bad() -> Pairs {
    let mut pairs = good("sandbox", 1);
    let mut set = |name: &str, value: String| match pairs.iter_mut().find(|(n, _)| n == name) {
        Some((_, old)) => *old = value,
        None => pairs.push((name.to_owned(), value)),
    };
    set("NODE_ENV", "Canary-runtime".to_owned());
    set(
        "DATABASE_URL",
        format!(
            "postgresql://canary_user:{}@ep-koomy-main-10000001.eu-central-1.aws.neon.tech/koomy?sslmode=verify-full",
            sample("random", None, 9)
        ),
    );
    set("STRIPE_SECRET_KEY", sample("stripe-secret-key", Some(Class::Live), 8));
    set("SESSION_SECRET", "canary".to_owned());
    set("JWT_SECRET", String::new());
    set("DIRECT_URL", "postgresql://canary:canary@canary.internal/canary".to_owned());
    set("PUBLIC_URL", "https://www.koomy.app/canary".to_owned());
    pairs
}

fn process(pairs: &Pairs) -> Facts {
    let source = Source::named("process environment");
    seen(
        &source,
        pairs.iter().map(|(name, value)| Seen {
            name: name.clone(),
            value: koomy_guard::secret::value::Value::new(value.as_bytes()),
            place: Place::whole(&source),
            also: Vec::new(),
            doubt: None,
        }),
    )
}

fn file(path: &str, pairs: &Pairs) -> Facts {
    let text: String = pairs.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
    let parsed = dotenv::parse(path, format!("# canary-comment\n\n{text}").as_bytes());
    assert!(parsed.problems.is_empty(), "{:?}", parsed.problems);
    let source = &parsed.source;
    seen(
        &Source::named(path),
        parsed.entries.iter().map(|entry| Seen {
            name: entry.key.clone(),
            value: entry.value.clone(),
            place: Place::at(source, entry.span),
            also: Vec::new(),
            doubt: None,
        }),
    )
}

/// A source with names that no parser would accept.
fn file_of(path: &str, pairs: &Pairs) -> Facts {
    let (mut text, mut spans) = (String::new(), Vec::new());
    for (name, _) in pairs {
        spans.push((text.len()..text.len() + name.len()).into());
        text.push_str(&format!("{name}=********\n"));
    }
    let source = Source::file(path, text);
    seen(
        &source,
        pairs.iter().zip(spans).map(|((name, value), span)| Seen {
            name: name.clone(),
            value: koomy_guard::secret::value::Value::new(value.as_bytes()),
            place: Place::at(&source, span),
            also: Vec::new(),
            doubt: None,
        }),
    )
}

fn seen(source: &Arc<Source>, seen: impl Iterator<Item = Seen>) -> Facts {
    let variables = Observed::Seen(Variables::from_source(seen));
    Facts {
        source: Arc::clone(source),
        variables,
        expected: None,
        phase: Phase::Boot,
        live: koomy_guard::facts::Live::NotAsked,
    }
}

fn broken() -> Facts {
    let text = "KOOMY_ENV=sandbox\ncanary is no assignment\n\nJWT_SECRET=\"canary\n";
    let parsed = dotenv::parse("broken.env", text.as_bytes());
    let causes = parsed.problems.iter().map(|problem| Cause {
        message: problem.kind.to_string(),
        help: problem.kind.help().to_owned(),
        place: Place::at(&parsed.source, problem.span),
    });
    let missing = Cause {
        message: "no such file".to_owned(),
        help: "check the path".to_owned(),
        place: Place::whole(&Source::named("missing.env")),
    };
    let causes = Causes::of(causes.chain([missing]).collect()).unwrap();
    Facts {
        source: Source::named("broken.env, missing.env"),
        variables: Observed::Unreadable(causes),
        expected: None,
        phase: Phase::Boot,
        live: koomy_guard::facts::Live::NotAsked,
    }
}

fn nothing() -> Facts {
    Facts {
        source: Source::named("process environment"),
        variables: Observed::Absent,
        expected: None,
        phase: Phase::Boot,
        live: koomy_guard::facts::Live::NotAsked,
    }
}
