//! A policy of two environments against accounts that differ from it in one way
//! each.

use koomy_guard::Policy;
use serde_json::{Value, json};

use super::answer::{Branch, Endpoint, Project};
use super::finding::Kind;
use super::{Account, Comparison, Repin, Wanted, compare, rewrite};

const POLICY: &str = "version = 1
name = 'n'
[environments.live]
data = 'real'
databases = ['main']
[environments.test]
data = 'synthetic'
databases = ['dev', 'plain']
[databases.main]
provider = 'neon'
project = 'p-1'
branch = { names = ['main', 'production'], id = 'br-main' }
endpoints = ['ep-main.x.y', 'ep-read.x.y']
database = 'd'
[databases.dev]
provider = 'neon'
project = 'p-1'
branch = { names = ['dev'], id = 'br-dev' }
endpoints = ['ep-dev.x.y']
database = 'd'
[databases.plain]
hosts = ['localhost']
database = 'd'
[variables.E]
is = 'environment'
";

fn branch(id: &str, name: &str) -> Value {
    let is_main = id == "br-main";
    json!({"id": id, "project_id": "p-1", "name": name, "default": is_main, "protected": is_main})
}

fn endpoint(id: &str, branch: &str) -> Value {
    let access = if id.starts_with("ep-read") { "read_only" } else { "read_write" };
    let host = format!("{id}.x.y");
    json!({"id": id, "project_id": "p-1", "branch_id": branch, "host": host, "type": access})
}

/// The account that the policy describes.
fn account() -> Value {
    json!({
        "branches": [branch("br-main", "main"), branch("br-dev", "dev"), branch("br-x", "x")],
        "endpoints": [
            endpoint("ep-dev", "br-dev"), endpoint("ep-main", "br-main"),
            endpoint("ep-x", "br-x"), endpoint("ep-read", "br-main"),
        ],
    })
}

fn parsed(account: &Value) -> Account {
    let branches: Vec<Branch> = serde_json::from_value(account["branches"].clone()).unwrap();
    let endpoints: Vec<Endpoint> = serde_json::from_value(account["endpoints"].clone()).unwrap();
    let mut endpoints = endpoints;
    endpoints.sort();
    Account::from([("p-1".to_owned(), Project { branches, endpoints })])
}

/// What comes out, in words: findings as their kinds, changes as what they do.
fn judged(text: &str, account: &Value, repin: Repin) -> Vec<String> {
    let policy = Policy::parse("p", text).unwrap();
    let wanted = Wanted::all(&policy).unwrap();
    let compared = compare(&policy, &wanted, &parsed(account), repin);
    let Comparison { pinned, changes, findings } = &compared;
    for finding in findings {
        assert!(!finding.help.is_empty() && finding.place.location().is_some(), "{finding:?}");
    }
    assert_eq!(compared.drift(&policy).len(), changes.len() + findings.len());
    if findings.is_empty() {
        let new = rewrite(&policy, pinned).unwrap();
        let wanted = Wanted::all(&new).unwrap();
        let again = compare(&new, &wanted, &parsed(account), Repin::NotAsked);
        assert!(again.changes.is_empty() && again.findings.is_empty(), "{again:?}");
        assert_eq!(changes.is_empty(), new.source() == policy.source());
    }
    let change = |it: &super::finding::Change| {
        let side = |value: Option<&str>| value.unwrap_or("-").to_owned();
        format!("{}: {} → {}", it.database, side(it.to.from()), side(it.to.to()))
    };
    let finding = |it: &super::finding::Finding| format!("{}! {}", it.database, it.kind.name());
    findings.iter().map(finding).chain(changes.iter().map(change)).collect()
}

#[test]
fn an_account_that_is_as_described_changes_nothing() {
    assert_eq!(judged(POLICY, &account(), Repin::NotAsked), Vec::<String>::new());
    assert_eq!(judged(POLICY, &account(), Repin::Asked), Vec::<String>::new());
}

/// An account with one thing else.
type Change = fn(&mut Value);

