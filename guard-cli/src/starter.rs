//! The policy that `init` writes.

mod connection;
mod variable;

use std::collections::BTreeSet;

use connection::{Connection, MYSQL};

/// The template, with a declaration for each of `names` that it lacks.
///
/// DELIBERATE: a guess by the names. Where it is wrong, `check` refuses.
pub(crate) fn policy(names: &[String]) -> String {
    let names: BTreeSet<&str> = names.iter().map(String::as_str).collect();
    let environment = ENVIRONMENT.iter().find(|name| names.contains(*name));
    let connections = Connection::all(&names);
    let mut text = TEMPLATE.replace("APP_ENV", environment.unwrap_or(&"APP_ENV"));
    if let Some(primary) = connections.first() {
        text = text.replace(PRIMARY, &primary.table("primary"));
        if primary.engine == MYSQL {
            text = text.replace("[databases.main]\n", "[databases.main]\nengine    = \"mysql\"\n");
            text = text.replace("[databases.local]\n", "[databases.local]\nengine   = \"mysql\"\n");
        }
    }
    if names.contains(RUNTIME) {
        for (database, values) in RUNTIMES {
            let old = format!("databases = [\"{database}\"]");
            text = text.replace(&old, &format!("runtime   = {values}\n{old}"));
        }
    }
    let others = connections.iter().skip(1).map(|other| format!("\n{}", other.table(&other.name)));
    let is_told = |name: &&str| {
        Some(name) == environment
            || connections.iter().any(|it| it.variables.iter().any(|of| of == name))
    };
    let rest = names.iter().copied().filter(|name| !is_told(name));
    let tables: String =
        others.chain(rest.map(|name| variable::table(name, &connections))).collect();
    if !tables.is_empty() {
        text.push_str(HEADING);
        text.push_str(&tables);
    }
    text
}

/// A key as TOML writes it.
fn key(name: &str) -> String {
    let is_bare = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    if name.bytes().all(is_bare) {
        name.to_owned()
    } else {
        format!("\"{}\"", name.escape_default())
    }
}

const TEMPLATE: &str = include_str!("init.toml");
const PRIMARY: &str = "[connections.primary]\nurl = \"DATABASE_URL\"\n";
const HEADING: &str = "
# ---------------------------------------------------------------------------
# Found in the env files; what each one is was guessed by its name.
";
const ENVIRONMENT: &[&str] = &["APP_ENV", "KOOMY_ENV", "DEPLOY_ENV", "ENVIRONMENT", "ENV", "STAGE"];
const RUNTIME: &str = "NODE_ENV";
/// By the database of the template's environments.
const RUNTIMES: [(&str, &str); 2] =
    [("main", "[\"production\"]"), ("local", "[\"development\", \"test\"]")];

#[cfg(test)]
mod tests {
    use koomy_guard::{Policy, selftest};

    use super::*;

    #[test]
    fn every_starter_is_a_policy() {
        let table: [&[&str]; 6] = [
            &[],
            &["KOOMY_ENV", "STRIPE_SECRET_KEY", "PORT", "API_URL", "WHATEVER"],
            &["DATABASE_URL", "DIRECT_URL", "SHADOW_DATABASE_URL", "POSTGRES_URL"],
            &["A", "A", "a.b", "PGHOST", "STRIPE_WEBHOOK_SECRET", "APP_EMAIL"],
            &["NODE_ENV", "APP_ENV", "ENV"],
            &[
                "DB_HOST",
                "DB_CONNECTION",
                "DATABASE_URL",
                "MYSQL_HOST",
                "PGHOST",
                "MYSQLHOST",
                "MYSQL_SHADOW_DB_URL",
            ],
        ];
        for names in table {
            let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
            let text = policy(&names);
            let parsed = Policy::parse("policy.toml", &text).map_err(|error| error.to_string());
            let parsed = parsed.unwrap();
            for name in &names {
                let known = parsed.declared(name).is_some() || parsed.is_part_of_connection(name);
                assert!(known, "{name} in {text}");
            }
            assert!(selftest::run(&parsed).is_proof(), "{text}");
        }
    }
}
