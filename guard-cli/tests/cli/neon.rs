//! `neon sync`: what is written, and when nothing is.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};

use serde_json::{Value, json};

use crate::guard::{Guard, Ran, Room};
use crate::neon_api::{Account, Reply, Server, branch, endpoint};

/// With every comment, quote and space that an edit could lose.
pub(crate) const POLICY: &str = r#"# The policy. # é
version = 1
name    = "shop"

[environments.live]
data      = "real"
databases = ["main"]   # one
[environments.test]
data      = "synthetic"
databases = ["dev", "local"]

[databases.main]
provider   = "neon"
project    = "quiet-river-1"
branch     = { names = ["main", "production"] }   # informative
# Hosts:
endpoints  = [
    'ep-main.eu-central-1.aws.neon.tech',  # writes
    "ep-read-gone.eu-central-1.aws.neon.tech",
]
database   = "shop"

[databases.dev]
provider   = "neon"
project    = "loud-lake-2"
endpoints  = ["dev.invalid"]
database   = "shop"
[databases.dev.branch]   # as a table
names      = ["development"]

[databases.local]
hosts    = ["localhost"]
database = "shop_local"   # none of Neon's

[variables.APP_ENV]
is = "environment"
"#;

/// What becomes of it.
fn synced() -> String {
    POLICY
        .replace(r#""production"] }"#, r#""production"], id = "br-main-1" }"#)
        .replace("ep-read-gone", "ep-read-1")
        .replace("dev.invalid", "ep-dev.eu-central-1.aws.neon.tech")
        .replace(
            "names      = [\"development\"]",
            "names      = [\"development\"]\nid         = \"br-dev-2\"",
        )
}

pub(crate) fn account() -> Account {
    let (one, two) = ("quiet-river-1", "loud-lake-2");
    Account {
        branches: vec![
            branch(one, "br-x-1", "main-2"),
            branch(one, "br-y-1", "Main"),
            branch(one, "br-main-1", "main"),
            branch(two, "br-root-2", "root"),
            branch(two, "br-dev-2", "development"),
        ],
        endpoints: vec![
            endpoint(one, "ep-read-1", "br-main-1"),
            endpoint(one, "ep-main", "br-main-1"),
            endpoint(one, "ep-x", "br-x-1"),
            endpoint(two, "ep-dev", "br-dev-2"),
        ],
        page: 1,
    }
}

/// Nothing that exists; put together here so that no scanner trips on it.
pub(crate) fn key() -> String {
    ["napi_", "kAnArY", "q7Rk2mVx"].concat()
}

pub(crate) fn sync(room: &Room, server: &Server, args: &[&str]) -> Guard {
    let all = ["neon", "sync", "--api", &server.api()].map(str::to_owned);
    let all = all.into_iter().chain(args.iter().map(|arg| (*arg).to_owned()));
    room.guard(all).env("NEON_API_KEY", key())
}

/// Neither the key nor what a server said in anger is shown or written.
#[track_caller]
pub(crate) fn is_clean(room: &Room, ran: &Ran) {
    assert!(!format!("{ran:?}").contains("kAnArY"), "{ran:?}");
    for entry in fs::read_dir(room.path()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(name.ends_with(".toml"), "{name} was left");
        assert!(!room.text(&name).contains("kAnArY"));
    }
}

#[test]
fn the_pins_are_written_and_nothing_else() {
    for line_break in ["\n", "\r\n"] {
        for start in ["", "\u{feff}"] {
            let text = |text: &str| start.to_owned() + &text.replace('\n', line_break);
            let room = Room::new().file("policy.toml", text(POLICY));
            let server = Server::of(account());
            let ran = sync(&room, &server, &[]).run().ends(0);
            assert_eq!(room.text("policy.toml"), text(&synced()));
            assert!(ran.stdout.ends_with("wrote 6 changes into `policy.toml`\n"), "{ran:?}");
            is_clean(&room, &ran);
            let inode = fs::metadata(room.at("policy.toml")).unwrap().ino();
            let again = sync(&room, &server, &[]).run().ends(0);
            assert!(again.stdout.contains("nothing to write"), "{again:?}");
            assert_eq!(fs::metadata(room.at("policy.toml")).unwrap().ino(), inode, "untouched");
            sync(&room, &server, &["--check"]).run().ends(0);
        }
    }
}

#[test]
fn every_page_of_every_project_is_asked_for_once() {
    let room = Room::new().file("policy.toml", POLICY);
    let server = Server::of(account());
    sync(&room, &server, &["--check"]).run().ends(1);
    let asked = server.asked();
    let first = "branches?sort_by=created_at&sort_order=asc&limit=1000";
    let expected = [
        format!("/api/v2/projects/quiet-river-1/{first}"),
        format!("/api/v2/projects/quiet-river-1/{first}&cursor=c%2B%2F%3D%261"),
        format!("/api/v2/projects/quiet-river-1/{first}&cursor=c%2B%2F%3D%262"),
        "/api/v2/projects/quiet-river-1/endpoints".to_owned(),
        format!("/api/v2/projects/loud-lake-2/{first}"),
        format!("/api/v2/projects/loud-lake-2/{first}&cursor=c%2B%2F%3D%261"),
        "/api/v2/projects/loud-lake-2/endpoints".to_owned(),
    ];
    assert_eq!(asked.iter().map(|request| request.path.clone()).collect::<Vec<_>>(), expected);
    let bearer = format!("Bearer {}", key());
    assert!(asked.iter().all(|request| request.authorization.as_ref() == Some(&bearer)));
}

#[test]
fn check_tells_each_difference_and_writes_nothing() {
    let room = Room::new().file("policy.toml", POLICY);
    let server = Server::of(account());
    let ran = sync(&room, &server, &["--check", "--format", "json"]).run().ends(1);
    let document = ran.json();
    assert_eq!(document["schema"], "koomy-guard/v1");
    assert_eq!(document["outcome"], "refused");
    assert_eq!(document["written"], false);
    let findings = document["findings"].as_array().unwrap();
    let told: Vec<_> = findings
        .iter()
        .map(|it| {
            let place = &it["places"][0];
            assert_eq!(
                (&it["outcome"], &place["source"]),
                (&json!("refused"), &json!("policy.toml"))
            );
            assert_eq!(it["help"], "run `guard-cli neon sync`, and read what it changed");
            let word = |key: &str| it[key].as_str().unwrap().to_owned();
            let (rule, subject) = (word("rule"), word("subject"));
            format!("{rule} {subject} {}:{}", place["line"], place["column"])
        })
        .collect();
    let expected = [
        "main.branch.id 12:12",
        "main.endpoints 12:12",
        "main.endpoints 19:5",
        "dev.branch.id 23:12",
        "dev.endpoints 23:12",
        "dev.endpoints 26:15",
    ];
    let rule = |place| format!("database-identity-matches databases.{place}");
    assert_eq!(told, expected.map(rule));
    assert!(findings.iter().all(|finding| finding["kind"] == "drift"), "{document}");
    assert_eq!((&document["gate"], &document["environment"]), (&json!("neon-sync"), &json!(null)));
    assert_eq!(document["policy"]["sha256"].as_str().unwrap().len(), 64);
    let changes = document["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 6);
    assert_eq!(changes[0]["to"], "br-main-1");
    assert_eq!(changes[0]["from"], json!(null));
    let human = sync(&room, &server, &["--check"]).run().ends(1).stdout;
    assert_eq!(human.matches("refused[database-identity-matches]: drift: ").count(), 6, "{human}");
    assert_eq!(human.matches("--> policy.toml:").count(), 6, "{human}");
    for format in ["sarif", "github"] {
        let ran = sync(&room, &server, &["--check", "--format", format]).run().ends(1);
        assert!(ran.stdout.matches("database-identity-matches").count() >= 6, "{ran:?}");
    }
    assert_eq!(room.text("policy.toml"), POLICY);
}

#[test]
fn what_was_written_is_told_with_its_place_in_the_new_file() {
    let room = Room::new().file("policy.toml", POLICY);
    let server = Server::of(account());
    let document = sync(&room, &server, &["--format", "json"]).run().ends(0).json();
    assert_eq!(document["outcome"], "permitted");
    assert_eq!(document["written"], true);
    let written = room.text("policy.toml");
    for change in document["changes"].as_array().unwrap() {
        let number = |key: &str| usize::try_from(change["place"][key].as_u64().unwrap()).unwrap();
        let line = written.lines().nth(number("line") - 1).unwrap();
        let at: String = line.chars().skip(number("column") - 1).collect();
        let value = change["to"].as_str();
        assert!(value.is_none_or(|value| at[1..].starts_with(value)), "{change} at {at}");
    }
}

/// A branch of the account, changed.
fn with(id: &str, change: impl Fn(&mut Value)) -> Server {
    let mut account = account();
    change(account.branches.iter_mut().find(|it| it["id"] == id).unwrap());
    Server::of(account)
}

#[test]
fn what_must_not_be_is_refused_and_not_written() {
    let both = account();
    let shared =
        POLICY.replace("loud-lake-2", "quiet-river-1").replace("\"development\"", "\"main\"");
    let table = [
        (
            "unprotected",
            "database-belongs-to-environment",
            POLICY,
            with("br-main-1", |it| it["protected"] = json!(false)),
        ),
        (
            "default",
            "database-belongs-to-environment",
            POLICY,
            with("br-dev-2", |it| it["default"] = json!(true)),
        ),
        (
            "no-branch",
            "database-identity-matches",
            POLICY,
            with("br-main-1", |it| it["name"] = json!("Production")),
        ),
        (
            "several-branches",
            "database-identity-matches",
            POLICY,
            with("br-x-1", |it| it["name"] = json!("production")),
        ),
        ("claimed-twice", "database-is-not-shared", shared.as_str(), Server::of(both)),
    ];
    for (kind, rule, policy, server) in table {
        let room = Room::new().file("policy.toml", policy);
        let ran = sync(&room, &server, &["--format", "json"]).run().ends(1);
        let document = ran.json();
        assert_eq!(document["outcome"], "refused", "{kind}");
        let findings = document["findings"].as_array().unwrap();
        let is_told = |it: &&Value| it["kind"] == kind && it["rule"] == rule;
        let told = findings.iter().find(is_told);
        assert!(told.is_some_and(|it| it["places"][0]["line"].is_number()), "{kind}: {document}");
        assert_eq!(document["changes"], json!([]));
        for args in [&[][..], &["--check"], &["--repin"]] {
            let ran = sync(&room, &server, args).run().ends(1);
            assert!(ran.stdout.contains(&format!("refused[{rule}]: {kind}: ")), "{ran:?}");
            assert!(ran.stdout.contains(" = help: "), "{ran:?}");
        }
        assert_eq!(room.text("policy.toml"), policy, "{kind}");
    }
}

#[test]
fn a_restored_branch_is_taken_when_that_is_asked_for() {
    let room = Room::new().file("policy.toml", synced());
    let mut restored = account();
    let mut new = branch("quiet-river-1", "br-new-1", "main");
    new["restored_from"] = json!("snap-\u{1b}[2J");
    new["restored_as"] = json!("br-main-1");
    for old in restored.branches.iter_mut().filter(|it| it["id"] == "br-main-1") {
        old["name"] = json!("main (old)");
    }
    restored.branches.push(new);
    for endpoint in restored.endpoints.iter_mut().filter(|it| it["branch_id"] == "br-main-1") {
        endpoint["branch_id"] = json!("br-new-1");
    }
    let server = Server::of(restored);
    for args in [&[][..], &["--check"]] {
        let ran = sync(&room, &server, args).run().ends(1);
        for words in [
            "refused[database-identity-matches]: replaced: ",
            "`br-main-1`",
            "`main (old)`",
            "`br-new-1`",
            "--repin",
        ] {
            assert!(ran.stdout.contains(words), "{words} in {ran:?}");
        }
        assert!(
            ran.stdout.contains("snap-\\u{1b}[2J") && !ran.stdout.contains('\u{1b}'),
            "{ran:?}"
        );
        assert_eq!(room.text("policy.toml"), synced());
    }
    sync(&room, &server, &["--repin"]).run().ends(0);
    assert_eq!(room.text("policy.toml"), synced().replace("br-main-1", "br-new-1"));
    sync(&room, &server, &["--check"]).run().ends(0);
}

#[test]
fn a_link_stays_and_so_do_the_rights() {
    let room = Room::new().file("real.toml", POLICY);
    fs::set_permissions(room.at("real.toml"), Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink("real.toml", room.at("policy.toml")).unwrap();
    let server = Server::of(account());
    sync(&room, &server, &[]).run().ends(0);
    assert!(fs::symlink_metadata(room.at("policy.toml")).unwrap().is_symlink());
    assert_eq!(room.text("real.toml"), synced());
    assert_eq!(fs::metadata(room.at("real.toml")).unwrap().mode() & 0o777, 0o640);
}

#[test]
fn a_policy_that_was_changed_meanwhile_is_not_overwritten() {
    let room = Room::new().file("policy.toml", POLICY);
    let (path, account) = (room.at("policy.toml"), account());
    let edited = POLICY.to_owned() + "# somebody was here\n";
    let text = edited.clone();
    let server = Server::new(move |request, _| {
        fs::write(&path, &text).unwrap();
        account.reply(request)
    });
    let ran = sync(&room, &server, &[]).run().ends(3);
    assert!(ran.stdout.contains("was changed in the meantime"), "{ran:?}");
    assert_eq!(room.text("policy.toml"), edited);
    is_clean(&room, &ran);
}

#[test]
fn misuse_is_said_before_anybody_is_asked() {
    let server = Server::new(|_, _| Reply::status(500));
    let read_only = Room::new().file("policy.toml", POLICY);
    fs::set_permissions(read_only.at("policy.toml"), Permissions::from_mode(0o444)).unwrap();
    let room = Room::new().file("policy.toml", POLICY);
    let empty = Room::new();
    let without = |words: &str| Room::new().file("policy.toml", POLICY.replace(words, ""));
    let no_project = without("project    = \"loud-lake-2\"\n");
    let no_branch = without("names      = [\"development\"]");
    let (no_name, no_neon) = (without("name    = \"shop\""), without("provider   = \"neon\""));
    let table: Vec<(Guard, i32, &str)> = vec![
        (sync(&room, &server, &[]).env("NEON_API_KEY", ""), 2, "`NEON_API_KEY` is not set"),
        (sync(&room, &server, &[]).env("NEON_API_KEY", key() + "\n"), 2, "does not hold a key"),
        (sync(&room, &server, &["--check", "--repin"]), 2, "cannot be used with"),
        (sync(&room, &server, &["--timeout", "0"]), 2, "`--timeout <SECONDS>`"),
        (sync(&read_only, &server, &[]), 2, "is read-only"),
        (sync(&empty, &server, &[]), 2, "the built-in policy cannot be written"),
        (sync(&empty, &server, &["--check"]), 2, "the built-in policy"),
        (sync(&no_project, &server, &[]), 2, "`dev` has no `project`"),
        (sync(&no_branch, &server, &[]), 2, "does not name its branch"),
        (sync(&no_name, &server, &[]), 2, ""),
        (sync(&no_neon, &server, &[]), 3, "nothing was compared"),
    ];
    for (guard, code, words) in table {
        let ran = guard.run().ends(code);
        assert!(format!("{}{}", ran.stdout, ran.stderr).contains(words), "{words}: {ran:?}");
        assert!(!format!("{ran:?}").contains("kAnArY"), "{ran:?}");
    }
    for api in ["http://console.neon.tech", "https://u:kAnArY@h", "ftp://h", "kAnArY"] {
        let ran = room.guard(["neon", "sync", "--api", api]).env("NEON_API_KEY", key()).run();
        assert!(!format!("{:?}", ran.ends(2).says("--api")).contains("kAnArY"), "{api}");
    }
    assert_eq!(server.asked(), []);
    assert_eq!(room.text("policy.toml"), POLICY);
}
