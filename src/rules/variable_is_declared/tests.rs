use super::{RULE, is_refused};
use crate::facts::Facts;
use crate::rules::testing::{Ask, url};
use crate::secret::{Class, Kind};

const CONNECTION: &str = "looks like a connection";
const SECRET: &str = "looks like a secret";
const PREFIX: &str = "starts with the policy's prefix";
const PASSWORD: &str = "holds an address with a password";
const DATABASE: &str = "holds the address of a database";

const NAMES: [(&str, &str); 4] = [
    (
        CONNECTION,
        "DIRECT_URL DB_URL DB_HOST PGHOST DSN dsn SHADOW_DATABASE_URL APP_DB_URI \
         OLD_DB_HOST SENTRY_DSN X_CONNECTION_STRING DATABASE_URL_OLD \
         MY_DATABASE_URL_UNPOOLED POSTGRES_URL POSTGRES_URL_NON_POOLING PG_URI \
         MYSQL_URL MARIADB_URL MONGODB_URI REDIS_URL NEON_URL SUPABASE_DB_URL Redis_Url \
         DATABASE_HOST DATABASE_URI DATABASE_PRIVATE_URL MYSQLHOST \
         ConnectionStrings__Default SPRING_DATASOURCE_URL DEBUG_DATABASE_URL DEBUG_DB_HOST \
         READ_REPLICA_URL DATABASE_REPLICA_URL REPLICA_URL AMQP_URL CLOUDAMQP_URL RABBITMQ_URI \
         DIRECT_URL_OLD DIRECT_URL_2 DB_HOST_V2 DB_HOST2 MYSQL_URL_TEST PGHOST_STAGING_1",
    ),
    (
        SECRET,
        "SECRET TOKEN PASSWORD API_KEY PGPASSWORD MYSQL_PWD OLD_SECRET GIT_TOKEN \
         X_PASSWORD X_PASSPHRASE X_PASS X_KEY X_KEYS X_CREDENTIALS SECRET_KEY_BASE \
         X_SECRET_ID SLACK_WEBHOOK_URL x_api_key JWT_SECRET_PREVIOUS SESSION_SECRET_OLD \
         JWT_SECRET_1 STRIPE_SECRET_KEY_LIVE CLIENT_SECRET_V2 API_KEY2 X_TOKEN_BACKUP_2 \
         jwt_secret_next X_PASSWORD_PROD BASIC_AUTH X_BASIC_AUTH SITE_PASSWORD SITE_SECRET \
         RECAPTCHA_SITE_SECRET NEXT_PUBLIC_STRIPE_SECRET_KEY PUBLIC_PRIVATE_KEY WEBSITE_KEY \
         NEXT_PUBLIC_SUPABASE_SERVICE_ROLE_KEY",
    ),
    (PREFIX, "KOOMY_NEW KOOMY_ KOOMY_SECRET"),
    (
        "",
        "PATH HOME EDITOR API_URL PGDATA X_PUBLIC_KEY X_PUBLISHABLE_KEY X_CACHE_KEY \
         PUBLIC_KEY PUBLIC_KEY_OLD NEXT_PUBLIC_POSTHOG_KEY RECAPTCHA_SITE_KEY \
         NEXT_PUBLIC_MAPBOX_TOKEN SITE_KEYS X_CACHE_KEY_2 S3 X_V2 X_TEST _ _1 OLD \
         OLDPWD MONKEY KEYBOARD TOKENS_PER_MINUTE SECRETARY POSTGRES_VERSION koomy_new \
         GITHUB_TOKEN CI_JOB_TOKEN CI_RUNNER_SHORT_TOKEN REPLIT_DB_URL GPG_KEY APP_SECRET \
         DATABASE_URL DEBUG_TOKEN KOOMY_ENV",
    ),
];

fn ask() -> Ask {
    let more = "[connections.primary]\nurl = 'DATABASE_URL'\n[variables.APP_SECRET]\nis = 'secret'\n\
        [variables.'DEBUG*']\n";
    Ask::small(&RULE, more).with_prefix("KOOMY_")
}

#[test]
fn a_name_says_what_a_variable_is_for() {
    let ask = ask();
    for (look, names) in NAMES {
        for name in names.split(' ') {
            let said = match look {
                "" => String::new(),
                look => format!("`{name}` {look}, but the policy does not declare it"),
            };
            for environment in ["production", "staging"] {
                assert_eq!(ask.says(&[("KOOMY_ENV", environment), (name, "x")]), said, "{name}");
            }
            assert_eq!(ask.says(&[(name, "")]), "", "{name} is empty");
        }
    }
}

