//! What the name of a variable says that it is for.

/// What a variable is for, by the customs of naming.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// It leads to a database or another store.
    Connection,
    /// It is a secret.
    Secret,
}

impl Purpose {
    /// What the name says; nothing for most names. Letter case does not matter.
    ///
    /// ```
    /// use koomy_guard::naming::Purpose;
    ///
    /// assert_eq!(Purpose::of("SHADOW_DATABASE_URL"), Some(Purpose::Connection));
    /// assert_eq!(Purpose::of("github_token"), Some(Purpose::Secret));
    /// assert_eq!(Purpose::of("SSH_PUBLIC_KEY"), None);
    /// ```
    pub fn of(name: &str) -> Option<Self> {
        let upper = name.to_ascii_uppercase();
        let bare = unqualified(&upper);
        if is_connection(bare) {
            Some(Self::Connection)
        } else {
            (is_secret(bare) && !is_public(bare)).then_some(Self::Secret)
        }
    }
}

/// Whether a name is one of a password, which may be a number.
pub(crate) fn is_password(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    unqualified(&upper).rsplit('_').next().is_some_and(|last| ends(last, PASSWORD_ENDS))
}

/// Whether the rest of a name, after the prefix of a connection, is that of a
/// part: `SOCKET`, `READ_HOST`, `HOST_2`. Others are settings: `POOL_SIZE`.
pub(crate) fn is_part(rest: &str) -> bool {
    let words = || rest.split('_').map(|word| word.trim_end_matches(is_digit));
    let beside = |word: &str| word.is_empty() || WAYS.contains(&word) || QUALIFIERS.contains(&word);
    words().any(|word| PARTS.contains(&word))
        && words().all(|word| PARTS.contains(&word) || beside(word))
}

