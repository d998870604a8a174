//! `check`

use crate::guard::{FORMATS, Room, TWO, local, local_file};

#[test]
fn the_exit_code_is_the_same_in_every_format() {
    let room = Room::new()
        .file("good.env", local_file())
        .file("bad.env", local_file().replace("=local", "=production"))
        .file("torn.env", "A=\"never closed")
        .file("wrong.toml", "version = 2");
    let table: [(&[&str], i32); 10] = [
        (&["check", "--env-file", "good.env"], 0),
        (&["check", "--env-file", "bad.env"], 1),
        (&["check", "--env-file", "good.env", "--environment", "sandbox"], 1),
        (&["check", "--env-file", "good.env", "--environment", "staging"], 2),
        (&["check", "--env-file", "good.env", "--policy", "wrong.toml"], 2),
        (&["check", "--env-file", "good.env", "--policy", "none.toml"], 2),
        (&["check", "--phase", "midnight"], 2),
        (&["check", "--env-file", "torn.env"], 3),
        (&["check", "--env-file", "none.env"], 3),
        (&["check"], 3),
    ];
    for (args, code) in table {
        for format in FORMATS {
            let ran = room.guard(args.iter().chain(&["--format", format])).run().ends(code);
            assert!(!(ran.stdout.is_empty() && ran.stderr.is_empty()) || code == 0, "{ran:?}");
        }
    }
}

#[test]
fn options_of_every_command_stand_before_or_after_it() {
    let room = Room::new().file("p.toml", TWO).file("e", "COLOUR=blue\n");
    let before = room.guard(["--policy", "p.toml", "--format", "json", "check", "--env-file", "e"]);
    let after = room.guard(["check", "--env-file", "e", "--policy", "p.toml", "--format=json"]);
    let (before, after) = (before.run().ends(0), after.run().ends(0));
    assert_eq!(before.stdout, after.stdout);
    assert_eq!(before.json()["policy"]["name"], "two");
}

#[test]
fn the_document_says_what_was_decided_and_by_what() {
    let room = Room::new();
    let document = room.guard(["check", "--format", "json"]).envs(&local()).run().ends(0).json();
    assert_eq!(document["schema"], "koomy-guard/v1");
    assert_eq!(document["tool"]["name"], "guard-cli");
    assert_eq!(document["policy"]["source"], "built-in");
    assert_eq!(document["environment"], "local");
    assert_eq!(document["outcome"], "permitted");
    assert!(document["rules_asked"].as_array().unwrap().len() > 10);
}

#[test]
fn a_policy_here_takes_the_place_of_the_built_in_one() {
    let room = Room::new().file("policy.toml", TWO);
    let document = room.guard(["check", "--format", "json"]).env("COLOUR", "blue").run().ends(0);
    assert_eq!(document.json()["policy"]["name"], "two");
    assert_eq!(document.json()["policy"]["source"], "policy.toml");
}

#[test]
fn a_policy_that_is_there_and_cannot_be_read_is_never_passed_over() {
    let link = Room::new();
    std::os::unix::fs::symlink("nowhere", link.at("policy.toml")).unwrap();
    link.guard(["check"]).envs(&local()).run().ends(2).says("policy.toml");
    let directory = Room::new();
    std::fs::create_dir(directory.at("policy.toml")).unwrap();
    directory.guard(["check"]).envs(&local()).run().ends(2).says("directory");
}

#[test]
fn env_files_are_judged_alone_and_later_ones_win() {
    let room = Room::new().file("one", local_file()).file("two", "NODE_ENV=production\n");
    room.guard(["check", "--env-file", "one"]).env("PGHOST", "elsewhere").run().ends(0);
    let ran = room.guard(["check", "--env-file", "one", "--env-file", "two", "--format", "json"]);
    assert_eq!(ran.run().ends(1).rules(), ["variable-pair-is-allowed"]);
    room.guard(["check", "--env-file", "two", "--env-file", "one"]).run().ends(0);
}

#[test]
fn a_doubt_about_one_value_refuses_what_is_declared_and_nothing_else() {
    for value in [r#""say \"x\"""#, r"C:\Users\me", r#""C:\Users\me""#, r"'a\\b'", "a b", "a#b"] {
        let file = |name: &str| format!("{}{name}={value}\nLAST=1\n", local_file());
        let room =
            Room::new().file("other", file("NOTE")).file("declared", file("STRIPE_WEBHOOK_SECRET"));
        room.guard(["check", "--env-file", "other"]).run().ends(0);
        let ran = room.guard(["check", "--env-file", "declared", "--format", "json"]).run();
        assert!(ran.ends(1).rules().contains(&"variable-has-one-value".to_owned()), "{value}");
    }
    for value in [r#""a\\""#, r"a\", r"'it\'s'", "\"a\\\"\nb\"", "\"a\\\nb\""] {
        let room = Room::new().file("open", format!("{}NOTE={value}\n", local_file()));
        room.guard(["check", "--env-file", "open"]).run().ends(3);
    }
}