/// What the account has else, and what comes out without `--repin` and with it.
const ACCOUNTS: &[(&str, Change, &[&str], &[&str])] = &[
    (
        "an endpoint more",
        |it| push(it, "endpoints", endpoint("ep-read-2", "br-dev")),
        &["dev: - → ep-read-2.x.y"],
        &["dev: - → ep-read-2.x.y"],
    ),
    (
        "an endpoint less",
        |it| drop(it, "endpoints", 3),
        &["main: ep-read.x.y → -"],
        &["main: ep-read.x.y → -"],
    ),
    (
        "another endpoint",
        |it| it["endpoints"][0] = endpoint("ep-new", "br-dev"),
        &["dev: ep-dev.x.y → -", "dev: - → ep-new.x.y"],
        &["dev: ep-dev.x.y → -", "dev: - → ep-new.x.y"],
    ),
    (
        "no endpoint",
        |it| drop(it, "endpoints", 0),
        &["dev! no-endpoint", GONE],
        &["dev! no-endpoint", GONE],
    ),
    (
        "an endpoint of production on development's branch",
        |it| it["endpoints"][3]["branch_id"] = json!("br-dev"),
        &["main! repointed", "dev: - → ep-read.x.y"],
        &["main! repointed", "dev: - → ep-read.x.y"],
    ),
    (
        "an endpoint of production on a branch of nobody",
        |it| it["endpoints"][3]["branch_id"] = json!("br-x"),
        &["main: ep-read.x.y → -"],
        &["main: ep-read.x.y → -"],
    ),
    ("renamed to another name of the policy", |it| rename(it, 0, "production"), &[], &[]),
    ("renamed", |it| rename(it, 0, "prod"), &["main! renamed"], &["main! renamed"]),
    ("renamed in case alone", |it| rename(it, 1, "Dev"), &["dev! renamed"], &["dev! renamed"]),
    (
        "not protected",
        |it| set(it, 0, "protected", false),
        &["main! unprotected"],
        &["main! unprotected"],
    ),
    ("not the default", |it| set(it, 0, "default", false), &[], &[]),
    ("the default", |it| set(it, 1, "default", true), &["dev! default"], &["dev! default"]),
    ("protected development", |it| set(it, 1, "protected", true), &[], &[]),
    (
        "restored in place of the pinned branch, which is kept",
        |it| {
            rename(it, 0, "main (old)");
            restored(it);
        },
        &["main! replaced"],
        &["main: br-main → br-new"],
    ),
    (
        "restored, and the pinned branch is gone",
        |it| {
            drop(it, "branches", 0);
            restored(it);
        },
        &["main! replaced"],
        &["main: br-main → br-new"],
    ),
    (
        "restored, not protected",
        |it| {
            drop(it, "branches", 0);
            restored(it);
            set(it, 2, "protected", false);
        },
        &["main! replaced"],
        &["main! unprotected", "main: br-main → br-new"],
    ),
    ("gone", |it| drop(it, "branches", 1), &["dev! no-branch"], &["dev! no-branch"]),
    (
        "gone, with two heirs",
        |it| {
            drop(it, "branches", 0);
            push(it, "branches", branch("br-1", "main"));
            push(it, "branches", branch("br-2", "production"));
        },
        &["main! several-branches"],
        &["main! several-branches"],
    ),
    (
        "the names changed places",
        |it| {
            rename(it, 0, "dev");
            rename(it, 1, "main");
        },
        &["main! replaced", "dev! replaced"],
        &[
            "main! unprotected",
            "main! repointed",
            "main! repointed",
            "dev! default",
            "dev! repointed",
            "main: br-main → br-dev",
            "main: - → ep-dev.x.y",
            "dev: br-dev → br-main",
            "dev: - → ep-main.x.y",
            "dev: - → ep-read.x.y",
        ],
    ),
];

const GONE: &str = "dev: ep-dev.x.y → -";

#[test]
fn an_account_that_differs_is_told_so() {
    for (what, differ, usual, repinned) in ACCOUNTS {
        let mut account = account();
        differ(&mut account);
        assert_eq!(judged(POLICY, &account, Repin::NotAsked), *usual, "{what}");
        assert_eq!(judged(POLICY, &account, Repin::Asked), *repinned, "{what}, repinned");
    }
}

