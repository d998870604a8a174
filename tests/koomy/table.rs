//! The changes, one per line.

/// What a row is about, the file it starts from, the change, and the rules that refuse.
pub(crate) type Row = (&'static str, &'static str, Change, &'static [&'static str]);

/// One change.
pub(crate) enum Change {
    /// A variable is added, or gets another value.
    Set(&'static str, &'static [u8]),
    /// A value is edited.
    Edit(&'static str, fn(&str) -> String),
    /// A variable gets the value of another.
    Copy(&'static str, &'static str),
    /// A variable is removed.
    Unset(&'static str),
    /// A line is repeated.
    Again(&'static str),
}

use Change::{Again, Copy, Edit, Set, Unset};

/// All of them.
pub(crate) fn every_row() -> Vec<Row> {
    [databases(), environments(), secrets(), names()].into_iter().flatten().collect()
}

const MAIN: &str = "ep-koomy-main-10000001";
const DEVELOPMENT: &str = "ep-koomy-development-20000002";
const REGION: &str = ".eu-central-1.aws.neon.tech";

fn url(edit: fn(&str) -> String) -> Change {
    Edit("DATABASE_URL", edit)
}

/// The sandbox's URL with production's host.
fn main_branch(url: &str) -> String {
    url.replace(DEVELOPMENT, MAIN)
}

/// A URL with another text as its host.
fn hosted(url: &str, host: &str) -> String {
    url.replace(&format!("{DEVELOPMENT}{REGION}"), host)
}

/// A URL with another password.
fn with_password(url: &str, password: &str) -> String {
    let parts = url.split_once("://").and_then(|(scheme, rest)| {
        let (user, rest) = rest.split_once(':')?;
        let (_, rest) = rest.split_once('@')?;
        Some((scheme, user, rest))
    });
    parts.map_or_else(String::new, |(scheme, user, rest)| {
        format!("{scheme}://{user}:{password}@{rest}")
    })
}

fn databases() -> Vec<Row> {
    let tables = [
        disguises,
        library_variables,
        look_alikes,
        other_environments,
        encryption,
        permitted_forms,
    ];
    tables.into_iter().flat_map(|table| table()).collect()
}

/// Production's database, however it is written.
#[rustfmt::skip] // one row, one line
fn disguises() -> Vec<Row> {
    vec![
        ("production, direct", "sandbox", url(main_branch), BELONGS),
        ("production, pooled", "sandbox", url(|u| hosted(u, &format!("{MAIN}-pooler{REGION}"))), BELONGS),
        ("production, in capitals", "sandbox", url(|u| hosted(u, &format!("{MAIN}{REGION}").to_uppercase())), AMBIGUOUS),
        ("production, in one capital", "sandbox", url(|u| hosted(u, &format!("E{}{REGION}", MAIN.trim_start_matches('e')))), AMBIGUOUS),
        ("production, with a dot at the end", "sandbox", url(|u| hosted(u, &format!("{MAIN}{REGION}."))), AMBIGUOUS),
        ("production, percent-encoded", "sandbox", url(|u| hosted(u, &format!("%65{}{REGION}", MAIN.trim_start_matches('e')))), AMBIGUOUS),
        ("production, with its port", "sandbox", url(|u| hosted(u, &format!("{MAIN}{REGION}:5432"))), BELONGS),
        ("production, by `?host=`", "sandbox", url(|u| format!("{u}&host={MAIN}{REGION}")), AMBIGUOUS),
        ("production, by `?host=` alone", "sandbox", url(|u| format!("{}&host={MAIN}{REGION}", hosted(u, ""))), AMBIGUOUS),
        ("production, by `?hostaddr=`", "sandbox", url(|u| format!("{u}&hostaddr=203.0.113.7")), AMBIGUOUS),
        ("production, by `?HOST=`", "sandbox", url(|u| format!("{u}&HOST={MAIN}{REGION}")), AMBIGUOUS),
        ("production, by `?service=`", "sandbox", url(|u| format!("{u}&service=main")), AMBIGUOUS),
        ("production, by `?options=endpoint`", "sandbox", url(|u| format!("{u}&options=endpoint%3D{MAIN}")), AMBIGUOUS),
        ("production, by the password", "sandbox", url(|u| with_password(u, &format!("endpoint%3D{MAIN}%3Bw8Kf2mQx7Zr4Tn9b"))), AMBIGUOUS),
        ("production, behind `#@`", "sandbox", url(|u| u.replace(REGION, &format!("{REGION}#@{MAIN}{REGION}"))), AMBIGUOUS),
        ("production, before `#@`", "sandbox", url(|u| u.replace(DEVELOPMENT, &format!("{MAIN}{REGION}#@{DEVELOPMENT}"))), AMBIGUOUS),
        ("production, behind `?@`", "sandbox", url(|u| u.replace(REGION, &format!("{REGION}?@{MAIN}{REGION}"))), AMBIGUOUS),
        ("production, behind a second `@`", "sandbox", url(|u| u.replace(DEVELOPMENT, &format!("{MAIN}{REGION}@{DEVELOPMENT}"))), AMBIGUOUS),
        ("production, behind `\\@`", "sandbox", url(|u| u.replace(DEVELOPMENT, &format!("{MAIN}{REGION}\\@{DEVELOPMENT}"))), AMBIGUOUS),
        ("production, second of two hosts", "sandbox", url(|u| u.replace(REGION, &format!("{REGION},{MAIN}{REGION}"))), AMBIGUOUS),
        ("production, first of two hosts", "sandbox", url(|u| u.replace(DEVELOPMENT, &format!("{MAIN}{REGION},{DEVELOPMENT}"))), AMBIGUOUS),
        ("two slashes before the database", "sandbox", url(|u| u.replace("/koomy?", "//koomy?")), AMBIGUOUS),
        ("production, as key=value", "sandbox", url(|_| format!("host={MAIN}{REGION} dbname=koomy user=koomy_app password=w8Kf2mQx7Zr4Tn9b sslmode=require")), AMBIGUOUS),
        ("production, as JDBC", "sandbox", url(|u| format!("jdbc:{}", main_branch(u))), AMBIGUOUS),
        ("production, for a driver", "sandbox", url(|u| main_branch(u).replace("postgresql:", "postgresql+asyncpg:")), AMBIGUOUS),
        ("production, in quotes", "sandbox", url(|u| format!("\"{}\"", main_branch(u))), AMBIGUOUS),
        ("production, after a space", "sandbox", url(|u| format!(" {}", main_branch(u))), AMBIGUOUS),
        ("production, before a line break", "sandbox", url(|u| format!("{}\n", main_branch(u))), AMBIGUOUS),
        ("production, with a tab", "sandbox", url(|u| u.replace(DEVELOPMENT, "ep-koomy-\tmain-10000001")), AMBIGUOUS),
        ("production, in full-width letters", "sandbox", url(|u| u.replace(DEVELOPMENT, "\u{ff45}p-koomy-main-10000001")), AMBIGUOUS),
        ("production, as a template", "sandbox", url(|_| "$DATABASE_URL_PRODUCTION".to_owned()), AMBIGUOUS),
    ]
}

/// The variables of the C library.
#[rustfmt::skip] // one row, one line
fn library_variables() -> Vec<Row> {
    vec![
        ("production, by PGHOST", "sandbox", Set("PGHOST", b"ep-koomy-main-10000001.eu-central-1.aws.neon.tech"), AMBIGUOUS),
        ("production, by PGHOSTADDR", "sandbox", Set("PGHOSTADDR", b"203.0.113.7"), AMBIGUOUS),
        ("production, by PGSERVICE", "sandbox", Set("PGSERVICE", b"main"), AMBIGUOUS),
        ("production, by PGSERVICEFILE", "sandbox", Set("PGSERVICEFILE", b"/etc/pg_service.conf"), AMBIGUOUS),
        ("production, by PGOPTIONS", "sandbox", Set("PGOPTIONS", b"endpoint=ep-koomy-main-10000001"), AMBIGUOUS),
        ("another database, by PGDATABASE", "sandbox", Set("PGDATABASE", b"neondb"), AMBIGUOUS),
        ("a password, by PGPASSWORD", "sandbox", Set("PGPASSWORD", b"w8Kf2mQx7Zr4Tn9b"), UNDECLARED),
    ]
}

/// What only looks like the right one.
#[rustfmt::skip] // one row, one line
fn look_alikes() -> Vec<Row> {
    vec![
        ("the endpoint in a foreign domain", "sandbox", url(|u| u.replace("neon.tech", "neon.tech.evil.example")), BELONGS),
        ("a longer endpoint", "sandbox", url(|u| u.replace(DEVELOPMENT, "ep-koomy-development-200000021")), BELONGS),
        ("a label in front", "sandbox", url(|u| u.replace(DEVELOPMENT, &format!("x.{DEVELOPMENT}"))), BELONGS),
        ("another region", "sandbox", url(|u| u.replace("eu-central-1", "us-east-1")), BELONGS),
        ("another database", "sandbox", url(|u| u.replace("/koomy?", "/neondb?")), BELONGS),
        ("a database in capitals", "sandbox", url(|u| u.replace("/koomy?", "/Koomy?")), BELONGS),
        ("another port", "sandbox", url(|u| u.replace("/koomy?", ":6432/koomy?")), BELONGS),
        ("no database", "sandbox", url(|u| u.replace("/koomy?", "/?")), AMBIGUOUS),
        ("no user", "sandbox", url(|_| format!("postgresql://{DEVELOPMENT}{REGION}/koomy?sslmode=require")), AMBIGUOUS),
        ("a database of this machine", "sandbox", url(|_| "postgresql://koomy@localhost/koomy_local".to_owned()), BELONGS),
    ]
}

/// Production, and a developer's machine.
#[rustfmt::skip] // one row, one line
fn other_environments() -> Vec<Row> {
    vec![
        ("the sandbox's branch", "production", url(|u| u.replace(MAIN, DEVELOPMENT)), BELONGS),
        ("the local branch", "production", url(|u| u.replace(MAIN, "ep-koomy-local-30000003")), BELONGS),
        ("this machine", "production", url(|_| "postgresql://koomy:w8Kf2mQx7Zr4Tn9b@localhost/koomy_local".to_owned()), BELONGS),
        ("no URL", "production", Unset("DATABASE_URL"), SET),
        ("an empty URL", "production", Set("DATABASE_URL", b""), SET),
        ("a URL that is not text", "production", Set("DATABASE_URL", b"postgresql://\xff"), AMBIGUOUS),
        ("production's branch", "local", url(|_| format!("postgresql://koomy:w8Kf2mQx7Zr4Tn9b@{MAIN}{REGION}/koomy?sslmode=require")), BELONGS),
        ("the sandbox's branch", "local", url(|_| format!("postgresql://koomy:w8Kf2mQx7Zr4Tn9b@{DEVELOPMENT}{REGION}/koomy?sslmode=require")), BELONGS),
        ("a database that says it is production", "local", url(|u| u.replace("koomy_local", "koomy_production")), &["database-belongs-to-environment", "database-is-not-production-like"]),
    ]
}

/// The way there.
#[rustfmt::skip] // one row, one line
fn encryption() -> Vec<Row> {
    vec![
        ("no TLS mode", "sandbox", url(|u| u.replace("?sslmode=require", "")), ENCRYPTED),
        ("TLS off", "sandbox", url(|u| u.replace("=require", "=disable")), ENCRYPTED),
        ("TLS if it can be had", "sandbox", url(|u| u.replace("=require", "=prefer")), ENCRYPTED),
        ("TLS off, by PGSSLMODE", "sandbox", Set("PGSSLMODE", b"disable"), AMBIGUOUS),
        ("a TLS mode nobody knows", "sandbox", url(|u| u.replace("=require", "=required")), AMBIGUOUS),
    ]
}

/// As it may be.
#[rustfmt::skip] // one row, one line
fn permitted_forms() -> Vec<Row> {
    vec![
        ("the pooler", "sandbox", url(|u| u.replace(REGION, &format!("-pooler{REGION}"))), PERMITTED),
        ("no pooler", "production", url(|u| u.replace("-pooler", "")), PERMITTED),
        ("the port", "sandbox", url(|u| u.replace("/koomy?", ":5432/koomy?")), PERMITTED),
        ("the other scheme", "sandbox", url(|u| u.replace("postgresql:", "postgres:")), PERMITTED),
        ("another user", "sandbox", url(|u| u.replace("koomy_app", "koomy_worker")), PERMITTED),
        ("more TLS", "sandbox", url(|u| u.replace("=require", "=verify-full")), PERMITTED),
        ("the dedicated branch", "local", url(|_| format!("postgresql://koomy@ep-koomy-local-30000003{REGION}/koomy?sslmode=require")), PERMITTED),
        ("the address of this machine", "local", url(|u| u.replace("localhost", "127.0.0.1")), PERMITTED),
    ]
}

#[rustfmt::skip] // one row, one line
fn environments() -> Vec<Row> {
    vec![
        ("no KOOMY_ENV", "production", Unset("KOOMY_ENV"), SET),
        ("no KOOMY_ENV", "sandbox", Unset("KOOMY_ENV"), SET),
        ("an empty KOOMY_ENV", "production", Set("KOOMY_ENV", b""), SET),
        ("a capital", "production", Set("KOOMY_ENV", b"Production"), LIST),
        ("capitals", "production", Set("KOOMY_ENV", b"PRODUCTION"), LIST),
        ("a space after it", "production", Set("KOOMY_ENV", b"production "), LIST),
        ("a space before it", "production", Set("KOOMY_ENV", b" production"), LIST),
        ("a line break after it", "production", Set("KOOMY_ENV", b"production\n"), LIST),
        ("a carriage return after it", "production", Set("KOOMY_ENV", b"production\r"), LIST),
        ("quotes around it", "production", Set("KOOMY_ENV", b"\"production\""), LIST),
        ("a Cyrillic o", "production", Set("KOOMY_ENV", "pr\u{43e}duction".as_bytes()), LIST),
        ("a space without width", "production", Set("KOOMY_ENV", "production\u{200b}".as_bytes()), LIST),
        ("a short form", "production", Set("KOOMY_ENV", b"prod"), LIST),
        ("another environment", "production", Set("KOOMY_ENV", b"staging"), LIST),
        ("a runtime", "production", Set("KOOMY_ENV", b"development"), LIST),
        ("no text", "production", Set("KOOMY_ENV", b"production\xff"), LIST),
        ("a NUL", "production", Set("KOOMY_ENV", b"production\0"), LIST),
        ("no NODE_ENV", "production", Unset("NODE_ENV"), SET),
        ("an empty NODE_ENV", "production", Set("NODE_ENV", b""), SET),
        ("NODE_ENV=test", "production", Set("NODE_ENV", b"test"), LIST),
        ("NODE_ENV=test", "sandbox", Set("NODE_ENV", b"test"), LIST),
        ("NODE_ENV=test", "local", Set("NODE_ENV", b"test"), LIST),
        ("NODE_ENV=staging", "sandbox", Set("NODE_ENV", b"staging"), LIST),
        ("NODE_ENV=Production", "production", Set("NODE_ENV", b"Production"), LIST),
        ("NODE_ENV=development", "production", Set("NODE_ENV", b"development"), PAIR),
        ("NODE_ENV=production", "local", Set("NODE_ENV", b"production"), PAIR),
        ("NODE_ENV=development", "sandbox", Set("NODE_ENV", b"development"), PERMITTED),
    ]
}

#[rustfmt::skip] // one row, one line
fn secrets() -> Vec<Row> {
    vec![
        ("a live key", "sandbox", Edit("STRIPE_SECRET_KEY", live), CLASS),
        ("a live publishable key", "sandbox", Edit("STRIPE_PUBLISHABLE_KEY", live), CLASS),
        ("a live restricted key", "sandbox", Edit("STRIPE_SECRET_KEY", |key| restricted(&live(key))), CLASS),
        ("a restricted key", "sandbox", Edit("STRIPE_SECRET_KEY", restricted), PERMITTED),
        ("a test key", "production", Edit("STRIPE_SECRET_KEY", test), CLASS),
        ("a test publishable key", "production", Edit("STRIPE_PUBLISHABLE_KEY", test), CLASS),
        ("a publishable key for the secret one", "production", Edit("STRIPE_SECRET_KEY", |key| key.replace("sk_", "pk_")), CLASS),
        ("a key in capitals", "production", Edit("STRIPE_SECRET_KEY", str::to_uppercase), CLASS),
        ("a key with a space", "production", Edit("STRIPE_SECRET_KEY", |key| format!("{key} ")), CLASS),
        ("a key in quotes", "production", Edit("STRIPE_SECRET_KEY", |key| format!("\"{key}\"")), CLASS),
        ("half a key", "production", Edit("SENDGRID_API_KEY", |key| key.chars().take(40).collect()), CLASS),
        ("a key that was to be filled in", "production", Set("STRIPE_SECRET_KEY", b"your-stripe-secret-key"), PLACEHOLDER),
        ("a live key to be filled in", "production", Edit("STRIPE_SECRET_KEY", |_| format!("sk_{}_xxxxxxxxxxxxxxxxxxxxxxxx", "live")), PLACEHOLDER),
        ("no key", "production", Unset("STRIPE_SECRET_KEY"), SET),
        ("an empty key", "sandbox", Set("STRIPE_SECRET_KEY", b""), SET),
        ("a key called null", "sandbox", Set("STRIPE_SECRET_KEY", b"null"), SET),
        ("a key called undefined", "sandbox", Set("JWT_SECRET", b"undefined"), SET),
        ("no webhook secret", "production", Unset("STRIPE_WEBHOOK_SECRET"), SET),
        ("no mail", "sandbox", Unset("SENDGRID_API_KEY"), SET),
        ("no JWT_SECRET", "production", Unset("JWT_SECRET"), SET),
        ("a placeholder", "sandbox", Set("JWT_SECRET", b"changeme"), PLACEHOLDER),
        ("a long placeholder", "sandbox", Set("JWT_SECRET", b"your-super-secret-jwt-token-change-this-in-production"), PLACEHOLDER),
        ("filler", "production", Set("SESSION_SECRET", b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), PLACEHOLDER),
        ("a template", "production", Set("SESSION_SECRET", b"{{ session_secret }}"), PLACEHOLDER),
        ("a weak secret", "sandbox", Set("JWT_SECRET", b"k9#Qz!2"), STRONG),
        ("a weak secret", "local", Set("JWT_SECRET", b"k9#Qz!2"), STRONG),
        ("one value under two names", "sandbox", Copy("SESSION_SECRET", "JWT_SECRET"), UNIQUE),
        ("one value under two names", "production", Copy("SESSION_SECRET", "JWT_SECRET"), UNIQUE),
        ("a new secret", "production", Set("JWT_SECRET", b"w8Kf2mQx7Zr4Tn9b3Vh6Jp1S"), PERMITTED),
        // The password in the URL counts where the data are real.
        ("a placeholder for a password", "production", url(|u| with_password(u, "changeme")), PLACEHOLDER),
        ("a weak password", "production", url(|u| with_password(u, "k9Qz2")), STRONG),
        ("a placeholder for a password", "sandbox", url(|u| with_password(u, "changeme")), PERMITTED),
        ("a weak password", "sandbox", url(|u| with_password(u, "k9Qz2")), PERMITTED),
        ("a weak password", "local", url(|u| with_password(u, "koomy")), PERMITTED),
        // Debug endpoints, in the sandbox and nowhere else.
        ("DEBUG_SECRET", "production", Set("DEBUG_SECRET", b"w8Kf2mQx7Zr4Tn9b3Vh6Jp1S"), HERE),
        ("an empty DEBUG_SECRET", "production", Set("DEBUG_SECRET", b""), HERE),
        ("DEBUG_SECRET", "local", Set("DEBUG_SECRET", b"w8Kf2mQx7Zr4Tn9b3Vh6Jp1S"), HERE),
        ("INTERNAL_TOKEN", "production", Set("INTERNAL_TOKEN", b"w8Kf2mQx7Zr4Tn9b3Vh6Jp1S"), HERE),
        ("INTERNAL_TOKEN", "sandbox", Set("INTERNAL_TOKEN", b"w8Kf2mQx7Zr4Tn9b3Vh6Jp1S"), PERMITTED),
        ("DEBUG", "production", Set("DEBUG", b"koomy:*"), HERE),
        ("DEBUG", "sandbox", Set("DEBUG", b"koomy:*"), PERMITTED),
        ("no DEBUG_SECRET", "sandbox", Unset("DEBUG_SECRET"), &["debug-secret-is-set", "variable-is-set"]),
        ("an empty DEBUG_SECRET", "sandbox", Set("DEBUG_SECRET", b""), &["debug-secret-is-set", "variable-is-set"]),
        ("a placeholder", "sandbox", Set("DEBUG_SECRET", b"changeme"), &["debug-secret-is-set", "secret-is-not-placeholder"]),
        ("a weak DEBUG_SECRET", "sandbox", Set("DEBUG_SECRET", b"k9#Qz!2"), &["debug-secret-is-set", "secret-is-strong"]),
        ("the debug secret of another use", "sandbox", Copy("DEBUG_SECRET", "SESSION_SECRET"), &["debug-secret-is-set", "secret-is-unique"]),
    ]
}

#[rustfmt::skip] // one row, one line
fn names() -> Vec<Row> {
    vec![
        ("the sandbox's API", "production", Set("API_URL", b"https://api-sandbox.koomy.app"), DOMAIN),
        ("production's API", "sandbox", Set("API_URL", b"https://api.koomy.app"), DOMAIN),
        ("production's API", "local", Set("API_URL", b"https://api.koomy.app"), DOMAIN),
        ("an unknown API", "production", Set("API_URL", b"https://api.koomy.app.evil.example"), DOMAIN),
        ("an API behind a user", "production", Set("API_URL", b"https://api.koomy.app@evil.example"), DOMAIN),
        ("an API in two readings", "production", Set("API_URL", b"https://api.koomy.app\\@evil.example"), FORMAT),
        ("an API without a scheme", "production", Set("API_URL", b"api.koomy.app"), FORMAT),
        ("an undeclared foreign address", "production", Set("FRONTEND", b"https://sandbox.koomy.app"), DOMAIN),
        ("no address", "production", Unset("ADMIN_URL"), PERMITTED),
        ("a path", "production", Set("API_URL", b"https://api.koomy.app/v1/"), PERMITTED),
        ("a second connection", "sandbox", Set("SHADOW_DATABASE_URL", b"postgresql://localhost/shadow"), UNDECLARED),
        ("a direct connection", "production", Set("DIRECT_URL", b"postgresql://localhost/koomy"), UNDECLARED),
        ("an unpooled connection", "production", Set("DATABASE_URL_UNPOOLED", b"postgresql://localhost/koomy"), UNDECLARED),
        ("an undeclared token", "production", Set("PARTNER_TOKEN", b"w8Kf2mQx7Zr4Tn9b"), UNDECLARED),
        ("an undeclared name with the prefix", "production", Set("KOOMY_FEATURES", b"all"), UNDECLARED),
        ("a password in an address", "production", Set("CACHE", b"redis://:w8Kf2mQx7Zr4Tn9b@cache.internal"), UNDECLARED),
        ("the environment twice", "sandbox", Again("KOOMY_ENV"), ONCE),
        ("a database twice", "sandbox", Again("DATABASE_URL"), ONCE),
        // What platforms set by themselves.
        ("a service of Kubernetes", "production", Set("KOOMY_PORT", b"tcp://10.0.0.1:80"), PERMITTED),
        ("a service of Kubernetes", "sandbox", Set("KOOMY_SERVICE_HOST", b"10.0.0.1"), PERMITTED),
        ("a service of Kubernetes", "sandbox", Set("KOOMY_PORT_80_TCP_ADDR", b"10.0.0.1"), PERMITTED),
        ("only the name of a service", "sandbox", Set("KOOMY_SERVICE_HOST", b"db.koomy.app"), UNDECLARED),
        ("a token of the platform", "production", Set("GITHUB_TOKEN", b"w8Kf2mQx7Zr4Tn9b"), PERMITTED),
        ("an unknown value that is not text", "production", Set("LS_COLORS", b"\xff\xfe"), PERMITTED),
        ("an unknown name", "production", Set("LANG", b"fr_FR.UTF-8"), PERMITTED),
    ]
}

pub(crate) fn live(key: &str) -> String {
    key.replace("_test_", "_live_")
}

pub(crate) fn test(key: &str) -> String {
    key.replace("_live_", "_test_")
}

fn restricted(key: &str) -> String {
    key.replace("sk_", "rk_")
}

const LIST: &[&str] = &["variable-is-allowed"];
const PAIR: &[&str] = &["variable-pair-is-allowed"];
const SET: &[&str] = &["variable-is-set"];
const ONCE: &[&str] = &["variable-has-one-value"];
const UNDECLARED: &[&str] = &["variable-is-declared"];
const HERE: &[&str] = &["variable-is-allowed-here"];
const FORMAT: &[&str] = &["variable-has-format"];
const AMBIGUOUS: &[&str] = &["database-url-is-unambiguous"];
const BELONGS: &[&str] = &["database-belongs-to-environment"];
const ENCRYPTED: &[&str] = &["database-connection-is-encrypted"];
const DOMAIN: &[&str] = &["domain-belongs-to-environment"];
const CLASS: &[&str] = &["secret-has-class"];
const PLACEHOLDER: &[&str] = &["secret-is-not-placeholder"];
const STRONG: &[&str] = &["secret-is-strong"];
const UNIQUE: &[&str] = &["secret-is-unique"];
const PERMITTED: &[&str] = &[];
