//! The connections that the names of variables speak of.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use koomy_guard::naming::Purpose;

use super::key;

/// A connection to a database.
pub(super) struct Connection {
    /// Its name in the policy, unless it is the first.
    pub(super) name: String,
    /// The word of the policy.
    pub(super) engine: &'static str,
    /// The variables that give it.
    pub(super) variables: Vec<String>,
    /// The keys of its table after the engine.
    keys: String,
    /// What to say of a guessed engine.
    doubt: &'static str,
}

impl Connection {
    /// All, the one first that programs mostly use.
    pub(super) fn all(names: &BTreeSet<&str>) -> Vec<Self> {
        let (usual, other) = engines(names);
        let urls = names.iter().copied().filter(|name| is_url(name));
        let (first, rest): (Vec<_>, Vec<_>) = urls.partition(|name| *name == "DATABASE_URL");
        let urls = first.into_iter().chain(rest).map(|name| Self::by_url(name, usual));
        let hosts = names.iter().filter_map(|name| name.strip_suffix("HOST"));
        let parts = hosts.filter(|stem| is_stem(stem));
        let doubt = if usual == other { "" } else { DOUBT };
        let mut all: Vec<_> =
            urls.chain(parts.map(|stem| Self::by_parts(stem, names, usual, doubt))).collect();
        let first = all.first().map(|first| first.engine);
        for other in
            all.iter_mut().filter(|it| Some(it.engine) != first && !it.keys.contains("required"))
        {
            other.keys.push_str(
                "required   = false                  # no database here has its engine\n",
            );
        }
        all
    }

    fn by_url(name: &str, usual: &'static str) -> Self {
        let mut keys = format!("url        = \"{name}\"\n");
        if name.contains("SHADOW") {
            keys.push_str("required   = false\n");
        }
        let (name, engine) = (name.to_owned(), engine_of(name).unwrap_or(usual));
        Self { variables: vec![name.clone()], name, engine, keys, doubt: "" }
    }

    fn by_parts(
        stem: &str,
        names: &BTreeSet<&str>,
        usual: &'static str,
        doubt: &'static str,
    ) -> Self {
        let (mut keys, mut variables) = (String::new(), Vec::new());
        for (part, ends) in PARTS {
            let named = |end: &&str| format!("{stem}{end}");
            let found = ends.iter().map(named).find(|name| names.contains(name.as_str()));
            let name = found.or_else(|| ends.first().map(named)).unwrap_or_default();
            let _infallible = writeln!(keys, "{part:10} = \"{name}\"");
            variables.push(name);
        }
        keys.push_str(ENCRYPTION);
        let own = engine_of(stem);
        Self {
            name: format!("{stem}HOST"),
            engine: own.unwrap_or(usual),
            doubt: if own.is_some() { "" } else { doubt },
            variables,
            keys,
        }
    }

    /// The table under the name that it gets.
    pub(super) fn table(&self, name: &str) -> String {
        let Self { engine, keys, doubt, .. } = self;
        let engine = match *engine {
            MYSQL => format!("engine     = \"{MYSQL}\"{doubt}\n"),
            _ => String::new(),
        };
        format!("[connections.{}]\n{engine}{keys}", key(name))
    }
}

/// The engine where a name does not say it, and the one that it may be instead.
fn engines(names: &BTreeSet<&str>) -> (&'static str, &'static str) {
    let said = |engine| names.iter().any(|name| engine_of(name) == Some(engine));
    match (said(POSTGRES), said(MYSQL)) {
        (false, true) => (MYSQL, MYSQL),
        (false, false) if names.contains("DB_CONNECTION") => (MYSQL, POSTGRES),
        (true | false, _) => (POSTGRES, POSTGRES),
    }
}

fn engine_of(name: &str) -> Option<&'static str> {
    if name.contains("MYSQL") || name.contains("MARIADB") {
        Some(MYSQL)
    } else {
        (name.starts_with("PG") || name.contains("POSTGRES")).then_some(POSTGRES)
    }
}

/// Whether programs give the name to the URL of a database that is judged.
fn is_url(name: &str) -> bool {
    Purpose::of(name) == Some(Purpose::Connection)
        && is_judged(name)
        && (name.contains("URL") || name.contains("URI"))
}

/// Whether a connection of that name leads to an engine that is judged.
pub(super) fn is_judged(name: &str) -> bool {
    let others = ["REDIS", "MONGO"];
    let is_in = |words: &[&str]| words.iter().any(|word| name.contains(word));
    !is_in(&others) && (is_in(&STORES) || is_in(&["DIRECT_URL", "NEON", "SUPABASE"]))
}

fn is_stem(stem: &str) -> bool {
    let stem = stem.trim_end_matches('_');
    STORES.iter().any(|store| {
        stem.strip_suffix(store).is_some_and(|before| before.is_empty() || before.ends_with('_'))
    })
}

pub(super) const MYSQL: &str = "mysql";
const POSTGRES: &str = "postgres";
const STORES: [&str; 7] = ["DB", "DATABASE", "PG", "POSTGRES", "POSTGRESQL", "MYSQL", "MARIADB"];

/// The keys of a connection by parts, each with the ends of the names that it has.
const PARTS: [(&str, &[&str]); 6] = [
    ("host", &["HOST"]),
    ("port", &["PORT"]),
    ("database", &["DATABASE", "NAME", "DB", "DBNAME"]),
    ("user", &["USER", "USERNAME"]),
    ("password", &["PASSWORD", "PASS", "PWD"]),
    ("encryption", &["SSLMODE", "SSL_MODE"]),
];
const ENCRYPTION: &str = "\
# The last one holds the TLS mode that production needs, unless its database has
# network = \"private\".
";
const DOUBT: &str =
    "                # or remove this line, here and in the databases, for PostgreSQL";