#[test]
fn a_blank_after_the_environment_is_refused_in_a_file_too() {
    let file = local_file().replace("KOOMY_ENV=local", "KOOMY_ENV=local ");
    let room = Room::new().file("blank", file);
    let ran = room.guard(["check", "--env-file", "blank", "--format", "json"]).run().ends(1);
    assert_eq!(ran.rules(), ["variable-is-allowed"]);
}

#[test]
fn the_phase_decides_what_must_be_set() {
    let room = Room::new().file("e", "KOOMY_ENV=sandbox\nNODE_ENV=production\n");
    for (phase, code) in [("boot", 1), ("ci", 0), ("build", 0)] {
        room.guard(["check", "--env-file", "e", "--phase", phase]).run().ends(code);
    }
}

/// `live = true` is of starts. A job without a database checks the rest.
#[test]
fn a_job_without_servers_checks_the_policy_and_the_variables() {
    let text = "version = 1\nname = 'n'\n[environments.e]\ndata = 'synthetic'\nlive = true\n\
        databases = ['d']\n[variables.APP_ENV]\nis = 'environment'\n\
        [connections.primary]\nurl = 'DATABASE_URL'\n\
        [databases.d]\nhosts = ['localhost']\nports = [1]\ndatabase = 'app'\n";
    let file = |url: &str| format!("APP_ENV=e\nDATABASE_URL={url}\n");
    let room = Room::new()
        .file("policy.toml", text)
        .file("e", file("postgresql://app:pw@localhost:1/app"))
        .file("wrong", file("postgresql://app:pw@localhost:1/other"));
    let check = |file: &str, more: &[&str]| {
        room.guard(["check", "--env-file", file].iter().chain(more).copied()).run()
    };
    for (phase, code) in [("boot", 3), ("seed", 1), ("ci", 0), ("build", 0)] {
        check("e", &["--phase", phase]).ends(code);
        check("wrong", &["--phase", phase]).ends(1);
    }
    // Who asks gets an answer, in any phase.
    check("e", &["--phase", "ci", "--live", "--timeout", "1"]).ends(3);
}

#[test]
fn the_phase_of_a_seed_is_for_the_gate_of_seeds() {
    let room = Room::new().file("e", local_file());
    room.guard(["check", "--env-file", "e"]).run().ends(0);
    let ran = room.guard(["check", "--env-file", "e", "--phase", "seed", "--format", "json"]);
    let ran = ran.run().ends(1);
    assert!(ran.rules().contains(&"seed-environment-is-allowed".to_owned()), "{ran:?}");
    let pairs = ["--matrix", "local=e", "sandbox=e"];
    let ran = room.guard(["check", "--phase", "seed"].into_iter().chain(pairs)).run().ends(2);
    ran.says("does not ask the seed gate");
}

#[test]
fn an_expected_environment_is_named_and_its_mistakes_are_not_repeated() {
    let room = Room::new();
    let ran = room.guard(["check", "--environment", "sandbux"]).envs(&local()).run().ends(2);
    let ran = ran.says("did you mean `sandbox`?").says("`production`, `sandbox`, `local`");
    assert!(!ran.stderr.contains("sandbux"), "{ran:?}");
    let ran = room.guard(["check", "--environment", "sandbox", "--format", "json"]).envs(&local());
    assert_eq!(ran.run().ends(1).rules(), ["environment-is-expected"]);
}

#[test]
fn a_matrix_compares_environments() {
    let token = ["v8Zq", "Wn3K", "xT5b", "Rj7M", "pL2d"].concat();
    let room = Room::new()
        .file("policy.toml", TWO)
        .file("blue", format!("COLOUR=blue\nSHARED_TOKEN={token}\n"))
        .file("green", format!("COLOUR=green\nSHARED_TOKEN={token}\n"))
        .file("other", "SHARED_TOKEN=\n");
    let table: [(&[&str], i32); 10] = [
        (&["--matrix", "blue=blue", "green=green"], 1),
        (&["--matrix", "blue=blue", "--matrix", "green=green"], 1),
        (&["--matrix", "blue=blue", "green=green", "green=other"], 0),
        (&["--matrix", "blue=blue", "green=blue"], 1),
        (&["--matrix", "blue=blue", "green=none"], 3),
        (&["--matrix", "blue=blue"], 2),
        (&["--matrix", "blue=blue", "blue=other"], 2),
        (&["--matrix", "blue=blue", "red=green"], 2),
        (&["--matrix", "blue=blue", "green"], 2),
        (&["--matrix", "blue=blue", "green=green", "--env-file", "blue"], 2),
    ];
    for (args, code) in table {
        for format in FORMATS {
            room.guard(["check", "--format", format].iter().chain(args)).run().ends(code);
        }
    }
}