#[test]
fn a_value_says_what_a_variable_is_for() {
    let key = Kind::by_id("stripe-secret-key").unwrap().sample(Some(Class::Live), 1).unwrap();
    let at = |text: &str| text.replace('%', ":word@");
    let table = [
        (key, "holds what looks like a provider's secret key"),
        (url("h/d"), PASSWORD),
        (at("https://me%koomy.app/"), PASSWORD),
        (at("svn+ssh://me%koomy.app"), PASSWORD),
        (at("amqp://%koomy.app"), PASSWORD),
        (at("x://a@b%h"), PASSWORD),
        ("https://me@koomy.app/".to_owned(), ""),
        ("https://me:@koomy.app/".to_owned(), ""),
        ("https://koomy.app:80/".to_owned(), ""),
        (at("https://koomy.app/a%b"), ""),
        (at("https://koomy.app?a%b"), ""),
        (at("https://koomy.app#a%b"), ""),
        (at("://a%b"), ""),
        (at("see x y://a%b"), ""),
        ("a:b@c".to_owned(), ""),
        ("text".to_owned(), ""),
        ("postgresql://me@h/d".to_owned(), DATABASE),
        ("postgresql+asyncpg://h/d?user=me".to_owned(), DATABASE),
        ("jdbc:postgresql://h/d?user=me&x=word".to_owned(), DATABASE),
        ("MySQL://h/d".to_owned(), DATABASE),
        ("{\"main\":\"mongodb+srv://h/d\"}".to_owned(), DATABASE),
        ("https://koomy.app/?next=postgres".to_owned(), ""),
        ("https://mysql.koomy.app/".to_owned(), ""),
    ];
    for (value, look) in table {
        let said = match look {
            "" => String::new(),
            look => format!("`HARMLESS` {look}, but the policy does not declare it"),
        };
        assert_eq!(ask().says(&[("HARMLESS", &value)]), said, "{look}");
        let by_pattern = said.replace("HARMLESS", "DEBUG_X");
        assert_eq!(ask().says(&[("DEBUG_X", &value)]), by_pattern, "{look}");
        assert_eq!(ask().says(&[("APP_SECRET", &value)]), "", "declared by its name");
    }
}

/// What moves a connection is another rule's; what only looks like one is not.
#[test]
fn a_mover_is_left_to_its_rule_and_hides_nothing() {
    let url = url("main.koomy.app/koomy");
    let given = [("DATABASE_URL", &*url), ("PGHOST", "h"), ("DIRECT_URL", "x")];
    let said = format!("`DIRECT_URL` {CONNECTION}, but the policy does not declare it");
    assert_eq!(ask().says(&given), said);
}

/// Beside `DB_HOST`, which a connection is made of.
#[test]
fn a_part_that_no_connection_names_is_not_overlooked() {
    let parts =
        "[connections.primary]\nhost = 'DB_HOST'\ndatabase = 'DB_DATABASE'\nuser = 'DB_USERNAME'\n";
    let with = |more: &str| format!("{parts}{more}\n");
    let lone = "[connections.primary]\nhost = 'HOST'\ndatabase = 'BASE'\nuser = 'WHO'\n";
    let server = "[connections.primary]\nhost = 'SQL_SERVER'\ndatabase = 'B'\nuser = 'W'\n";
    let table = [
        (
            parts.to_owned(),
            true,
            "DB_PORT DB_SOCKET DB_UNIX_SOCKET DB_SOCKET_PATH DB_URI DB_READ_HOST DB_HOST_READ \
             DB_WRITE_HOST DB_HOST_WRITE DB_HOST_2 DB_HOST2 DB_PORT_READ DB_NAME DB_DATABASE_TEST \
             DB_USER DB_TEST_DATABASE DB_REPLICA_HOSTNAME DB_READ_URL",
        ),
        (
            parts.to_owned(),
            false,
            "DB_CONNECTION DB_FOREIGN_KEY DB_CHARSET DB_COLLATION DB_PREFIX DB_POOL_SIZE \
             DB_TIMEOUT DB_POOL DB_READ DB_SCHEMA DB_SSLMODE DB_APPLICATION_NAME DB_ PORT USER \
             MY_DB_PORT DB_PORT_80_TCP DB_HOST DB_DATABASE DB_USERNAME",
        ),
        (with("port = 'DB_PORT'"), false, "DB_PORT"),
        (with("port = 'X_PORT'"), true, "DB_PORT"),
        (with("[variables.DB_NAME]"), false, "DB_NAME"),
        (with("[variables.'DB_*']"), true, "DB_NAME"),
        (lone.to_owned(), true, "PORT"),
        (lone.to_owned(), false, "USER NAME URL PATH"),
        (server.to_owned(), true, "SQL_PORT SQL_SOCKET"),
        (server.to_owned(), false, "SQLPORT"),
    ];
    for (more, is_one, names) in table {
        for name in names.split_whitespace() {
            let value = if name == "DB_FOREIGN_KEY" { "true" } else { "6543" };
            let said = Ask::small(&RULE, &more).says(&[(name, value)]);
            assert_eq!(said.contains(CONNECTION), is_one, "{name}: {said}");
            assert!(is_one || said.is_empty(), "{name}: {said}");
        }
    }
    // Kubernetes, a service `db`.
    assert_eq!(Ask::small(&RULE, parts).says(&[("DB_PORT", "tcp://10.0.0.1:80")]), "");
}

