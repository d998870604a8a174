//! Whether an answer holds what looks like the URL of a database.

use super::answer::Answer;

/// What an answer holds that it should not, in words.
pub(super) fn find(answer: &Answer) -> Option<&'static str> {
    let headers = answer.headers.iter().map(|(_, value)| value.as_slice());
    headers.chain([answer.body.as_slice()]).find_map(in_text)
}

fn in_text(text: &[u8]) -> Option<&'static str> {
    let mut text = String::from_utf8_lossy(text).to_ascii_lowercase();
    if !text.contains("//") && !text.contains("%2f") && !text.contains("\\/") {
        return None;
    }
    for (escaped, plain) in ESCAPES {
        if text.contains(escaped) {
            text = text.replace(escaped, plain);
        }
    }
    let (text, mut names) = (text.as_str(), SCHEMES.iter());
    names.find(|(scheme, _)| has_password(text, scheme)).map(|(_, name)| *name)
}

/// Whether a URL of this scheme stands there with a user and a password.
fn has_password(text: &str, scheme: &str) -> bool {
    text.match_indices(scheme).any(|(at, _)| {
        let rest = text.get(at + scheme.len()..).unwrap_or_default();
        let url = rest.split(|c: char| c.is_whitespace() || "\"'<>`".contains(c)).next();
        let user = url.and_then(|url| url.split_once('@')).map(|(user, _)| user);
        user.and_then(|user| user.split_once(':')).is_some_and(|(_, password)| !password.is_empty())
    })
}

const ESCAPES: [(&str, &str); 6] =
    [("%3a", ":"), ("%2f", "/"), ("%40", "@"), ("\\/", "/"), ("\\u0040", "@"), ("&#x2f;", "/")];

const SCHEMES: [(&str, &str); 8] = [
    ("postgresql://", "the URL of a PostgreSQL database, with a password"),
    ("postgres://", "the URL of a PostgreSQL database, with a password"),
    ("mysql://", "the URL of a MySQL database, with a password"),
    ("mariadb://", "the URL of a MariaDB database, with a password"),
    ("mongodb://", "the URL of a MongoDB database, with a password"),
    ("mongodb+srv://", "the URL of a MongoDB database, with a password"),
    ("redis://", "the URL of a Redis server, with a password"),
    ("amqp://", "the URL of a message broker, with a password"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_with_a_password_is_found_in_a_text() {
        let password = ["q7Rk", "2vXw"].concat();
        let url = format!("postgresql://app:{password}@db.shop.example/shop");
        let table = [
            (url.clone(), true),
            (format!("{{\"url\": \"{url}\"}}"), true),
            (url.replace('/', "\\/"), true),
            (url.replace(':', "%3A").replace('/', "%2F").replace('@', "%40"), true),
            (url.to_uppercase(), true),
            (url.replace("postgresql", "mysql"), true),
            (url.replace("postgresql", "https"), false),
            ("postgresql://app@db.shop.example/shop".to_owned(), false),
            ("postgresql://app:@db.shop.example/shop".to_owned(), false),
            ("postgresql://db.shop.example:5432/shop write to a:b@c".to_owned(), false),
            ("DATABASE_URL is not set".to_owned(), false),
            (String::new(), false),
        ];
        for (text, found) in table {
            assert_eq!(in_text(text.as_bytes()).is_some(), found, "{text}");
        }
    }
}
