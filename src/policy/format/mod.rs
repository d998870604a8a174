//! The policy format, version 1, as data.
//!
//! One description serves four readers: the type check of a policy file, "did
//! you mean", the JSON Schema for editors, and the reference in
//! `docs/policy.md`. A key that is not here does not exist.

mod databases;
mod shape;

pub use self::databases::{BRANCH, CONNECTION, DATABASE};
pub use self::shape::{Key, Need, Shape};
use super::{Data, EncodedResponses, ForeignOrigins, Is, Phase};
use crate::facts::Right;
use crate::secret::Class;
use crate::target::Provider;

const fn required(
    name: &'static str,
    shape: Shape,
    doc: &'static str,
    example: &'static str,
) -> Key {
    Key { name, shape, need: Need::Required, doc, example: Some(example) }
}

const fn optional(
    name: &'static str,
    shape: Shape,
    doc: &'static str,
    example: &'static str,
) -> Key {
    Key { name, shape, need: Need::Optional, doc, example: Some(example) }
}

/// A key without an example, because its value is shown as a table of its own.
const fn table(name: &'static str, need: Need, shape: Shape, doc: &'static str) -> Key {
    Key { name, shape, need, doc, example: None }
}

/// The keys at the top of the file.
pub static POLICY: &[Key] = &[
    required("version", Shape::Integer(1, 1), "The version of this format.", "1"),
    required("name", Shape::Text, "The name of the policy, for messages.", "\"koomy\""),
    optional("owner", Shape::Text, "Who approves a change of this policy.", "\"CTO\""),
    optional(
        "prefix",
        Shape::Text,
        "Variables that start with it are the policy's own: one that is not declared is refused. \
         Service variables that Kubernetes derives from a service of the same name pass.",
        "\"KOOMY_\"",
    ),
    table(
        "environments",
        Need::Required,
        Shape::Named(ENVIRONMENT),
        "The environments that exist. Any other is refused.",
    ),
    table(
        "connections",
        Need::Optional,
        Shape::Named(CONNECTION),
        "The variables through which a program reaches a database.",
    ),
    table(
        "databases",
        Need::Optional,
        Shape::Named(DATABASE),
        "The databases that environments may use.",
    ),
    table(
        "variables",
        Need::Required,
        Shape::Named(VARIABLE),
        "The variables that programs may have.",
    ),
];

/// The keys of `[environments.NAME]`.
pub static ENVIRONMENT: &[Key] = &[
    required(
        "data",
        Shape::OneOf(Data::WORDS),
        "What its databases hold: `real` data of real people, `masked` copies of them, or \
         `synthetic` data that may be lost.",
        "\"synthetic\"",
    ),
    optional(
        "runtime",
        Shape::Texts,
        "The values that the variable with `is = \"runtime\"` may have here. Needed when the \
         policy declares such a variable.",
        "[\"production\", \"development\"]",
    ),
    optional(
        "databases",
        Shape::Texts,
        "The databases, by their names in this policy, that a connection may lead to here. None \
         when left out.",
        "[\"koomy-development\"]",
    ),
    optional(
        "domains",
        Shape::Texts,
        "The host names of this environment, each exactly. A name belongs to one environment.",
        "[\"sandbox.koomy.app\", \"api-sandbox.koomy.app\"]",
    ),
    optional("branches", Shape::Texts, "The branches that may be released here.", "[\"staging\"]"),
    optional(
        "after",
        Shape::Text,
        "Only what was released to that environment first may be released here.",
        "\"sandbox\"",
    ),
    optional("seed", Shape::Boolean, "Whether seeds may run here. No when left out.", "true"),
    optional(
        "live",
        Shape::Boolean,
        "Whether the database servers must have said who they are before anything starts here. \
         No when left out; seeds always ask, and the phases `ci` and `build` never must.",
        "true",
    ),
    optional(
        "forbidden_rights",
        Shape::Words(Right::WORDS),
        "The rights that the role of a connection may not have, as its server reports them. \
         Checked wherever the servers are asked.",
        "[\"superuser\", \"replication\"]",
    ),
    table(
        "tripwire",
        Need::Optional,
        Shape::Named(TRIPWIRE),
        "Tables, as `\"schema.table\"`, whose rows show that a database is in use, so that no \
         seed runs on it.",
    ),
    optional(
        "debug",
        Shape::Table(DEBUG),
        "Debug endpoints, which are forbidden when left out.",
        "{ paths = [\"/api/_debug\"], header = \"X-Debug-Secret\", secret = \"DEBUG_SECRET\" }",
    ),
    optional(
        "web",
        Shape::Table(WEB),
        "How the layers of a web service treat requests and answers.",
        "{ health_paths = [\"/healthz\"], foreign_origins = \"refuse\" }",
    ),
];

