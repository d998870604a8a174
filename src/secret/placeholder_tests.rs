use super::Placeholder::{FrameworkDefault, Repeated, Template, Word};
use super::*;
use crate::secret::Kind;
use crate::secret::sample::Random;
use crate::secret::shape::Bytes;

#[test]
fn what_only_says_that_a_value_belongs_here() {
    for (expected, values) in PLACEHOLDERS {
        for value in values.split_whitespace() {
            assert_eq!(placeholder(value), Some(*expected), "{value}");
        }
    }
}

#[test]
fn spaces_and_quotes_hide_nothing() {
    let table = [
        ("keyboard cat", Placeholder::Word),
        ("your secret key", Placeholder::Word),
        ("put your token here", Placeholder::Word),
        (" changeme\n", Placeholder::Word),
        ("\"changeme\"", Placeholder::Word),
        ("'secret'", Placeholder::Word),
        ("[your key]", Placeholder::Word),
        ("<your key>", Placeholder::Template),
        ("{{ secret }}", Placeholder::Template),
        ("${ VAR }", Placeholder::Template),
        ("!vault |", Template),
        ("$ANSIBLE_VAULT;1.1;AES256\n6236", Template),
        ("ENC[AES256_GCM,data:Tr7o=,iv:1=,tag:k=,type:str]", Template),
        ("-----BEGIN PRIVATE KEY-----\\n...\\n-----END PRIVATE KEY-----", Placeholder::Word),
    ];
    for (value, expected) in table {
        assert_eq!(placeholder(value), Some(expected), "{value}");
    }
}

#[test]
fn what_documentation_prints() {
    let values = [
        ["AKIAIOSFODNN7", "EXAMPLE"],
        ["wJalrXUtnFEMI/K7MDENG/bPxRfiCY", "EXAMPLEKEY"],
        ["sk_test_4eC", "39Hinvented0tail1here"],
        ["sk_test_BQo", "kikJinvented0tail1here"],
        ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0", "NTY3ODkwIn0.c2lnbmF0dXJl"],
        ["eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJzdXBh", "YmFzZS1kZW1vIn0.c2lnbmF0dXJl"],
        [
            "AccountName=dev1;AccountKey=Eby8vdM02xNO",
            "cqFlinvented0tail1that2is3as4long5as6an7account8key9has0to1be2==",
        ],
        ["https://example", "PublicKey@o0.ingest.sentry.io/0"],
    ];
    for value in values {
        assert_eq!(placeholder(&value.concat()), Some(Placeholder::Documentation), "{value:?}");
    }
}

#[test]
fn good_values_pass() {
    let values = [
        "",
        "POSTMARK_API_TEST",
        "koomy-sandbox-2024",
        "correct-horse-battery-staple",
        "purple-example-monkey-dishwasher",
        "purple-example-monkey-garden",
        "92add81key73any64bit55",
        "kX9fQ2mZ7pL4wR8tY3vB6nsecretJ5hT",
        "8Hq2kLm9Xz4Rt7Vb3Nw6Pc1Yd5Jf0Gstest",
        "testQm9Xz4Rt7Vb3Nw6Pc1Yd5Jf0Gs8H",
        "secret-8f3a91c07be24d56",
        "your-8f3a91c07be24d56",
        "Tr0ub4dor&3",
        "4821",
        "847263",
        "zebra",
        "\u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{44c}",
        "pa${ss",
        "%7d}{{x",
        "k$A",
        "g$(x)q9",
        "of no form",
        "format apple keyring",
        "env:8f3a91c07be24d56",
        "ENC[9f3a91c0",
        "projects/8f3a91c07be24d56",
        "ref+8f3a91c07be24d56",
        "op:8f3a91c07be24d56",
        "koomy-secret-key-garden-walnut",
        "ends-with-dots-but-is-long-enough-8f3a91c07...",
    ];
    for value in values {
        assert_eq!(placeholder(value), None, "{value}");
    }
}

