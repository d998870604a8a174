//! The words that placeholders and weak passwords are made of.
//!
//! Looked up by the first two letters, so that a random value costs a few comparisons.
//! All are lower case and without accents; how a value is read as them is said in
//! [`super::letters`].

use super::letters::letter;

/// Words that say "put a value here"; next to one of them even unknown words
/// mean nothing.
pub(super) fn is_marker(word: &str) -> bool {
    MARKERS.contains(&word)
}

/// The words that mean nothing in a secret and may start with these two letters, the
/// second as it is written.
pub(super) fn hollow_at(first: u8, second: u8) -> &'static [&'static str] {
    HOLLOW.at(first, second)
}

/// As [`hollow_at`], of the words that people choose for passwords.
pub(super) fn chosen_at(first: u8, second: u8) -> &'static [&'static str] {
    CHOSEN.at(first, second)
}

/// A sorted list of words of two letters or more.
struct Words {
    list: &'static [&'static str],
    /// By first letter: where the words with each second letter start, and after `z`
    /// where they end.
    starts: [[u16; 27]; 26],
}

impl Words {
    #[expect(clippy::indexing_slicing, reason = "evaluated at compile time")]
    const fn new(list: &'static [&'static str]) -> Self {
        let mut starts = [[0; 27]; 26];
        let (mut at, mut rest) = (0, list);
        let mut cell = 0;
        while cell < 26 * 27 {
            let (first, second) = (cell / 27, cell % 27);
            while let Some((word, others)) = rest.split_first() {
                if !is_before(word, b'a' + first as u8, b'a' + second as u8) {
                    break;
                }
                (at, rest) = (at + 1, others);
            }
            starts[first][second] = at;
            cell += 1;
        }
        Self { list, starts }
    }

    /// The words whose second letter this byte can be read as.
    fn at(&self, first: u8, second: u8) -> &'static [&'static str] {
        let row = first.checked_sub(b'a').and_then(|at| self.starts.get(usize::from(at)));
        let at = letter(second).checked_sub(b'a').map(usize::from);
        let bounds = row.zip(at).and_then(|(row, at)| match second {
            b'1' => Some((row.first()?, row.last()?)), // `i` or `l`
            _ => Some((row.get(at)?, row.get(at + 1)?)),
        });
        bounds
            .and_then(|(from, to)| self.list.get(usize::from(*from)..usize::from(*to)))
            .unwrap_or_default()
    }
}

/// Whether a word stands before all that start with these two letters.
const fn is_before(word: &str, first: u8, second: u8) -> bool {
    match word.as_bytes() {
        [a, b, ..] => *a < first || *a == first && *b < second,
        _ => false,
    }
}

/// Words that mean nothing in a secret.
#[rustfmt::skip]
static HOLLOW: Words = Words::new(&[
    "ac", "access", "account", "acme", "add", "adding", "admin", "administrator", "akia", "all",
    "amount", "an", "and", "anon", "ant", "any", "anything", "api", "app", "application", "apps",
    "are", "asdf", "asdfgh", "asdfghjkl", "at", "auth", "authentication", "avec", "aws", "azerty",
    "azertyuiop", "azure",
    "backend", "bar", "base", "basic", "baz", "be", "bearer", "because", "begin", "bit", "bits",
    "blank", "bogus", "bot", "brevo", "broker", "but", "by", "bytes",
    "cachez", "cafebabe", "cat", "ceci", "cest", "change", "changed", "changeit", "changeme",
    "changer", "changez", "char", "character", "characters", "chars", "choose", "chose", "cle",
    "clef", "clerk", "cles", "client", "cloud", "cluster", "code", "com", "complex", "config",
    "connection", "cookie", "cookies", "create", "credential", "credentials", "csrf",
    "data", "database", "db", "de", "deadbeef", "debug", "default", "defaut", "demo", "des", "dev",
    "developer", "development", "django", "do", "docker", "domain", "dont", "du", "dummy",
    "edit", "email", "empty", "encrypt", "encryption", "end", "endpoint", "enter", "entrez", "env",
    "environment", "est", "example", "exemple",
    "fake", "file", "fill", "fixme", "flask", "flwseck", "fois", "foo", "foobar", "for", "format",
    "from", "ftp",
    "generate", "generated", "genere", "generee", "get", "ghp", "ghs", "git", "github", "gitlab",
    "goes", "google", "guest",
    "hackme", "hard", "hash", "hello", "here", "hex", "hidden", "hmac", "hooks", "host",
    "hostname", "hote", "http", "https", "hunter",
    "ici", "id", "identifiant", "in", "inconnu", "insecure", "inserer", "inserez", "insert",
    "internal", "into", "invalid", "ipsum", "is", "it", "its",
    "jeton", "jwt",
    "key", "keyboard", "keys",
    "la", "laravel", "le", "least", "length", "les", "letmein", "live", "local", "localhost",
    "login", "long", "longue", "lorem",
    "mail", "mailgun", "main", "make", "manager", "masked", "master", "mdp", "me", "meilisearch",
    "merchant", "mettez", "mettre", "min", "minimum", "minio", "minioadmin", "missing", "mock",
    "modifie", "modified", "modifier", "modifiez", "modify", "moi", "mongo", "mongodb", "more",
    "most", "mot", "motdepasse", "must", "my", "mysql",
    "name", "napi", "need", "needs", "never", "new", "nextauth", "no", "node", "nom", "non",
    "none", "not", "nothing", "nouveau", "npg", "npm", "null", "number",
    "oauth", "obtain", "of", "on", "one", "only", "openai", "openssl", "or", "orange", "org",
    "our", "own",
    "paddle", "pas", "pass", "passe", "passphrase", "passwd", "password", "passwords", "passwort",
    "paste", "pat", "pepper", "pk", "placeholder", "platform", "please", "postgres", "postgresql",
    "postmark", "pour", "prenez", "private", "privee", "prod", "production", "proj", "project",
    "projet", "provide", "public", "publishable", "pusher", "put", "pwd",
    "qsdf", "qsdfghjklm", "qwerty", "qwertyuiop",
    "rails", "rand", "random", "randomly", "re", "real", "redacted", "redis", "refresh",
    "remplace", "remplacer", "remplacez", "replace", "replaced", "replaceme", "replacewith",
    "required", "resend", "rk", "role", "root", "rsa",
    "safe", "saisir", "saisissez", "salt", "same", "sample", "sandbox", "sb", "secret", "secrete",
    "secretkey", "secrets", "secure", "security", "sendgrid", "sentry", "server", "serveur",
    "service", "services", "session", "set", "sg", "sh", "should", "shppa", "sid", "signing", "sk",
    "slack", "smtp", "so", "some", "someone", "something", "somewhere", "square", "staging",
    "stored", "string", "stripe", "strong", "supabase", "super", "symfony",
    "tbd", "temp", "temporary", "test", "teste", "tester", "testing", "tests", "text", "that",
    "the", "then", "thing", "this", "to", "todo", "token", "tokens", "too", "toto", "tres",
    "twilio",
    "un", "undefined", "une", "unique", "unknown", "unsafe", "update", "updated", "url", "use",
    "used", "user", "username", "utilisateur",
    "valeur", "value", "values", "variable", "very", "vos", "votre", "vous",
    "webhook", "welcome", "whatever", "whsec", "will", "with", "world", "www", "wxcvbn",
    "xapp", "xkeysib", "xoxb", "xoxp",
    "you", "your", "yours", "yourself",
    "zxcv", "zxcvbn", "zxcvbnm",
]);

