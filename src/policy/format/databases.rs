//! The keys of connections and of the databases that they lead to.

use crate::policy::Network;
use crate::target::Engine;

use super::{Key, Need, PHASES, PROVIDERS, REQUIRED, Shape, optional, required, table};

/// The keys of `[connections.NAME]`.
pub static CONNECTION: &[Key] = &[
    ENGINE,
    optional(
        "url",
        Shape::Text,
        "The variable that holds the connection as one URL. Either this, or `host` and \
         `database` and `user`.",
        "\"DATABASE_URL\"",
    ),
    optional("host", Shape::Text, "The variable that holds the host.", "\"DB_HOST\""),
    optional("port", Shape::Text, "The variable that holds the port.", "\"DB_PORT\""),
    optional(
        "database",
        Shape::Text,
        "The variable that holds the database's name.",
        "\"DB_DATABASE\"",
    ),
    optional("user", Shape::Text, "The variable that holds the user.", "\"DB_USERNAME\""),
    optional("password", Shape::Text, "The variable that holds the password.", "\"DB_PASSWORD\""),
    optional(
        "encryption",
        Shape::Text,
        "The variable that holds the TLS mode, in the words of the engine's `sslmode`.",
        "\"DB_SSLMODE\"",
    ),
    optional(
        "required",
        REQUIRED,
        "Where the connection must be set: `true`, or a list of environments. When left out, \
         wherever the environment has a database.",
        "[\"production\"]",
    ),
    optional(
        "databases",
        Shape::Texts,
        "The databases that this connection may lead to, where that is less than all of the \
         environment's.",
        "[\"koomy-shadow\"]",
    ),
    PHASES,
];

/// The keys of `[databases.NAME]`.
pub static DATABASE: &[Key] = &[
    ENGINE,
    optional(
        "provider",
        Shape::OneOf(PROVIDERS),
        "Who runs it. Decides the default ports, and what the server is asked.",
        "\"neon\"",
    ),
    optional(
        "project",
        Shape::Text,
        "The provider's id of the project.",
        "\"quiet-river-10000001\"",
    ),
    table(
        "branch",
        Need::Optional,
        Shape::Table(BRANCH),
        "The branch, for providers that have branches.",
    ),
    optional(
        "endpoints",
        Shape::Texts,
        "Host names that lead to this database and to no other, without a pooler's suffix. An \
         endpoint belongs to one environment.",
        "[\"ep-koomy-main-10000001.eu-central-1.aws.neon.tech\"]",
    ),
    optional(
        "hosts",
        Shape::Texts,
        "Host names or addresses that may lead to several databases, so that the name (and the \
         user, where given) decides. No IPv6 address: drivers read it differently, so give \
         it a name.",
        "[\"localhost\", \"127.0.0.1\"]",
    ),
    optional("sockets", Shape::Texts, "Directories of unix sockets.", "[\"/var/run/postgresql\"]"),
    optional(
        "ports",
        Shape::Integers(1, 65535),
        "Ports; the engine's own when left out, and a provider's pooler port where it has one.",
        "[5432, 6543]",
    ),
    required("database", Shape::Text, "The database's name on its server.", "\"koomy\""),
    optional(
        "users",
        Shape::Texts,
        "The users that may connect; any when left out. Needed where the user carries the \
         identity, as with Supabase's pooler.",
        "[\"postgres.abcdefghijklmnopqrst\"]",
    ),
    optional(
        "system_identifier",
        Shape::Text,
        "The identifier of its PostgreSQL cluster, as `guard-cli identify` shows it. A server \
         with another one is another server.",
        "\"7412953860124471013\"",
    ),
    optional("server_hostname", Shape::Text, "The `@@hostname` of its MySQL server.", "\"db-1\""),
    optional(
        "root_certificate",
        Shape::Text,
        "A file with the certificate of the authority that signed the server's, for the guard's \
         own connections; from the directory of the policy's file. For PostgreSQL \
         only this authority counts, or those of the platform when left out; for MySQL this one \
         and those of Mozilla.",
        "\"certificates/koomy.pem\"",
    ),
    optional(
        "network",
        Shape::OneOf(Network::WORDS),
        "`private`: the way to it crosses no foreign network, so that a connection without TLS \
         is permitted. `public` when left out.",
        "\"private\"",
    ),
];

/// The keys of `branch = { … }`.
pub static BRANCH: &[Key] = &[
    optional("names", Shape::Texts, "Its names, for people.", "[\"main\", \"production\"]"),
    optional(
        "id",
        Shape::Text,
        "The provider's id, which the server itself reports.",
        "\"br-koomy-main-10000001\"",
    ),
];

const ENGINE: Key = optional(
    "engine",
    Shape::OneOf(Engine::WORDS),
    "The database engine; `postgres` when left out.",
    "\"mysql\"",
);