/// A word inside a good secret is chance, and must not make it a bad one.
#[test]
fn random_values_with_a_word_in_them_pass() {
    let sets = [Bytes::LOWER_HEX, Bytes::LOWER_ALNUM, Bytes::ALNUM, Bytes::BASE64_URL];
    let words = ["secret", "test", "changeme", "your-key", "password", "EXAMPLE", "xxxx", "1234"];
    let mut random = Random(42);
    for round in 0..8_000 {
        let set = sets[round % sets.len()];
        let body = random.run(set, 16 + round % 33);
        let word = words[round % words.len()];
        let middle = body.len() / 2;
        let values = [
            body.clone(),
            format!("{body}{word}"),
            format!("{word}{body}"),
            format!("{body}-{word}"),
            format!("{word}_{body}"),
            format!("{}{word}{}", &body[..middle], &body[middle..]),
        ];
        for value in values {
            assert_eq!(placeholder(&value), None, "{value}");
        }
    }
}

#[test]
fn samples_of_secrets_pass_for_many_seeds() {
    for kind in Kind::ALL.iter().filter(|kind| !kind.is_public()) {
        for seed in 1_000..1_200 {
            if let Some(value) = kind.sample(None, seed) {
                assert_eq!(placeholder(&value), None, "{} {value}", kind.id());
            }
        }
    }
}

#[test]
fn no_reason_holds_a_value() {
    use Placeholder::*;
    for why in [Word, Template, Documentation, FrameworkDefault, Repeated] {
        assert!(why.why().starts_with("is ") && !why.why().contains('`'));
    }
}

#[test]
fn words_for_nothing() {
    for value in [
        "null",
        "NULL",
        "(null)",
        "None",
        "nil",
        "undefined",
        "empty",
        "(Empty)",
        "n/a",
        "-",
        " null ",
    ] {
        assert!(means_nothing(value), "{value}");
    }
    for value in ["", "nulls", "0", "false", "--", "nothing"] {
        assert!(!means_nothing(value), "{value}");
    }
}

#[test]
fn hosts_that_lead_nowhere() {
    let reserved = "example.com EXAMPLE.COM. db.example.com a.b.example.org db.example db.invalid api.test \
        your-db-host your_host.internal votre-serveur.sn yourdomain.com api.yourdomain.com <host> ${DB_HOST}";
    for host in reserved.split_whitespace() {
        assert!(is_documentation_host(host), "{host}");
    }
    let real = "localhost 127.0.0.1 db redis ep-a-1.eu-central-1.aws.neon.tech notexample.com example.sn \
        test.koomy.app example.com.koomy.app yourself.app [::1]";
    for host in real.split_whitespace() {
        assert!(!is_documentation_host(host), "{host}");
    }
}

