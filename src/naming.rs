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
        if is_connection(&upper) {
            Some(Self::Connection)
        } else {
            is_secret(&upper).then_some(Self::Secret)
        }
    }
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

fn ends(name: &str, ends: &[&str]) -> bool {
    ends.iter().any(|end| name.ends_with(end))
}

fn starts(name: &str, starts: &[&str]) -> bool {
    starts.iter().any(|start| name.starts_with(start))
}

const CONNECTION_STARTS: &[&str] = &["DATABASE_URL", "CONNECTIONSTRINGS__"];
const ADDRESS_ENDS: &[&str] = &["_URL", "_URI", "_URL_NON_POOLING"];
const STORES: &[&str] =
    &["POSTGRES", "PG", "MYSQL", "MARIADB", "MONGO", "REDIS", "NEON", "SUPABASE_DB"];
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
];
const PUBLIC_ENDS: &[&str] = &[
    "_PUBLIC_KEY",
    "_PUBLIC_KEYS",
    "_PUBLISHABLE_KEY",
    "_CACHE_KEY",
    "_SORT_KEY",
    "_PARTITION_KEY",
    "OLD_PWD",
];
