//! A server's word, against a policy with a pin of each sort.

mod asked;
mod elsewhere;
mod neon;

use super::super::Rule;
use super::super::database_identity_matches::RULE;
use super::super::testing::Ask;
pub(in crate::rules) use super::super::testing::url;
use super::quoted;
use crate::facts::{Binding, Cluster, Identity, Neon, Server, Stamp, StampState, Trace};
use crate::gate::Gate;

type Change = fn(&mut Identity);

/// An environment, an address, what its server says instead, the gates at which
/// that is refused, and what is said of the server there.
type Row<'a> = (&'a str, &'a str, Change, &'a [Gate], &'a str);

const GATES: [Gate; 2] = [Gate::Boot, Gate::Seed];
const BOTH: &[Gate] = &GATES;
const SEED: &[Gate] = &[Gate::Seed];
const NONE: &[Gate] = &[];

/// Asks a rule by the policy of these tests.
pub(in crate::rules) fn ask(rule: &'static Rule, gate: Gate) -> Ask {
    Ask::by(rule, POLICY).at(gate)
}

/// A stamp for `environment`, bound to this very database (`own`) or to another.
pub(in crate::rules) fn marked(identity: &Identity, environment: &str, bound: &str) -> StampState {
    let stamp = stamp_for(environment);
    match bound {
        "own" => StampState::Stamped(Stamp { binding: identity.binding().unwrap(), ..stamp }),
        _ => StampState::Stamped(stamp),
    }
}

/// A stamp for `environment`, bound to a database that is nobody's.
pub(in crate::rules) fn stamp_for(environment: &str) -> Stamp {
    Stamp {
        environment: environment.to_owned(),
        binding: Binding::Neon { project: "p0".to_owned(), branch: "br-0".to_owned() },
        stamped_at: "2026-01-01 00:00:00+00".to_owned(),
        guard_version: "0.1.0".to_owned(),
        parent_environment: None,
    }
}