#[test]
fn a_policy_that_differs_is_told_so() {
    let unpinned = POLICY.replace(", id = 'br-dev'", "");
    let table: [(&str, String, &[&str]); 8] = [
        ("not pinned", unpinned.clone(), &["dev: - → br-dev"]),
        ("another name", unpinned.replace("['dev']", "['nope']"), &["dev! no-branch"]),
        (
            "two names that exist",
            unpinned.replace("['dev']", "['dev', 'x']"),
            &["dev! several-branches"],
        ),
        ("no name, but the id", POLICY.replace("names = ['dev'], ", ""), &[]),
        (
            "a placeholder for an endpoint",
            POLICY.replace("ep-dev.x.y", "dev.invalid"),
            &["dev: dev.invalid → -", "dev: - → ep-dev.x.y"],
        ),
        (
            "development on production's branch",
            unpinned.replace("['dev']", "['main']"),
            &[
                "dev! claimed-twice",
                GONE,
                "dev! default",
                "dev: - → br-main",
                "dev: - → ep-main.x.y",
                "dev: - → ep-read.x.y",
            ],
        ),
        (
            "an endpoint that another database calls a host",
            POLICY.replace("'localhost'", "'ep-main.x.y'").replace(
                "hosts = ['ep-main.x.y']\ndatabase = 'd'",
                "hosts = ['ep-main.x.y']\ndatabase = 'e'",
            ),
            &["plain! claimed-twice"],
        ),
        (
            "of no environment, on a branch of another",
            unpinned.replace("['dev']", "['main']").replace("['dev', 'plain']", "['plain']"),
            &[
                "dev! claimed-twice",
                GONE,
                "dev: - → br-main",
                "dev: - → ep-main.x.y",
                "dev: - → ep-read.x.y",
            ],
        ),
    ];
    for (what, text, expected) in table {
        let mut found = judged(&text, &account(), Repin::NotAsked);
        let mut expected = expected.to_vec();
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{what}");
    }
}

#[test]
fn databases_of_one_environment_may_share_a_branch() {
    let second = "[databases.second]\nprovider = 'neon'\nproject = 'p-1'\nbranch = { names = ['dev'] }\n\
                  endpoints = ['ep-dev.x.y']\ndatabase = 'other'\n";
    let text = POLICY.replace("'plain']", "'plain', 'second']") + second;
    assert_eq!(judged(&text, &account(), Repin::NotAsked), ["second: - → br-dev"]);
}

#[test]
fn what_cannot_be_found_is_said_before_anybody_is_asked() {
    let table = [
        (POLICY.replacen("project = 'p-1'\n", "", 1), "`main` has no `project`"),
        (POLICY.replacen("'p-1'", "'../p'", 1), "is not a Neon project id"),
        (
            POLICY.replace("branch = { names = ['dev'], id = 'br-dev' }\n", ""),
            "does not name its branch",
        ),
    ];
    for (text, words) in table {
        let policy = Policy::parse("p", &text).unwrap();
        let wrong = Wanted::all(&policy).unwrap_err();
        assert!(wrong.len() == 1 && wrong[0].contains(words), "{wrong:?}");
    }
}

#[test]
fn every_kind_of_finding_has_a_word_of_its_own() {
    let kinds = [
        Kind::Drift,
        Kind::NoBranch,
        Kind::SeveralBranches,
        Kind::Renamed,
        Kind::Replaced,
        Kind::NoEndpoint,
        Kind::Repointed,
        Kind::ClaimedTwice,
        Kind::Unprotected,
        Kind::Default,
    ];
    let words: std::collections::BTreeSet<_> = kinds.iter().map(|kind| kind.name()).collect();
    assert_eq!(words.len(), kinds.len());
}

fn push(account: &mut Value, list: &str, item: Value) {
    account[list].as_array_mut().unwrap().push(item);
}

fn drop(account: &mut Value, list: &str, at: usize) {
    account[list].as_array_mut().unwrap().remove(at);
}

fn rename(account: &mut Value, at: usize, name: &str) {
    account["branches"][at]["name"] = json!(name);
}

fn set(account: &mut Value, at: usize, key: &str, value: bool) {
    account["branches"][at][key] = json!(value);
}

/// A branch in the place of the pinned one, as a restore leaves it.
fn restored(account: &mut Value) {
    let mut new = branch("br-new", "main");
    new["protected"] = json!(true);
    new["restored_from"] = json!("snap-1");
    new["restored_as"] = json!("br-main");
    push(account, "branches", new);
    for at in [1, 3] {
        account["endpoints"][at]["branch_id"] = json!("br-new");
    }
}