/// Words that people choose for passwords.
#[rustfmt::skip]
static CHOSEN: Words = Words::new(&[
    "abcdef", "alexander", "amanda", "amour", "andrea", "andrew", "angel", "anthony", "arsenal",
    "ashley", "august", "austin", "avril",
    "babygirl", "bailey", "banana", "barcelona", "baseball", "basketball", "batman", "bienvenue",
    "blink", "blue", "bonjour", "bubbles", "buster", "butterfly",
    "camille", "charlie", "chelsea", "chicken", "chocolat", "chocolate", "coffee", "computer",
    "cookie", "corvette", "coucou", "cowboy",
    "dakar", "dallas", "daniel", "december", "decembre", "diamond", "donald", "doudou", "dragon",
    "eagle", "elephant", "emily", "epsilon",
    "facebook", "falcon", "ferrari", "flower", "football", "forever", "france", "freedom",
    "friday", "friends",
    "garfield", "george", "ginger", "gold", "green", "guitar",
    "hammer", "hannah", "happy", "harley", "heather", "hockey", "hunter",
    "iloveyou", "internet", "ironman",
    "january", "janvier", "jasmine", "jennifer", "jessica", "jetaime", "jordan", "joshua", "july",
    "june", "junior", "justin",
    "killer", "king", "kitty",
    "lakers", "letmein", "liverpool", "london", "loulou", "love", "lovely", "lucky",
    "maggi", "maggie", "magic", "march", "marseille", "martin", "matrix", "matthew", "maverick",
    "melissa", "mercedes", "merlin", "michael", "michelle", "monday", "money", "monkey", "morgan",
    "mustang",
    "naruto", "nicolas", "nicole", "november", "novembre",
    "october", "octobre", "oliver", "orange",
    "panther", "paris", "passion", "peanut", "pepper", "phoenix", "pokemon", "princess",
    "princesse", "purple",
    "rabbit", "rainbow", "ranger", "robert", "rocket", "ronaldo",
    "samantha", "sarah", "saturday", "school", "senegal", "september", "septembre", "shadow",
    "silver", "skywalker", "soccer", "soleil", "sophie", "spiderman", "spring", "starwars",
    "steelers", "summer", "sunday", "sunshine", "superman",
    "tennis", "teranga", "thomas", "thunder", "tiger", "tigger", "trustno", "tuesday",
    "unicorn", "united",
    "victoria", "virginie",
    "warrior", "wednesday", "whatever", "william", "winner", "winter", "wizard",
    "yamaha", "yankees", "yellow",
    "zaq", "zidane",
]);

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
    fn words_are_of_lower_case_letters() {
        for word in HOLLOW.list.iter().chain(CHOSEN.list) {
            assert!(word.len() > 1 && word.bytes().all(|b| b.is_ascii_lowercase()), "{word}");
        }
        for word in MARKERS {
            assert!(HOLLOW.list.contains(&word), "{word}");
        }
    }

    #[test]
    fn lists_are_sorted_so_that_they_can_be_narrowed() {
        for words in [&HOLLOW, &CHOSEN] {
            assert!(words.list.is_sorted());
            for first in b'a'..=b'z' {
                for second in 0..=u8::MAX {
                    let starts = |word: &&&str| word.as_bytes()[0] == first;
                    let spelt = |word: &&&str| reads_as(second, word.as_bytes()[1]);
                    let expected: Vec<_> = words.list.iter().filter(starts).filter(spelt).collect();
                    let found: Vec<_> = words.at(first, second).iter().collect();
                    assert!(found.iter().all(|word| spelt(word) || second == b'1'), "{found:?}");
                    let found = found.into_iter().filter(spelt);
                    assert_eq!(found.collect::<Vec<_>>(), expected, "{first} {second}");
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