/// A name without what tells it from others of its kind: `_OLD`, `_2`, `_V2`.
fn unqualified(mut name: &str) -> &str {
    loop {
        let bare = name.trim_end_matches(is_digit).trim_end_matches('_');
        match bare.rsplit_once('_') {
            Some((rest, word)) if QUALIFIERS.contains(&word) => name = rest,
            Some(_) | None => return bare,
        }
    }
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

fn is_connection(name: &str) -> bool {
    CONNECTIONS.contains(&name)
        || ends(name, CONNECTION_ENDS)
        || starts(name, CONNECTION_STARTS)
        || (ends(name, ADDRESS_ENDS) && starts(name, STORES))
}

fn is_secret(name: &str) -> bool {
    SECRETS.contains(&name) || (ends(name, SECRET_ENDS) && !ends(name, PUBLIC_ENDS))
}

/// `SITE_KEY`, `NEXT_PUBLIC_MAP_TOKEN`; not `NEXT_PUBLIC_STRIPE_SECRET_KEY`.
fn is_public(name: &str) -> bool {
    let has = |words: &[&str]| name.split('_').any(|word| words.contains(&word));
    has(PUBLIC_WORDS) && !has(PRIVATE_WORDS) && ends(name, SHOWN_ENDS)
}

fn ends(name: &str, ends: &[&str]) -> bool {
    ends.iter().any(|end| name.ends_with(end))
}

fn starts(name: &str, starts: &[&str]) -> bool {
    starts.iter().any(|start| name.starts_with(start))
}

const CONNECTION_STARTS: &[&str] = &["DATABASE_URL", "CONNECTIONSTRINGS__"];
const ADDRESS_ENDS: &[&str] = &["_URL", "_URI", "_URL_NON_POOLING"];
const STORES: &[&str] = &[
    "POSTGRES",
    "PG",
    "MYSQL",
    "MARIADB",
    "MONGO",
    "REDIS",
    "NEON",
    "SUPABASE_DB",
    "AMQP",
    "CLOUDAMQP",
    "RABBITMQ",
];
const CONNECTIONS: &[&str] = &[
    "DIRECT_URL",
    "DB_URL",
    "DB_HOST",
    "DB_URI",
    "DATABASE_HOST",
    "DATABASE_URI",
    "DATABASE_PRIVATE_URL",
    "DATABASE_PUBLIC_URL",
    "CONNECTION_STRING",
    "PGHOST",
    "PGHOST_UNPOOLED",
    "PGHOSTADDR",
    "PGSERVICE",
    "PGDATABASE",
    "MARIADB_HOST",
    "MONGO_HOST",
    "MONGODB_HOST",
    "MYSQLHOST",
    "MYSQL_HOST",
    "POSTGRES_HOST",
    "POSTGRESQL_HOST",
    "DSN",
    "REPLICA_URL",
];
const CONNECTION_ENDS: &[&str] = &[
    "_DATABASE_URL",
    "_DATABASE_URI",
    "_DATABASE_HOST",
    "_DATASOURCE_URL",
    "_DB_URL",
    "_DB_URI",
    "_DB_HOST",
    "_DIRECT_URL",
    "_DSN",
    "_CONNECTION_STRING",
    "_REPLICA_URL",
    "DATABASE_URL_UNPOOLED",
];
const SECRETS: &[&str] = &[
    "SECRET",
    "TOKEN",
    "PASSWORD",
    "PASSWD",
    "API_KEY",
    "APIKEY",
    "PRIVATE_KEY",
    "CREDENTIALS",
    "BASIC_AUTH",
    "PGPASSWORD",
    "PGPASSFILE",
    "MYSQL_PWD",
];
const SECRET_ENDS: &[&str] = &[
    "_SECRET",
    "_SECRETS",
    "_TOKEN",
    "_TOKENS",
    "_PASSWORD",
    "_PASSWD",
    "_PASSPHRASE",
    "_PASS",
    "_PWD",
    "_KEY",
    "_KEYS",
    "_APIKEY",
    "_CREDENTIAL",
    "_CREDENTIALS",
    "_KEY_BASE",
    "_SECRET_ID",
    "_SECRET_KEY_BASE",
    "_WEBHOOK_URL",
    "_BASIC_AUTH",
];
const PASSWORD_ENDS: &[&str] =
    &["PASSWORD", "PASSWD", "PASSPHRASE", "PASS", "PWD", "SECRET", "SECRETS", "AUTH"];
const PUBLIC_ENDS: &[&str] = &["_CACHE_KEY", "_SORT_KEY", "_PARTITION_KEY", "OLD_PWD"];
const PUBLIC_WORDS: &[&str] = &["PUBLIC", "PUBLISHABLE", "SITE"];
const PRIVATE_WORDS: &[&str] = &["PRIVATE", "SECRET", "SERVICE"];
const SHOWN_ENDS: &[&str] = &["KEY", "KEYS", "TOKEN", "TOKENS"];

/// Words that tell one of several from the others.
const QUALIFIERS: &[&str] = &[
    "PREVIOUS",
    "OLD",
    "NEW",
    "NEXT",
    "CURRENT",
    "BACKUP",
    "PRIMARY",
    "SECONDARY",
    "LIVE",
    "TEST",
    "PROD",
    "PRODUCTION",
    "STAGING",
    "SANDBOX",
    "DEV",
    "DEVELOPMENT",
    "LOCAL",
    "V",
];

/// What a connection is made of.
const PARTS: &[&str] = &[
    "HOST", "HOSTS", "HOSTNAME", "HOSTADDR", "SERVER", "ADDRESS", "ADDR", "IP", "PORT", "SOCKET",
    "URL", "URI", "DSN", "DATABASE", "DBNAME", "DB", "NAME", "USER", "USERNAME",
];

/// Words that tell one way to a database from another.
const WAYS: &[&str] = &[
    "READ", "READER", "READONLY", "RO", "WRITE", "WRITER", "RW", "REPLICA", "SLAVE", "MASTER",
    "STANDBY", "FAILOVER", "DIRECT", "POOL", "POOLED", "POOLER", "UNIX", "PATH", "PUBLIC",
    "PRIVATE", "INTERNAL", "EXTERNAL", "SHADOW",
];