/// The keys of `[environments.NAME.tripwire."SCHEMA.TABLE"]`.
pub static TRIPWIRE: &[Key] = &[
    optional(
        "rows",
        Shape::Integer(0, 1_000_000),
        "How many rows the table may have at most.",
        "500",
    ),
    optional(
        "recent",
        Shape::Text,
        "A column with the time at which a row was written; no row may be younger than a day.",
        "\"created_at\"",
    ),
];

/// The keys of `debug = { … }`.
pub static DEBUG: &[Key] = &[
    required(
        "paths",
        Shape::Texts,
        "The paths below which debug endpoints live.",
        "[\"/api/_debug\"]",
    ),
    required(
        "header",
        Shape::Text,
        "The request header that carries the secret.",
        "\"X-Debug-Secret\"",
    ),
    required("secret", Shape::Text, "The variable that holds the secret.", "\"DEBUG_SECRET\""),
];

/// The keys of `web = { … }`.
pub static WEB: &[Key] = &[
    optional(
        "proxies",
        Shape::Texts,
        "Addresses, or ranges of them, of the proxies whose `X-Forwarded-Host` is believed. None \
         when left out.",
        "[\"10.0.0.0/8\"]",
    ),
    optional(
        "health_paths",
        Shape::Texts,
        "Paths, each exactly, that answer `GET` and `HEAD` under any host.",
        "[\"/healthz\"]",
    ),
    optional(
        "health_addresses",
        Shape::Texts,
        "Addresses, or ranges of them, that may ask for these paths under any host; all when left \
         out.",
        "[\"10.0.0.0/8\", \"fd00::/8\"]",
    ),
    optional(
        "foreign_origins",
        Shape::OneOf(ForeignOrigins::WORDS),
        "How a request is treated that a page of another environment sends; `pass` when left out.",
        "\"refuse\"",
    ),
    optional(
        "encoded_responses",
        Shape::OneOf(EncodedResponses::WORDS),
        "How an answer is treated whose body is encoded (`gzip`, …) before the shield can check \
         it; `refuse` when left out.",
        "\"pass\"",
    ),
];

/// The keys of `[variables.NAME]`.
pub static VARIABLE: &[Key] = &[
    optional(
        "is",
        Shape::OneOf(Is::WORDS),
        "What it is; `text` when left out. Exactly one variable is the `environment`.",
        "\"secret\"",
    ),
    optional(
        "kind",
        Shape::Text,
        "The kind of a secret, one of those in `docs/secrets.md`; `random` when left out.",
        "\"stripe-secret-key\"",
    ),
    optional(
        "class",
        Shape::PerEnvironment(&Shape::OneOf(Class::WORDS)),
        "The class that a secret must have in each environment. One that is not named may not \
         hold it at all.",
        "{ production = \"live\", sandbox = \"test\" }",
    ),
    optional(
        "required",
        REQUIRED,
        "Where it must be set and not empty: `true`, or a list of environments. Nowhere when \
         left out; the environment and the runtime always.",
        "[\"production\", \"sandbox\"]",
    ),
    optional(
        "allowed",
        Shape::Texts,
        "The environments that may have it; all when left out.",
        "[\"sandbox\"]",
    ),
    optional(
        "values",
        Shape::Either(&[Shape::Texts, Shape::PerEnvironment(&Shape::Texts)]),
        "The closed list of its values, to the byte; or one list for each environment.",
        "[\"production\", \"development\"]",
    ),
    optional(
        "hosts",
        Shape::Either(&[Shape::Texts, Shape::PerEnvironment(&Shape::Texts)]),
        "For `url`, `urls`, `host`, `hosts`: the hosts that it may name, instead of the \
         environment's domains.",
        "[\"api.orange.com\"]",
    ),
    optional(
        "matches",
        Shape::Text,
        "A regular expression that the whole value must match.",
        "\"[a-z]{2}-[a-z]+-[0-9]\"",
    ),
    optional(
        "example",
        Shape::Text,
        "A value that fits, for the self-test, which cannot invent one for `matches`. Not for \
         secrets.",
        "\"eu-west-3\"",
    ),
    optional(
        "min_bits",
        Shape::Integer(1, 512),
        "The least strength of a home-made secret, in bits of guessing work; 64 when left out.",
        "128",
    ),
    PHASES,
    optional("description", Shape::Text, "What it is for.", "\"signs the session cookie\""),
];

const REQUIRED: Shape = Shape::Either(&[Shape::Boolean, Shape::Texts]);

const PHASES: Key = optional(
    "phases",
    Shape::Words(Phase::WORDS),
    "The phases in which `required` asks for it. When left out, `boot`; for a connection, `boot` \
     and `seed`. What is set is judged in every phase.",
    "[\"boot\", \"build\"]",
);

/// The words of `provider`: those of [`Provider`] that name a service.
pub const PROVIDERS: &[&str] = match (Provider::WORDS, Provider::ALL) {
    ([services @ .., _, _, _], [.., Provider::Local, Provider::Socket, Provider::Plain]) => {
        services
    }
    (all, _) => all,
};
