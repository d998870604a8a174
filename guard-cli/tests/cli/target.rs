//! `target`

use serde_json::json;

use crate::guard::{FORMATS, Room, TWO, local, local_url, password};

#[test]
fn an_accepted_url_is_told_part_by_part() {
    let document = Room::new().guard(["target", &local_url(), "--format", "json"]).run().ends(0);
    let expected = json!({
        "schema": "koomy-guard/v1",
        "decision": "accept",
        "targets": ["localhost:5432"],
        "database": "koomy_local",
        "user": "app",
        "provider": "local",
        "policy_database": "koomy-local",
        "environments": ["local"],
    });
    assert_eq!(document.json(), expected);
}

#[test]
fn acceptance_is_about_ambiguity_only() {
    let url = format!("postgres://app:{}@db.anywhere.invalid/shop", password());
    let document = Room::new().guard(["target", &url, "--format", "json"]).run().ends(0).json();
    assert_eq!(document["policy_database"], json!(null));
    assert_eq!(document["environments"], json!([]));
    assert_eq!(document["targets"], json!(["db.anywhere.invalid:5432"]));
}

#[test]
fn a_refused_url_has_a_rule_a_message_and_perhaps_a_canonical_form() {
    let room = Room::new();
    let shouted = local_url().replace("postgresql", "POSTGRESQL");
    let document = room.guard(["target", &shouted, "--format", "json"]).run().ends(1).json();
    assert_eq!(document["decision"], "refuse");
    assert_eq!(document["rule"], "database-url-is-unambiguous");
    assert_eq!(document["canonical"], "postgresql://app:PASSWORD@localhost:5432/koomy_local");
    for ambiguous in [local_url() + "?host=other", "not a url".to_owned(), String::new()] {
        let document = room.guard(["target", &ambiguous, "--format", "json"]).run().ends(1).json();
        assert_eq!(document["canonical"], json!(null), "{ambiguous}");
        assert!(document["message"].is_string());
    }
}

#[test]
fn the_canonical_form_is_told_wherever_it_is_obvious() {
    let (room, secret) = (Room::new(), password());
    let plain = "postgresql://u:PASSWORD@h:5432/app";
    let required = "postgresql://u:PASSWORD@h:5432/app?sslmode=require";
    let table = [
        ("app?ssl=true", required),
        ("app?statement_cache_size=0", plain),
        ("app?foo=1", plain),
        ("app?sslmode=require&sslmode=require", required),
        ("app/", plain),
        ("app#", plain),
        ("app?user=u", plain),
    ];
    for (rest, canonical) in table {
        let url = format!("postgresql://u:{secret}@h/{rest}");
        let ran = room.guard(["target", &url, "--format", "json"]).run().ends(1);
        assert_eq!(ran.json()["canonical"], canonical, "{rest}");
        let again = canonical.replace("PASSWORD", &secret);
        room.guard(["target", &again]).run().ends(0);
    }
    let ran = room.guard(["target", "postgresql://u:@h/app", "--format", "json"]).run().ends(1);
    assert_eq!(ran.json()["canonical"], "postgresql://u@h:5432/app");
}

#[test]
fn a_message_tells_the_mistake() {
    let room = Room::new();
    let table = [
        ("postgresql://u:p@HOST?sslmode=require", "the host is not in lower case"),
        ("postgresql://u:p@host?sslmode=require", "the database is missing"),
        ("file:./dev.db", "the scheme is that of a file"),
        ("localhost:5432/app", "the scheme is missing"),
        ("postgresql://u:p@h/app?ssl=1&foo=1&tls=1", "server: `ssl`, number 2, `tls`"),
    ];
    for (url, message) in table {
        let ran = room.guard(["target", url]).run().ends(1);
        assert!(ran.stdout.contains(message), "{message:?} in {ran:?}");
    }
    let policy = TWO.to_owned()
        + "[connections.c]\nhost = \"DB_HOST\"\ndatabase = \"DB_NAME\"\nuser = \"DB_USER\"\n";
    let room = Room::new().file("policy.toml", policy);
    let ran = room.guard(["target"]).env("DB_HOST", "127.0.0.1:3307");
    let ran = ran.env("DB_NAME", "d").env("DB_USER", "u").run().ends(1);
    assert!(ran.stdout.contains("the host holds a `:` and a port as well"), "{ran:?}");
}

