//! Nothing secret is ever printed: canaries wherever a value can sit.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use koomy_guard::Policy;

use crate::guard::{FORMATS, Room, local_file};

/// Not one of its pieces may be printed either.
const CANARY: &str = "kAnArY";

fn is_clean(room: &Room, args: &[&str], env: &[(String, OsString)]) {
    for format in FORMATS {
        let mut guard = room.guard(["--format", format].iter().chain(args)).env("PATH", "/usr/bin");
        for (name, value) in env {
            guard = guard.env(name, value);
        }
        let ran = guard.run();
        let printed = format!("{}{}", ran.stdout, ran.stderr);
        assert!(!printed.contains("panicked"), "{args:?} {printed}");
        let lower = printed.to_ascii_lowercase();
        assert!(!lower.contains(&CANARY.to_ascii_lowercase()), "{args:?} {format}: {printed}");
    }
}

/// Every command that looks at an environment.
const COMMANDS: &[&[&str]] = &[
    &["check"],
    &["check", "--phase", "ci"],
    &["check", "--environment", "sandbox"],
    &["check", "--env-file", "e"],
    &["check", "--env-file", "e", "--env-file", "e"],
    &["check", "--matrix", "production=e", "sandbox=e"],
    &["exec", "--", "/usr/bin/true"],
    &["exec", "--env-file", "e", "--", "/usr/bin/true"],
    &["target"],
    &["init", "--env-file", "e", "--policy", "/dev/null"],
    &["policy", "check", "--policy", "e"],
    &["policy", "show"],
    &["rules"],
];

fn everywhere(value: &str) {
    let policy = Policy::built_in().unwrap();
    let patterns = policy.patterns().iter().map(|pattern| &pattern.written);
    let names = policy.variables().map(|variable| &variable.name).chain(patterns);
    let names = names.map(|name| name.value.replace('*', "_X"));
    let others = ["DATABASE_URL", "PGHOST", "PGPASSWORD", "SHADOW_DATABASE_URL", "SOME_TOKEN", "X"];
    let names: Vec<_> = names.chain(others.map(str::to_owned)).collect();
    for only in names.iter().map(Some).chain([None]) {
        let is_set = |name: &&String| only.is_none_or(|only| *name == only || *name == "KOOMY_ENV");
        let one = |name: &String| {
            let named = name == "KOOMY_ENV" && only.is_some_and(|only| only != name);
            (name.clone(), if named { "sandbox".to_owned() } else { value.to_owned() })
        };
        let env: Vec<_> = names.iter().filter(is_set).map(one).collect();
        let file: String = env.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
        let room = Room::new().file("e", file);
        let env: Vec<_> = env.into_iter().map(|(name, value)| (name, value.into())).collect();
        let commands: &[&[&str]] =
            if only.is_some() { &[&["check"], &["target"]] } else { COMMANDS };
        for args in commands {
            is_clean(&room, args, &env);
        }
    }
}

#[test]
fn a_plain_value() {
    everywhere(CANARY);
}

#[test]
fn the_password_of_a_url() {
    everywhere(&format!("postgresql://user:{CANARY}@localhost:5432/koomy_local"));
}

#[test]
fn a_web_address_with_a_password() {
    everywhere(&format!("https://user:{CANARY}@api.koomy.app/{CANARY}?{CANARY}#{CANARY}"));
}