#[test]
fn a_matrix_says_of_each_environment_which_files_it_is_from() {
    let room = Room::new()
        .file("policy.toml", TWO)
        .file("blue", "COLOUR=blue\n")
        .file("a=b", "COLOUR=green\n")
        .file("more", "SHARED_TOKEN=\n");
    let args = ["check", "--matrix", "green=a=b", "blue=blue", "green=more"];
    let document = room.guard(args.iter().chain(&["--format", "json"])).run().ends(0).json();
    let told = document["environments"].as_array().unwrap().iter();
    let told: Vec<_> = told.map(|it| (it["environment"].as_str(), it["source"].as_str())).collect();
    assert_eq!(told, [(Some("green"), Some("a=b, more")), (Some("blue"), Some("blue"))]);

    let alone = room.guard(["check", "--matrix", "blue=blue", "green=none"]).run().ends(3);
    assert!(alone.stdout.contains("\npermitted: blue (blue)\n"), "{alone:?}");
    assert!(alone.stdout.contains("\nundecided: green (none), 1 finding\n"), "{alone:?}");
}

/// By their addresses alone, whoever connects.
#[test]
fn a_matrix_knows_one_database_under_two_names() {
    let table = [
        ("localhost/x", "127.0.0.1/x", true),
        ("localhost/x", "/x?host=/var/run/postgresql", true),
        ("localhost:5432/x", "localhost:5433/x", false),
        ("db.abcd.supabase.co/postgres", "aws-0-eu-west-3.pooler.supabase.com/postgres", true),
        ("dpg-a1-a/x", "dpg-a1-a.frankfurt-postgres.render.com/x", true),
        ("ep-a-1.eu.aws.neon.tech/x", "ep-a-1-pooler.c-2.eu.aws.neon.tech/x", true),
        ("db.koomy.app/x", "db.koomy.app:6432/x", true),
        ("db.koomy.app/x", "db.koomy.app/y", false),
    ];
    let policy = format!("{TWO}[connections.primary]\nurl = 'DATABASE_URL'\n");
    for (one, other, is_one) in table {
        let file = |name: &str, user: &str, rest: &str| {
            format!("COLOUR={name}\nDATABASE_URL=postgresql://{user}@{rest}\n")
        };
        let room = Room::new()
            .file("policy.toml", &policy)
            .file("blue", file("blue", "postgres", one))
            .file("green", file("green", "postgres.abcd", other));
        let pairs = ["--matrix", "blue=blue", "green=green", "--format", "json"];
        let rules = room.guard(["check"].into_iter().chain(pairs)).run().ends(1).rules();
        let shared = "database-is-not-shared".to_owned();
        assert_eq!(rules.contains(&shared), is_one, "{one} {other}: {rules:?}");
    }
}

/// What a framework reads besides the parts that the policy names.
#[test]
fn an_undeclared_part_beside_a_connection_is_refused() {
    let policy = include_str!("../../../examples/csar/policy.toml");
    let production = include_str!("../../../examples/csar/production.env");
    let table = [
        ("", 0),
        ("DB_SOCKET=/tmp/mysql.sock", 1),
        ("DB_READ_HOST=elsewhere.example", 1),
        ("DB_HOST_READ=elsewhere.example", 1),
        ("MYSQL_UNIX_PORT=/tmp/mysql.sock", 1),
        ("DB_SOCKET=", 0),
        ("DB_FOREIGN_KEYS=true", 0),
        ("DB_CHARSET=utf8mb4", 0),
    ];
    for (line, code) in table {
        let room =
            Room::new().file("policy.toml", policy).file("e", format!("{production}\n{line}\n"));
        room.guard(["check", "--env-file", "e"]).run().ends(code);
    }
}

#[test]
fn a_policy_gives_no_database_to_two_environments_under_two_names() {
    let database = |name: &str, host: &str| {
        format!("[databases.{name}]\nhosts = ['{host}']\ndatabase = 'app'\n")
    };
    let owners = TWO.replacen("\"synthetic\"\n", "\"synthetic\"\ndatabases = ['one']\n", 1);
    let owners = owners.replace("\"synthetic\"\n[v", "\"synthetic\"\ndatabases = ['two']\n[v");
    for (other, code) in [("127.0.0.1", 2), ("db.koomy.app", 0)] {
        let text = format!("{owners}{}{}", database("one", "localhost"), database("two", other));
        let room = Room::new().file("policy.toml", text);
        room.guard(["policy", "check"]).run().ends(code);
    }
}

#[test]
fn no_place_of_the_built_in_policy_is_said_to_be_in_a_file() {
    let room = Room::new();
    let ran =
        |format| room.guard(["check", "--format", format]).env("KOOMY_ENV", "x").run().ends(1);
    let document = ran("json").json();
    let places = document["findings"].as_array().unwrap().iter();
    let places: Vec<_> = places.flat_map(|it| it["places"].as_array().unwrap()).collect();
    assert!(places.iter().any(|place| place["source"] == "built-in" && place["line"].is_u64()));
    for format in ["json", "sarif", "github"] {
        let said = ran(format).stdout;
        assert!(!said.contains("policy.example.toml") && !said.contains(",file="), "{said}");
    }
}