#[test]
fn the_url_may_come_from_stdin() {
    let room = Room::new();
    for end in ["", "\n"] {
        let text = local_url() + end;
        room.guard(["target", "-"]).stdin(text.as_bytes()).run().ends(0);
    }
    room.guard(["target", "-"]).stdin(format!("{}\n\n", local_url()).as_bytes()).run().ends(1);
    room.guard(["target", "-"]).stdin(b"\xff").run().ends(1);
    room.guard(["target", "-"]).stdin(b"\n").run().ends(1);
    for format in FORMATS {
        room.guard(["target", "-", "--format", format]).run().ends(3).says("stdin is empty");
    }
    room.guard(["target", "-"]).stdin(&vec![b'x'; 1 << 20]).run().ends(2);
}

#[test]
fn variables_of_libpq_move_a_url() {
    let room = Room::new();
    for mover in koomy_guard::target::MOVERS {
        let ran = room.guard(["target", &local_url(), "--format", "json"]).env(mover, "x");
        let document = ran.run().ends(1).json();
        assert!(document["message"].as_str().unwrap().contains(mover), "{mover}");
    }
    let policy = TWO.to_owned()
        + "[databases.d]\nhosts = [\"h.invalid\"]\ndatabase = \"d\"\n\
           [connections.c]\nhost = \"PGHOST\"\ndatabase = \"PGDATABASE\"\nuser = \"PGUSER\"\n";
    let room = Room::new().file("policy.toml", policy);
    room.guard(["target", &local_url()]).env("PGHOST", "x").run().ends(0);
    room.guard(["target", &local_url()]).env("PGPORT", "1").run().ends(1);
    let ran = room.guard(["target", "--format", "json"]).env("PGHOST", "h.invalid");
    let ran = ran.env("PGUSER", "u").env("PGDATABASE", "d").run().ends(0);
    assert_eq!(ran.json()["policy_database"], "d");
    room.guard(["target"]).env("PGHOST", "h.invalid").run().ends(1);
}

#[test]
fn without_a_url_the_connections_of_the_environment_are_judged() {
    let room = Room::new();
    let one = room.guard(["target", "--format", "json"]).envs(&local()).run().ends(0).json();
    assert_eq!(one["connection"], "primary");
    assert_eq!(one["variable"], "DATABASE_URL");
    room.guard(["target"]).env("DATABASE_URL", "nonsense").run().ends(1);
    for format in FORMATS {
        room.guard(["target", "--format", format]).run().ends(3).says("no connection");
    }

    let policy =
        TWO.to_owned() + "[connections.a]\nurl = \"A_URL\"\n[connections.b]\nurl = \"B_URL\"\n";
    let room = Room::new().file("policy.toml", policy);
    let ran =
        room.guard(["target", "--format", "json"]).env("A_URL", local_url()).env("B_URL", "x");
    let both = ran.run().ends(1).json();
    assert_eq!(both[0]["decision"], "accept");
    assert_eq!(both[1]["decision"], "refuse");
}

#[test]
fn mysql_is_read_where_the_policy_has_it() {
    let url = format!("mysql://app:{}@db.invalid/shop", password());
    Room::new().guard(["target", &url]).run().ends(1);
    let policy = TWO.to_owned() + "[connections.a]\nengine = \"mysql\"\nurl = \"A_URL\"\n";
    let room = Room::new().file("policy.toml", policy);
    let document =
        room.guard(["target", &url, "--format", "json"]).env("PGHOST", "x").run().ends(0);
    assert_eq!(document.json()["targets"], json!(["db.invalid:3306"]));
    room.guard(["target", &local_url()]).run().ends(0);
}

#[test]
fn every_format_ends_alike_and_shows_no_password() {
    let room = Room::new();
    for (url, code) in [(local_url(), 0), (local_url() + "?host=x", 1)] {
        for format in FORMATS {
            let ran = room.guard(["target", &url, "--format", format]).run().ends(code);
            assert!(!format!("{ran:?}").contains(&password()), "{ran:?}");
        }
    }
}

#[test]
fn other_formats_claim_no_environment() {
    let room = Room::new();
    let results = |url: &str| {
        let document = room.guard(["target", url, "--format", "sarif"]).run().json();
        let claimed = &document["runs"][0]["properties"];
        assert!(claimed["gate"] == "target" && claimed.get("environment").is_none(), "{claimed}");
        document["runs"][0]["results"].as_array().unwrap().len()
    };
    assert_eq!(results(&local_url()), 0);
    assert_eq!(results("x"), 1);
    let line = |url: &str| room.guard(["target", url, "--format", "github"]).run().stdout;
    assert!(line(&local_url()).starts_with("::notice::accepted: `URL` has one target"));
    let refused = line("x");
    assert!(refused.starts_with("::error title=refused[") && refused.lines().count() == 1);
}
