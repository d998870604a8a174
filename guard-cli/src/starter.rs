//! The policy that `init` writes.

use koomy_guard::naming::Purpose;
use koomy_guard::secret::Kind;

/// The template, with a declaration for each of `names` that it lacks.
pub(crate) fn policy(names: &[String]) -> String {
    let mut names = names.to_vec();
    names.sort();
    names.dedup();
    let environment = names.iter().find(|name| ENVIRONMENT.contains(&name.as_str()));
    let url = names.iter().find(|name| is_url(name));
    let replace = |text: String, old: &str, new: Option<&String>| match new {
        Some(new) => text.replace(old, new),
        None => text,
    };
    let text = replace(TEMPLATE.to_owned(), "APP_ENV", environment);
    let mut text = replace(text, "DATABASE_URL", url);
    let rest = names.iter().filter(|name| Some(*name) != environment && Some(*name) != url);
    let tables: String = rest.map(|name| declaration(name)).collect();
    if !tables.is_empty() {
        text.push_str(HEADING);
        text.push_str(&tables);
    }
    text
}

/// DELIBERATE: a guess by the name. Where it is wrong, `check` says so.
fn declaration(name: &str) -> String {
    let said = match guess(name) {
        Guess::Connection => return format!("\n[connections.{}]\nurl = \"{name}\"\n", key(name)),
        Guess::Secret(kind) => format!("is   = \"secret\"\nkind = \"{kind}\"\n"),
        Guess::Is(kind) => format!("is = \"{kind}\"\n"),
        Guess::Text => "# is = \"text\"\n".to_owned(),
    };
    format!("\n[variables.{}]\n{said}", key(name))
}

enum Guess {
    Connection,
    Secret(&'static str),
    Is(&'static str),
    Text,
}

fn guess(name: &str) -> Guess {
    let upper = name.to_ascii_uppercase();
    let ends = |ends: &[&str]| ends.iter().any(|end| upper.ends_with(end));
    if let Some(kind) = Kind::by_id(&upper.to_ascii_lowercase().replace('_', "-")) {
        return Guess::Secret(kind.id());
    }
    if is_url(name) {
        Guess::Connection
    } else if Purpose::of(name) == Some(Purpose::Secret) {
        Guess::Secret("random")
    } else if ends(&["_URL", "_URI"]) {
        Guess::Is("url")
    } else if upper == "PORT" || ends(&["_PORT"]) {
        Guess::Is("port")
    } else if ends(&["_EMAIL"]) {
        Guess::Is("email")
    } else {
        Guess::Text
    }
}

/// Whether the name is one that programs give to a PostgreSQL URL.
fn is_url(name: &str) -> bool {
    ["DATABASE_URL", "POSTGRES_URL", "DIRECT_URL"].iter().any(|end| name.ends_with(end))
}

fn key(name: &str) -> String {
    let is_bare = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    if name.bytes().all(is_bare) {
        name.to_owned()
    } else {
        format!("\"{}\"", name.escape_default())
    }
}

const TEMPLATE: &str = include_str!("init.toml");
const HEADING: &str = "
# ---------------------------------------------------------------------------
# Found in the env files; what each one is was guessed by its name.
";
const ENVIRONMENT: &[&str] = &["APP_ENV", "KOOMY_ENV", "DEPLOY_ENV", "ENVIRONMENT", "ENV", "STAGE"];

#[cfg(test)]
mod tests {
    use koomy_guard::Policy;

    use super::*;

    #[test]
    fn every_starter_is_a_policy() {
        let table: [&[&str]; 5] = [
            &[],
            &["KOOMY_ENV", "STRIPE_SECRET_KEY", "PORT", "API_URL", "WHATEVER"],
            &["DATABASE_URL", "DIRECT_URL", "SHADOW_DATABASE_URL", "POSTGRES_URL"],
            &["A", "A", "a.b", "PGHOST", "STRIPE_WEBHOOK_SECRET", "APP_EMAIL"],
            &["NODE_ENV", "APP_ENV", "ENV"],
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
        }
    }
}
