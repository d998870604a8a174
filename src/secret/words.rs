//! The words that placeholders and weak passwords are made of.
//!
//! Looked up by first letter, so that a random value costs a few comparisons.
//! All are lower case and without accents; how a value is read as them is said in
//! [`super::letters`].

use super::letters::letter;

/// Words that say "put a value here"; next to one of them even unknown words
/// mean nothing.
pub(super) fn is_marker(word: &str) -> bool {
    MARKERS.contains(&word)
}

/// Words that mean nothing in a secret, by their first letter.
#[rustfmt::skip]
pub(super) const fn hollow(first: u8) -> &'static [&'static str] {
    match first {
        b'a' => &[
            "ac", "access", "account", "acme", "add", "adding", "admin", "administrator", "akia",
            "all", "amount", "an", "and", "anon", "ant", "any", "anything", "api", "app",
            "application", "apps", "are", "asdf", "asdfgh", "asdfghjkl", "at", "auth",
            "authentication", "avec", "aws", "azerty", "azertyuiop", "azure",
        ],
        b'b' => &[
            "backend", "bar", "base", "basic", "baz", "be", "bearer", "because", "begin", "bit",
            "bits", "blank", "bogus", "bot", "brevo", "broker", "but", "by", "bytes",
        ],
        b'c' => &[
            "cachez", "cafebabe", "cat", "ceci", "cest", "change", "changed", "changeit",
            "changeme", "changer", "changez", "char", "character", "characters", "chars", "choose",
            "chose", "cle", "clef", "clerk", "cles", "client", "cloud", "cluster", "code", "com",
            "complex", "config", "connection", "cookie", "cookies", "create", "credential",
            "credentials", "csrf",
        ],
        b'd' => &[
            "data", "database", "db", "de", "deadbeef", "debug", "default", "defaut", "demo", "des",
            "dev", "developer", "development", "django", "do", "docker", "domain", "dont", "du",
            "dummy",
        ],
        b'e' => &[
            "edit", "email", "empty", "encrypt", "encryption", "end", "endpoint", "enter", "entrez",
            "env", "environment", "est", "example", "exemple",
        ],
        b'f' => &[
            "fake", "file", "fill", "fixme", "flask", "flwseck", "fois", "foo", "foobar", "for",
            "format", "from", "ftp",
        ],
        b'g' => &[
            "generate", "generated", "genere", "generee", "get", "ghp", "ghs", "git", "github",
            "gitlab", "goes", "google", "guest",
        ],
        b'h' => &[
            "hackme", "hard", "hash", "hello", "here", "hex", "hidden", "hmac", "hooks", "host",
            "hostname", "hote", "http", "https", "hunter",
        ],
        b'i' => &[
            "ici", "id", "identifiant", "in", "inconnu", "insecure", "inserer", "inserez", "insert",
            "internal", "into", "invalid", "ipsum", "is", "it", "its",
        ],
        b'j' => &["jeton", "jwt"],
        b'k' => &["key", "keyboard", "keys"],
        b'l' => &[
            "la", "laravel", "le", "least", "length", "les", "letmein", "live", "local",
            "localhost", "login", "long", "longue", "lorem",
        ],
        b'm' => &[
            "mail", "mailgun", "main", "make", "manager", "masked", "master", "mdp", "me",
            "meilisearch", "merchant", "mettez", "mettre", "min", "minimum", "minio", "minioadmin",
            "missing", "mock", "modifie", "modified", "modifier", "modifiez", "modify", "moi",
            "mongo", "mongodb", "more", "most", "mot", "motdepasse", "must", "my", "mysql",
        ],
        b'n' => &[
            "name", "napi", "need", "needs", "never", "new", "nextauth", "no", "node", "nom", "non",
            "none", "not", "nothing", "nouveau", "npg", "npm", "null", "number",
        ],
        b'o' => &[
            "oauth", "obtain", "of", "on", "one", "only", "openai", "openssl", "or", "orange", "org",
            "our", "own",
        ],
        b'p' => &[
            "paddle", "pas", "pass", "passe", "passphrase", "passwd", "password", "passwords",
            "passwort", "paste", "pat", "pepper", "pk", "placeholder", "platform", "please",
            "postgres", "postgresql", "postmark", "pour", "prenez", "private", "privee", "prod",
            "production", "proj", "project", "projet", "provide", "public", "publishable", "pusher",
            "put", "pwd",
        ],
        b'q' => &["qsdf", "qsdfghjklm", "qwerty", "qwertyuiop"],
        b'r' => &[
            "rails", "rand", "random", "randomly", "re", "real", "redacted", "redis", "refresh",
            "remplace", "remplacer", "remplacez", "replace", "replaced", "replaceme", "replacewith",
            "required", "resend", "rk", "role", "root", "rsa",
        ],
        b's' => &[
            "safe", "saisir", "saisissez", "salt", "same", "sample", "sandbox", "sb", "secret",
            "secrete", "secretkey", "secrets", "secure", "security", "sendgrid", "sentry", "server",
            "serveur", "service", "services", "session", "set", "sg", "sh", "should", "shppa",
            "sid", "signing", "sk", "slack", "smtp", "so", "some", "someone", "something",
            "somewhere", "square", "staging", "stored", "string", "stripe", "strong", "supabase",
            "super", "symfony",
        ],
        b't' => &[
            "tbd", "temp", "temporary", "test", "teste", "tester", "testing", "tests", "text",
            "that", "the", "then", "thing", "this", "to", "todo", "token", "tokens", "too", "toto", "tres",
            "twilio",
        ],
        b'u' => &[
            "un", "undefined", "une", "unique", "unknown", "unsafe", "update", "updated", "url",
            "use", "used", "user", "username", "utilisateur",
        ],
        b'v' => &["valeur", "value", "values", "variable", "very", "vos", "votre", "vous"],
        b'w' => {
            &["webhook", "welcome", "whatever", "whsec", "will", "with", "world", "www", "wxcvbn"]
        }
        b'x' => &["xapp", "xkeysib", "xoxb", "xoxp"],
        b'y' => &["you", "your", "yours", "yourself"],
        b'z' => &["zxcv", "zxcvbn", "zxcvbnm"],
        _ => &[],
    }
}

