//! `init --env-file`: the policy that it writes refuses what it should.

use crate::guard::{Room, password};

/// The names that `laravel new` writes, and some of its services.
const LARAVEL: &str = "APP_NAME=x\nAPP_ENV=x\nAPP_KEY=x\nAPP_DEBUG=x\nAPP_URL=x\nLOG_CHANNEL=x\n\
    DB_CONNECTION=x\nDB_HOST=x\nDB_PORT=x\nDB_DATABASE=x\nDB_USERNAME=x\nDB_PASSWORD=x\n\
    SESSION_DRIVER=x\nREDIS_HOST=x\nREDIS_PASSWORD=x\nREDIS_PORT=x\nREDIS_URL=x\nMAIL_HOST=x\n\
    AWS_ACCESS_KEY_ID=x\nAWS_SECRET_ACCESS_KEY=x\nSTRIPE_SECRET_KEY=x\nSTRIPE_WEBHOOK_SECRET=x\n\
    SENDGRID_API_KEY=x\nRESEND_API_KEY=x\nTWILIO_AUTH_TOKEN=x\n";

const PRISMA: &str = "NODE_ENV=x\nDATABASE_URL=x\nDIRECT_URL=x\nSHADOW_DATABASE_URL=x\n\
    REDIS_URL=x\nNEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY=x\nJWT_SECRET=x\n";

/// A room with the policy that was made for these names.
fn made_for(names: &str) -> (Room, String) {
    let room = Room::new().file("names.env", names);
    room.guard(["init", "--env-file", "names.env"]).run().ends(0);
    room.guard(["policy", "check"]).run().ends(0);
    room.guard(["selftest"]).run().ends(0);
    let written = room.text("policy.toml");
    (room, written)
}

#[track_caller]
fn holds(written: &str, lines: &[&str]) {
    for line in lines {
        assert!(written.contains(line), "{line:?} in {written}");
    }
}

#[test]
fn a_connection_by_parts_is_one_connection() {
    let (room, written) = made_for(LARAVEL);
    assert!(!written.contains("DATABASE_URL") && !written.contains("[variables.DB_HOST]"));
    holds(
        &written,
        &["[connections.primary]\nengine     = \"mysql\"", "user       = \"DB_USERNAME\""],
    );
    let local = [
        ("APP_ENV", "local"),
        ("DB_CONNECTION", "mysql"),
        ("DB_HOST", "127.0.0.1"),
        ("DB_PORT", "3306"),
        ("DB_DATABASE", "local"),
        ("DB_USERNAME", "app"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let check = || room.guard(["check", "--format", "json"]).envs(&local);
    check().run().ends(0);
    for (name, value, rule) in [
        ("DB_HOST", "prod-db.internal.example.com", "database-belongs-to-environment"),
        ("DB_DATABASE", "shop_production", "database-belongs-to-environment"),
        ("DB_CONNECTION", "pgsql", "variable-is-allowed"),
        ("DB_URL", "mysql://app@prod-db.example.com/shop", "variable-is-declared"),
        ("APP_KEY", "short", "secret-has-class"),
    ] {
        let refused = check().env(name, value).run().ends(1).rules();
        assert!(refused.contains(&rule.to_owned()), "{name}: {refused:?}");
    }
}

#[test]
fn secrets_have_the_kinds_of_their_names() {
    let (room, written) = made_for(LARAVEL);
    for (name, kind) in [
        ("APP_KEY", "laravel-app-key"),
        ("STRIPE_SECRET_KEY", "stripe-secret-key"),
        ("STRIPE_WEBHOOK_SECRET", "stripe-webhook-secret"),
        ("SENDGRID_API_KEY", "sendgrid-api-key"),
        ("RESEND_API_KEY", "resend-api-key"),
        ("TWILIO_AUTH_TOKEN", "twilio-auth-token"),
        ("AWS_SECRET_ACCESS_KEY", "aws-secret-access-key"),
    ] {
        holds(&written, &[&format!("[variables.{name}]\nis = \"secret\"\nkind = \"{kind}\"")]);
    }
    let live = ["sk_live", "_51", &password(), &password()].concat();
    let ran = room.guard(["check", "--format", "json"]).env("STRIPE_SECRET_KEY", live);
    let refused = ran.env("APP_ENV", "local").run().ends(1).rules();
    assert!(refused.contains(&"secret-has-class".to_owned()), "{refused:?}");
}

#[test]
fn every_url_of_a_database_is_a_connection() {
    let (room, written) = made_for(PRISMA);
    holds(
        &written,
        &[
            "[connections.primary]\nurl        = \"DATABASE_URL\"",
            "[connections.DIRECT_URL]\nurl        = \"DIRECT_URL\"",
            "[connections.SHADOW_DATABASE_URL]\nurl        = \"SHADOW_DATABASE_URL\"",
            "[variables.REDIS_URL]\n",
            "[variables.NODE_ENV]\nis = \"runtime\"",
            "kind = \"stripe-publishable-key\"",
        ],
    );
    let url = |host: &str| format!("postgresql://app:{}@{host}/local", password());
    let check = |shadow: &str| {
        let ran = room.guard(["check"]).env("APP_ENV", "local").env("NODE_ENV", "development");
        let ran = ran.env("DATABASE_URL", url("localhost")).env("DIRECT_URL", url("localhost"));
        ran.env("SHADOW_DATABASE_URL", url(shadow)).run()
    };
    check("localhost").ends(0);
    check("prod-db.example.com").ends(1);
}

#[test]
fn the_names_say_the_engine_or_the_file_says_that_they_do_not() {
    let table = [
        ("PGHOST=x\n", "[connections.primary]\nhost       = \"PGHOST\""),
        ("MYSQL_HOST=x\n", "engine     = \"mysql\"\nhost       = \"MYSQL_HOST\""),
        ("DB_HOST=x\nMYSQL_ATTR_SSL_CA=x\n", "engine     = \"mysql\"\nhost       = \"DB_HOST\""),
        ("DB_HOST=x\nDB_NAME=x\n", "database   = \"DB_NAME\""),
        ("DB_HOST=x\nDB_CONNECTION=x\n", "or remove this line, here and in the databases"),
    ];
    for (names, line) in table {
        holds(&made_for(names).1, &[line]);
    }
}

/// What is only named in a comment is refused, and not waved through.
#[test]
fn what_leads_to_a_database_in_another_way_stays_undeclared() {
    let (room, written) = made_for("DATABASE_URL=x\nPGHOST_UNPOOLED=x\n");
    holds(&written, &["# PGHOST_UNPOOLED leads to a database"]);
    let ran = room.guard(["check", "--format", "json"]).env("PGHOST_UNPOOLED", "prod.example.com");
    assert!(ran.run().ends(1).rules().contains(&"variable-is-declared".to_owned()));
}