#[test]
fn a_number_or_a_boolean_is_no_secret() {
    let table = [
        ("MAX_TOKENS", "4096", false),
        ("OPENAI_MAX_TOKENS", "-1", false),
        ("X_KEY", "1735689600", false),
        ("DB_FOREIGN_KEYS", "true", false),
        ("X_SECRET", "False", false),
        ("X_PASSWORD", "off", false),
        ("X_TOKEN", "17356896001", true),
        ("X_TOKEN", "4096k", true),
        ("X_TOKEN", "4 096", true),
        ("X_PASSWORD", "123456", true),
        ("X_PASS_2", "123456", true),
        ("JWT_SECRET", "123456", true),
    ];
    for (name, value, is_one) in table {
        assert_eq!(ask().says(&[(name, value)]).contains(SECRET), is_one, "{name}={value}");
    }
}

#[test]
fn a_service_of_kubernetes_is_known_by_name_and_value() {
    let table = [
        ("KOOMY_DB_HOST", "x", PREFIX),
        ("KOOMY_SERVICE_HOST", "10.0.0.1", ""),
        ("KOOMY_SERVICE_HOST", "db.koomy.app", PREFIX),
        ("KOOMY_PORT", "tcp://10.0.0.1:80", ""),
        ("KOOMY_PORT", "80", PREFIX),
    ];
    for (name, value, look) in table {
        assert_eq!(!ask().says(&[(name, value)]).is_empty(), look == PREFIX, "{name}={value}");
    }
}

#[test]
fn one_byte_that_is_no_text_hides_no_address_and_no_name() {
    let spoilt = |text: &str| [text.as_bytes(), b"\xff"].concat();
    let table = [("HARMLESS", url("h/d"), PASSWORD), ("MY_TOKEN", "x".to_owned(), SECRET)];
    for (name, value, look) in table {
        let facts = Facts::assume().variable(name, spoilt(&value)).facts();
        let said = format!("`{name}` {look}, but the policy does not declare it");
        assert_eq!(ask().says_of(&facts), said);
    }
    let facts = Facts::assume().variable("LESS_TERMCAP", *b"\x9b1m").facts();
    assert_eq!(ask().says_of(&facts), "");
}

#[test]
fn says_where_to_declare_it() {
    assert_eq!(
        Ask::small(&RULE, "").in_full(&[("DIRECT_URL", "x")]),
        "refused DIRECT_URL: `DIRECT_URL` looks like a connection, but the policy does not \
         declare it; declare `[variables.DIRECT_URL]`, or unset it\n  \
         cause: <assumed environment> (here)\n  decided-by: 'small' (this policy)"
    );
}

#[test]
fn a_name_is_refused_whatever_its_value_unless_it_is_known() {
    let ask = Ask::small(
        &RULE,
        "[connections.primary]\nurl = 'DATABASE_URL'\n[variables.API_TOKEN]\nis = 'secret'\n\
         [variables.'FOO_*']\n",
    );
    let table = [
        ("API_TOKEN", false),    // declared
        ("DATABASE_URL", false), // a connection
        ("CI_JOB_TOKEN", false), // set by a platform
        ("FOO_TOKEN", false),    // in a pattern
        ("FOO_DB_URL", true),    // which says nothing of connections
        ("OTHER_TOKEN", true),
        ("OTHER_DB_URL", true),
        ("COLOUR", false),
    ];
    for (name, expected) in table {
        assert_eq!(is_refused(ask.policy(), name), expected, "{name}");
    }
}
