//! What a variable is, guessed by its name.

use koomy_guard::naming::Purpose;
use koomy_guard::secret::{Class, Kind};

use super::connection::{Connection, MYSQL, is_judged};
use super::key;

/// The table of a variable that gives no connection.
pub(super) fn table(name: &str, connections: &[Connection]) -> String {
    let said = match guess(name, connections) {
        Guess::Secret(kind) => secret(kind),
        Guess::Is(kind) => format!("is = \"{kind}\"\n"),
        Guess::Laravels(engine) if engine == MYSQL => {
            "values = [\"mysql\", \"mariadb\"]\n".to_owned()
        }
        Guess::Laravels(_) => "values = [\"pgsql\"]\n".to_owned(),
        Guess::OtherStore => "# Where it leads is not judged.\nis = \"text\"\n".to_owned(),
        Guess::Text => "# is = \"text\"\n".to_owned(),
        Guess::Undeclared => {
            return format!(
                "\n# {} leads to a database: refused until a connection names it.\n",
                name.escape_default()
            );
        }
    };
    format!("\n[variables.{}]\n{said}", key(name))
}

fn secret(kind: &Kind) -> String {
    let class = if Class::ALL.iter().all(|class| kind.tells(*class)) {
        "class = { production = \"live\", local = \"test\" }\n"
    } else {
        ""
    };
    format!("is = \"secret\"\nkind = \"{}\"\n{class}", kind.id())
}

enum Guess {
    Secret(&'static Kind),
    Is(&'static str),
    /// Which of its databases Laravel uses: one of this engine.
    Laravels(&'static str),
    /// An address of something else than a database that is judged.
    OtherStore,
    /// A part of a connection whose other parts are unknown.
    Undeclared,
    Text,
}

fn guess(name: &str, connections: &[Connection]) -> Guess {
    let upper = name.to_ascii_uppercase();
    let ends = |ends: &[&str]| ends.iter().any(|end| upper.ends_with(end));
    let laravels = connections.iter().find(|it| it.name == "DB_HOST");
    match (name, laravels, Purpose::of(name)) {
        ("NODE_ENV", _, _) => Guess::Is("runtime"),
        ("DB_CONNECTION", Some(connection), _) => Guess::Laravels(connection.engine),
        (_, _, Some(Purpose::Connection)) if is_judged(&upper) => Guess::Undeclared,
        _ => match (kind(&upper), Purpose::of(name)) {
            (Some(kind), _) => Guess::Secret(kind),
            (None, Some(Purpose::Connection)) => Guess::OtherStore,
            (None, Some(Purpose::Secret)) => home_made(&upper),
            (None, None) if ends(&["_URL", "_URI"]) => Guess::Is("url"),
            (None, None) if upper == "PORT" || ends(&["_PORT"]) => Guess::Is("port"),
            (None, None) if ends(&["_EMAIL"]) => Guess::Is("email"),
            (None, None) => Guess::Text,
        },
    }
}

fn home_made(upper: &str) -> Guess {
    let is_password =
        ["_PASSWORD", "_PASSWD", "_PASS", "_PWD"].iter().any(|end| upper.ends_with(end));
    let id = if is_password { "password" } else { "random" };
    Kind::by_id(id).map_or(Guess::Text, Guess::Secret)
}

/// The kind that has the name, or the longest one at the end of it.
fn kind(upper: &str) -> Option<&'static Kind> {
    if let Some((_, id)) = CUSTOMARY.iter().find(|(name, _)| *name == upper) {
        return Kind::by_id(id);
    }
    let kebab = upper.to_ascii_lowercase().replace('_', "-");
    let ends = |kind: &&&Kind| {
        let before = kebab.strip_suffix(kind.id());
        kind.provider() != "any" && before.is_some_and(|it| it.is_empty() || it.ends_with('-'))
    };
    Kind::ALL.iter().filter(ends).max_by_key(|kind| kind.id().len()).copied()
}

/// The names that frameworks give to secrets of a provider.
const CUSTOMARY: &[(&str, &str)] = &[
    ("APP_KEY", "laravel-app-key"),
    ("MAILGUN_SECRET", "mailgun-api-key"),
    ("POSTMARK_API_KEY", "postmark-server-token"),
    ("POSTMARK_TOKEN", "postmark-server-token"),
    ("RESEND_KEY", "resend-api-key"),
    ("SECRET_KEY_BASE", "rails-secret-key-base"),
    ("SLACK_BOT_USER_OAUTH_TOKEN", "slack-token"),
    ("STRIPE_API_KEY", "stripe-secret-key"),
    ("STRIPE_KEY", "stripe-publishable-key"),
    ("STRIPE_SECRET", "stripe-secret-key"),
];