/// Words that people choose for passwords, by their first letter.
#[rustfmt::skip]
pub(super) const fn chosen(first: u8) -> &'static [&'static str] {
    match first {
        b'a' => &[
            "abcdef", "alexander", "amanda", "amour", "andrea", "andrew", "angel", "anthony",
            "arsenal", "ashley", "august", "austin", "avril",
        ],
        b'b' => &[
            "babygirl", "bailey", "banana", "barcelona", "baseball", "basketball", "batman",
            "bienvenue", "blink", "blue", "bonjour", "bubbles", "buster", "butterfly",
        ],
        b'c' => &[
            "camille", "charlie", "chelsea", "chicken", "chocolat", "chocolate", "coffee",
            "computer", "cookie", "corvette", "coucou", "cowboy",
        ],
        b'd' => &[
            "dakar", "dallas", "daniel", "december", "decembre", "diamond", "donald", "doudou",
            "dragon",
        ],
        b'e' => &["eagle", "elephant", "emily", "epsilon"],
        b'f' => &[
            "facebook", "falcon", "ferrari", "flower", "football", "forever", "france", "freedom",
            "friday", "friends",
        ],
        b'g' => &["garfield", "george", "ginger", "gold", "green", "guitar"],
        b'h' => &["hammer", "hannah", "happy", "harley", "heather", "hockey", "hunter"],
        b'i' => &["iloveyou", "internet", "ironman"],
        b'j' => &[
            "january", "janvier", "jasmine", "jennifer", "jessica", "jetaime", "jordan", "joshua",
            "july", "june", "junior", "justin",
        ],
        b'k' => &["killer", "king", "kitty"],
        b'l' => &["lakers", "letmein", "liverpool", "london", "loulou", "love", "lovely", "lucky"],
        b'm' => &[
            "maggi", "maggie", "magic", "march", "marseille", "martin", "matrix", "matthew",
            "maverick", "melissa", "mercedes", "merlin", "michael", "michelle", "monday", "money",
            "monkey", "morgan", "mustang",
        ],
        b'n' => &["naruto", "nicolas", "nicole", "november", "novembre"],
        b'o' => &["october", "octobre", "oliver", "orange"],
        b'p' => &[
            "panther", "paris", "passion", "peanut", "pepper", "phoenix", "pokemon", "princess",
            "princesse", "purple",
        ],
        b'r' => &["rabbit", "rainbow", "ranger", "robert", "rocket", "ronaldo"],
        b's' => &[
            "samantha", "sarah", "saturday", "school", "senegal", "september", "septembre",
            "shadow", "silver", "skywalker", "soccer", "soleil", "sophie", "spiderman", "spring",
            "starwars", "steelers", "summer", "sunday", "sunshine", "superman",
        ],
        b't' => {
            &["tennis", "teranga", "thomas", "thunder", "tiger", "tigger", "trustno", "tuesday"]
        }
        b'u' => &["unicorn", "united"],
        b'v' => &["victoria", "virginie"],
        b'w' => &["warrior", "wednesday", "whatever", "william", "winner", "winter", "wizard"],
        b'y' => &["yamaha", "yankees", "yellow"],
        b'z' => &["zaq", "zidane"],
        _ => &[],
    }
}

/// The hollow words that may start with these two, the second as it is written.
pub(super) fn hollow_at(first: u8, second: u8) -> &'static [&'static str] {
    narrowed(hollow(first), &HOLLOW, first, second)
}

/// As [`hollow_at`], of the words that people choose.
pub(super) fn chosen_at(first: u8, second: u8) -> &'static [&'static str] {
    narrowed(chosen(first), &CHOSEN, first, second)
}

/// The words of a list whose second letter this byte can be read as.
fn narrowed(
    list: &'static [&'static str],
    starts: &Starts,
    first: u8,
    second: u8,
) -> &'static [&'static str] {
    if second == b'1' {
        return list; // `i` or `l`
    }
    let row = first.checked_sub(b'a').and_then(|at| starts.get(usize::from(at)));
    let at = letter(second).checked_sub(b'a').map(usize::from);
    let bounds = row.zip(at).and_then(|(row, at)| Some((row.get(at)?, row.get(at + 1)?)));
    bounds.and_then(|(from, to)| list.get(usize::from(*from)..usize::from(*to))).unwrap_or_default()
}