/// Holds each row at both gates.
fn hold(table: &[Row<'_>]) {
    for (number, (environment, address, change, refused_at, said)) in table.iter().enumerate() {
        for gate in GATES {
            let postgres = url(address);
            let mysql = postgres.replace("postgresql", "mysql");
            let given = match address.contains("sql.") {
                true => [("E", *environment), ("MYSQL_URL", &*mysql)],
                false => [("E", *environment), ("DATABASE_URL", &*postgres)],
            };
            let ask = ask(&RULE, gate);
            let found = ask.says_of(&ask.told(&given, change));
            let found = found.split_once(", but ").map_or(&*found, |(_, said)| said);
            let expected = if refused_at.contains(&gate) { *said } else { "" };
            assert_eq!(found.replace("the server there", "it"), expected, "row {number}, {gate:?}");
        }
    }
}

#[test]
fn the_way_out_is_that_of_the_difference() {
    type Row = (&'static str, Change, &'static str);
    let table: [Row; 5] = [
        (
            "localhost/koomy",
            |it| it.database = "other".to_owned(),
            "or correct what the policy says",
        ),
        (
            "ep-bare-3.eu.aws.neon.tech/koomy",
            |it| neon(it).branch = Some("br-new".to_owned()),
            "pin its `branch.id`: `guard-cli neon sync` does",
        ),
        (
            "localhost/koomy",
            |it| trace(it, "rds"),
            "if `here` is run there, declare `provider = \"rds\"`; if not, find out what forwards \
             `localhost`",
        ),
        (
            "localhost/koomy",
            |it| cluster(it, "7000"),
            "or pin that `system_identifier` for `here`, too",
        ),
        (
            "outer.koomy.app/koomy",
            |_| (),
            "pin its `system_identifier`, which `guard-cli identify` shows",
        ),
    ];
    for (address, change, help) in table {
        let postgres = url(address);
        let ask = ask(&RULE, Gate::Seed);
        let facts = ask.told(&[("E", "sandbox"), ("DATABASE_URL", &*postgres)], change);
        let said = ask.in_full_of(&facts);
        assert!(said.contains(help), "{help} in {said}");
    }
}

#[test]
fn the_word_of_a_server_forges_nothing() {
    let table = [
        ("br-quiet-1", "`br-quiet-1`"),
        ("", "``"),
        ("a`b\nrefused\u{202e}", "`a\\u{60}b\\nrefused\\u{202e}`"),
    ];
    for (text, shown) in table {
        assert_eq!(quoted(text), shown);
    }
    assert_eq!(quoted(&"x".repeat(64)), format!("`{}`", "x".repeat(64)));
    assert_eq!(quoted(&"x".repeat(65)), format!("`{}…`", "x".repeat(64)));
}

fn rows(identity: &mut Identity) -> &mut Option<Neon> {
    match &mut identity.server {
        Server::Postgres { neon, .. } => neon,
        Server::MySql { .. } => panic!("no PostgreSQL"),
    }
}

fn neon(identity: &mut Identity) -> &mut Neon {
    rows(identity).as_mut().unwrap()
}

/// What the server of `main` says.
fn main() -> Neon {
    let [project, branch, endpoint] = ["p1", "br-main", "ep-main-1"].map(|id| Some(id.to_owned()));
    Neon { project, branch, endpoint, timeline: None }
}

fn trace(identity: &mut Identity, service: &'static str) {
    identity.traces.insert(Trace { service, by: "a trace".to_owned() });
}

fn cluster(identity: &mut Identity, identifier: &str) {
    let Server::Postgres { cluster, .. } = &mut identity.server else { panic!("another") };
    let system_identifier = identifier.to_owned();
    *cluster = Some(Cluster { system_identifier, database_oid: 1 });
}

fn no_cluster(identity: &mut Identity) {
    identity.server = Server::Postgres { neon: None, cluster: None };
}

fn hostname(identity: &mut Identity, name: &str) {
    identity.server = Server::MySql { hostname: name.to_owned(), uuid: None };
}

fn mysql(identity: &mut Identity) {
    hostname(identity, "a");
}

const POLICY: &str = "version = 1\nname = 'n'\n[variables.E]\nis = 'environment'\n\
    [connections.primary]\nurl = 'DATABASE_URL'\n\
    [connections.second]\nurl = 'MYSQL_URL'\nengine = 'mysql'\nrequired = false\n\
    [environments.production]\ndata = 'real'\ndatabases = ['main', 'second', 'far', 'near', 'vault', 'rds', 'depot']\n\
    [environments.sandbox]\ndata = 'synthetic'\n\
    databases = ['play', 'beside', 'bare', 'loose', 'bridge', 'here', 'inner', 'outer', 'sql', 'other', 'tube']\n\
    tripwire.'public.users' = { rows = 50, recent = 'created_at' }\n\
    tripwire.'public.posts' = { rows = 9 }\n\
    [environments.strict]\ndata = 'synthetic'\nlive = true\n\
    [databases.main]\nprovider = 'neon'\nproject = 'p1'\nbranch.id = 'br-main'\n\
    endpoints = ['ep-main-1.eu.aws.neon.tech']\ndatabase = 'koomy'\n\
    [databases.play]\nproject = 'p1'\nbranch.id = 'br-play'\n\
    endpoints = ['ep-play-2.eu.aws.neon.tech']\ndatabase = 'koomy'\n\
    [databases.far]\nbranch.id = 'br-far'\nhosts = ['far']\ndatabase = 'koomy'\n\
    [databases.near]\nbranch.id = 'br-near'\nendpoints = ['ep-near-4.eu.aws.neon.tech']\n\
    hosts = ['near']\ndatabase = 'koomy'\n\
    [databases.beside]\nendpoints = ['ep-play-2.eu.aws.neon.tech']\ndatabase = 'beside'\n\
    [databases.tube]\nsockets = ['/run/a', '/run/b']\ndatabase = 'koomy'\n\
    [databases.depot]\nhosts = ['depot']\ndatabase = 'koomy'\n\
    [databases.loose]\nproject = 'p1'\nhosts = ['loose']\ndatabase = 'koomy'\n\
    [databases.bare]\nendpoints = ['ep-bare-3.eu.aws.neon.tech']\ndatabase = 'koomy'\n\
    [databases.bridge]\nbranch.id = 'br-local'\nhosts = ['bridge']\ndatabase = 'koomy'\n\
    [databases.here]\nhosts = ['localhost']\ndatabase = 'koomy'\n\
    [databases.outer]\nhosts = ['outer.koomy.app']\ndatabase = 'koomy'\n\
    [databases.second]\nbranch.id = 'br-second'\n\
    endpoints = ['ep-main-1.eu.aws.neon.tech']\ndatabase = 'second'\n\
    [databases.inner]\nendpoints = ['inner.internal']\ndatabase = 'koomy'\n\
    [databases.vault]\nendpoints = ['vault.koomy.app']\ndatabase = 'koomy'\n\
    system_identifier = '7000'\n\
    [databases.rds]\nendpoints = ['db.abc.eu-west-3.rds.amazonaws.com']\ndatabase = 'koomy'\n\
    [databases.sql]\nengine = 'mysql'\nendpoints = ['sql.koomy.app']\ndatabase = 'koomy'\n\
    server_hostname = 'a'\n\
    [databases.other]\nengine = 'mysql'\nhosts = ['sql.internal']\ndatabase = 'koomy'\n";