const PLACEHOLDERS: &[(Placeholder, &str)] = &[
    (
        Word,
        "changeme change-me CHANGE_ME !ChangeMe! changeit your-api-key your_api_key_here YOUR_API_KEY",
    ),
    (
        Word,
        "your-db-host your-app-password your-orange-api-key your-pusher-app-id your-pusher-app-key",
    ),
    (
        Word,
        "your-pusher-app-secret base64:your-generated-key secure-password secret SECRET mysecret",
    ),
    (
        Word,
        "my-secret-key mySecretKey supersecret super_secret_key s3cr3t p@ssw0rd P4SSW0RD Pa$$w0rd pa$$word",
    ),
    (
        Word,
        "password password123 Password1 passw0rd! secret2024 test1234 postgres admin root test example",
    ),
    (
        Word,
        "placeholder todo TODO fixme replace_me replace-with-your-key insert-your-token-here insert-key-here",
    ),
    (
        Word,
        "your-company-stripe-key yourapikey yourpassword your-256-bit-secret your-secret-key keyboard-cat",
    ),
    (
        Word,
        "hello-world letmein qwerty azerty minioadmin guest foobar lorem-ipsum hunter2 dev demo",
    ),
    (
        Word,
        "motdepasse mot-de-passe votre-cle-api votre-cl\u{e9}-secr\u{e8}te a-changer \u{e0}-changer changez-moi remplacer",
    ),
    (
        Word,
        "remplacez_moi votre_mot_de_passe votre-jeton-ici exemple Votre-Mot-De-Passe cl\u{e9}-\u{e0}-remplacer",
    ),
    (
        Word,
        "sk_test_your_key_here sk_live_xxx sk_live_xxxxxxxxxxxxxxxxxxxxxxxx sk_test_123 pk_test_example",
    ),
    (
        Word,
        "SG.xxxx.yyyy SG.your_api_key whsec_xxx whsec_your_secret re_123456789 ghp_xxxxxxxxxxxxxxxxxxxx",
    ),
    (
        Word,
        "npg_password xoxb-your-token AKIAXXXXXXXXXXXXXXXX ACxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx rk_live_000000",
    ),
    (
        Word,
        "ThisTokenIsNotSoSecretChangeIt SomeSecret toBeModified TEST_NON_DEV_SECRET deadbeef deadbeefdeadbeef",
    ),
    (
        Word,
        "your-super-secret-jwt-token-with-at-least-32-characters-long dummy-value fake_key mock-token redacted",
    ),
    (Word, "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX temp"),
    (
        Repeated,
        "xxxx XXXXXXXXXXXXXXXXXXXX **** .... ---- ___ ?? 0000 00000000-0000-0000-0000-000000000000 111111",
    ),
    (
        Repeated,
        "123456 12345678901234567890123456789012 abc123 abcdef abcdefghijklmnopqrstuvwxyz0123456789 987654321",
    ),
    (
        Repeated,
        "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx 0123456789abcdef 1234-1234-1234 \u{2022}\u{2022}\u{2022}\u{2022} aaaaaaaa shhhh shhhhhh",
    ),
    (
        Template,
        "<key> <your-api-key> ${VAR} ${VAR:-none} prefix-${API_KEY} {{x}} {{.Values.key}} %(x)s $(cmd) $DB_PASSWORD",
    ),
    (
        Template,
        "%DB_PASSWORD% <%=ENV['X']%> #{secret} whsec_... sk_live_... sk_live_51H... sk_test_\u{2026} `cmd`",
    ),
    (
        Template,
        "vault:secret/data/koomy#jwt vault:v1:8SDd3WHDOjf7mq69 @Microsoft.KeyVault(SecretUri=https://x) \
         arn:aws:secretsmanager:eu-west-3:1:secret:jwt arn:aws-cn:ssm:cn-north-1:1:parameter/jwt",
    ),
    (
        Template,
        "ENC[AES256_GCM,data:x] ENC[PKCS7,MIIB] op://vault/item/field projects/x/secrets/y/versions/latest \
         ref+vault://secret/jwt#value ref+awssecrets://jwt sm://jwt gcpsm://x/y awssm://jwt bws://x",
    ),
    (
        Template,
        "process.env.JWT_SECRET process.env['X'] import.meta.env.X os.environ[\"X\"] os.getenv('X') \
         getenv('X') System.getenv(\"X\") ENV['X'] env:JWT_SECRET /run/secrets/jwt secretref:jwt \
         {{resolve:secretsmanager:x:SecretString:y}} keyvault:jwt infisical://x",
    ),
    (
        Word,
        "my-jwt-secret-for-koomy-app thisisaverysecretkeyforjwt generate-with-openssl-rand-hex-32 \
         my-super-secret-jwt-key-for-koomy this-is-a-very-secret-key openssl-rand-base64-32 \
         ThisIsASecretKeyForMyApp mysupersecretkeyforkoomy un-secret-tres-long-pour-koomy",
    ),
    (
        FrameworkDefault,
        "django-insecure-anything SomeRandomString SomeRandomStringWith32Characters",
    ),
];