/// Where in the list of each first letter the words with each second one start,
/// and after `z` where they end.
///
/// INVARIANT: a list is sorted, and its words share their first letter.
type Starts = [[u8; 27]; 26];

#[expect(clippy::indexing_slicing, reason = "evaluated at compile time")]
const HOLLOW: Starts = {
    let mut starts = [[0; 27]; 26];
    let mut first = 0;
    while first < 26 {
        starts[first] = starts_of(hollow(b'a' + first as u8));
        first += 1;
    }
    starts
};

#[expect(clippy::indexing_slicing, reason = "evaluated at compile time")]
const CHOSEN: Starts = {
    let mut starts = [[0; 27]; 26];
    let mut first = 0;
    while first < 26 {
        starts[first] = starts_of(chosen(b'a' + first as u8));
        first += 1;
    }
    starts
};

#[expect(clippy::indexing_slicing, reason = "evaluated at compile time")]
const fn starts_of(list: &[&str]) -> [u8; 27] {
    let mut starts = [0; 27];
    let (mut at, mut rest) = (0, list);
    let mut second = 0;
    while second < 27 {
        while let Some((word, others)) = rest.split_first() {
            match word.as_bytes() {
                [_, letter, ..] if *letter >= b'a' + second as u8 => break,
                _ => {}
            }
            at += 1;
            rest = others;
        }
        starts[second] = at;
        second += 1;
    }
    starts
}

const MARKERS: [&str; 41] = [
    "your",
    "yours",
    "votre",
    "vos",
    "change",
    "changeme",
    "changeit",
    "changer",
    "changez",
    "replace",
    "replaceme",
    "replacewith",
    "replaced",
    "remplacer",
    "remplacez",
    "insert",
    "inserer",
    "inserez",
    "enter",
    "entrez",
    "saisir",
    "saisissez",
    "paste",
    "put",
    "mettez",
    "mettre",
    "modifier",
    "modifiez",
    "example",
    "exemple",
    "sample",
    "placeholder",
    "dummy",
    "fake",
    "mock",
    "todo",
    "fixme",
    "tbd",
    "redacted",
    "masked",
    "here",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::letters::{reads_as, spells, successors};

    #[test]
    fn words_stand_under_their_letter() {
        for first in 0..=u8::MAX {
            for word in hollow(first).iter().chain(chosen(first)) {
                assert_eq!(word.bytes().next(), Some(first), "{word}");
                assert!(word.bytes().all(|b| b.is_ascii_lowercase()), "{word}");
            }
        }
        for word in MARKERS {
            assert!(hollow(word.as_bytes()[0]).contains(&word), "{word}");
        }
    }

    #[test]
    fn lists_are_sorted_so_that_they_can_be_narrowed() {
        for first in b'a'..=b'z' {
            type Narrow = fn(u8, u8) -> &'static [&'static str];
            let lists: [(_, Narrow); 2] = [(hollow(first), hollow_at), (chosen(first), chosen_at)];
            for (list, narrow) in lists {
                assert!(list.is_sorted(), "{list:?}");
                for second in 0..=u8::MAX {
                    let spelt = |word: &&&str| reads_as(second, word.as_bytes()[1]);
                    let expected: Vec<_> = list.iter().filter(spelt).collect();
                    let found: Vec<_> = narrow(first, second).iter().collect();
                    assert!(found.iter().all(|word| spelt(word) || second == b'1'), "{found:?}");
                    let found = found.into_iter().filter(spelt);
                    assert_eq!(found.collect::<Vec<_>>(), expected, "{list:?} {second}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_letter_starts_no_word() {
        for first in (0..b'a').chain(b'z' + 1..=u8::MAX) {
            for second in 0..=u8::MAX {
                assert!(hollow_at(first, second).is_empty() && chosen_at(first, second).is_empty());
            }
        }
        assert!(hollow_at(b'q', b'z').is_empty() && hollow_at(b'a', b'2').is_empty());
        assert!(hollow_at(b'f', b'1').contains(&"flask"), "with a digit");
    }

    #[test]
    fn digits_spell_letters() {
        let table = [
            ("p4ssw0rd", "password", true),
            ("PA$$W0RD", "password", true),
            ("he1lo", "hello", true),
            ("1nsert", "insert", true),
            ("passwort", "password", false),
            ("pass", "password", false),
        ];
        for (text, word, expected) in table {
            assert_eq!(spells(text.as_bytes(), word).is_some(), expected, "{text}");
        }
    }

    #[test]
    fn pairs_of_letters_are_those_of_words() {
        let follows = |a: u8, b: u8| successors(a) & 1 << (b - b'a') != 0;
        assert!(follows(b'q', b'u') && follows(b't', b'h'));
        assert!(!follows(b'q', b'z') && !follows(b'v', b'x'));
        assert_eq!(successors(b'0'), 0);
    }
}