#[test]
fn urls_that_are_refused() {
    let forms = [
        "postgres://u:{}@h/d?host=x",
        "postgres://u:{}@@h/d",
        "postgres://u:{}/x@h/d",
        "postgres://u:{}#@h/d",
        "POSTGRES://u:{}@H./d",
        "postgres://{}",
        "{}://u:p@h/d",
        "postgres://u:{}@h:port/d",
        "postgres://u:{}@h,i/d",
        "postgres://u:{}%zz@h/d",
        "host=h password={}",
        "jdbc:postgresql://h/d?password={}",
        "'postgres://u:{}@h/d'",
        "postgres://u:p@h/d?{}=x",
        "postgres://u:p@h/d?sslmode={}",
        " postgres://u:{}@h/d",
        "mysql://u:{}@h/d",
        "postgres+x://u:{}@h/d",
        "postgres:/u:{}@h/d",
        "${DATABASE_{}}",
        "postgres://u:p\\{}@h/d",
        "postgres://u:{}\u{e9}@h/d",
    ];
    let room = Room::new();
    for form in forms {
        let url = form.replace("{}", CANARY);
        is_clean(&room, &["target", &url], &[]);
        let env = [
            ("DATABASE_URL".to_owned(), OsString::from(&url)),
            ("KOOMY_ENV".to_owned(), "sandbox".into()),
        ];
        for args in [&["check"][..], &["target"], &["exec", "--", "/usr/bin/true"]] {
            is_clean(&room, args, &env);
        }
    }
}

#[test]
fn bytes_that_are_no_text() {
    let bytes = OsString::from_vec([b"\xff", CANARY.as_bytes(), b"\xfe"].concat());
    let names = ["KOOMY_ENV", "NODE_ENV", "DATABASE_URL", "JWT_SECRET", "API_URL", "DEBUG_X"];
    let env = names.map(|name| (name.to_owned(), bytes.clone()));
    for args in [&["check"][..], &["target"], &["exec", "--", "/usr/bin/true"]] {
        is_clean(&Room::new(), args, &env);
    }
}

#[test]
fn env_files_that_are_not_understood() {
    let forms = [
        "A=\"{}",
        "A='{}\nB={}",
        "{}",
        "export {}",
        "A={} {}",
        "A=${{}}",
        "A=$({})",
        "A=\"\\x{}\"",
        "A=b{}\u{0}\n",
        "A={}\nA={}\n",
        "- {}\n",
        "A: {}\n",
        "A={}\"x\"\n",
        "# {}\nB=\"\n",
        "\u{feff}A=\"{}",
        "A=`{}`\n",
        "  {}==\n",
        "A=\"x\"{}\n",
        "KOOMY_ENV=\"{}\n\n",
        "A=\r{}\r",
    ];
    for form in forms {
        let room = Room::new().file("e", form.replace("{}", CANARY));
        for args in COMMANDS {
            is_clean(&room, args, &[]);
        }
    }
}

#[test]
fn arguments_in_the_wrong_place() {
    let url = format!("postgres://u:{CANARY}@h/d");
    let attached = format!("--env-fil={url}");
    let file = format!("--env-file={url}");
    let policy = format!("--policy={url}");
    let named = format!("sandbox={url}");
    let pair = format!("{url}=x");
    let table: Vec<Vec<&str>> = vec![
        vec![&url],
        vec!["check", &url],
        vec!["check", &attached],
        vec!["check", "--format", &url],
        vec!["check", "--color", &url],
        vec!["check", "--phase", &url],
        vec!["check", "--environment", &url],
        vec!["check", "--matrix", &url],
        vec!["check", "--matrix", &pair, "sandbox=x"],
        vec!["explain", &url],
        vec!["rules", &url],
        vec!["man", &url],
        vec!["completions", &url],
        vec!["policy", &url],
        vec!["policy", "diff", "--since", &url],
        vec!["target", &url, &url],
        vec!["exec", &url],
        vec!["exec", "--", &url],
        vec!["init", &url],
        vec!["init", &file],
        vec!["check", &file],
        vec!["check", &policy],
        vec!["policy", "diff", &policy],
        vec!["check", "--matrix", &named, "local=x"],
        vec!["help", &url],
        vec!["exec", "--env-file", "e", "--", &url],
    ];
    let room = Room::new().file("e", local_file());
    for args in &table {
        is_clean(&room, args, &[]);
    }
    // The name of a file is what the message is about.
    let ran = room.guard(["check", "--env-file=none"]).run().ends(3);
    assert!(ran.stdout.contains("`none` does not exist"), "{}", ran.stdout);
}
