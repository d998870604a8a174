//! What servers say, one fact after another, at the gates that ask them.

use std::fmt::Write as _;

use koomy_guard::facts::{
    Binding, Cluster, Counted, Facts, Identity, Live, Neon, Right, Role, Rows, Server, Stamp,
    StampState, Tables, Trace,
};
use koomy_guard::finding::Ruling;
use koomy_guard::gate::{Gate, decide};
use koomy_guard::policy::Policy;

use crate::{compare_with, koomy};

/// An environment, where its connection leads, and what the server there says.
struct Place {
    name: &'static str,
    address: &'static str,
    server: fn() -> Server,
}

const PLACES: [Place; 4] = [
    Place {
        name: "production",
        address: "ep-main-1.eu-central-1.aws.neon.tech/koomy?sslmode=require",
        server: || neon(["quiet-river", "br-main", "ep-main-1"]),
    },
    Place {
        name: "sandbox",
        address: "ep-play-2.eu-central-1.aws.neon.tech/koomy?sslmode=require",
        server: || neon(["quiet-river", "br-play", "ep-play-2"]),
    },
    Place { name: "local", address: "localhost/koomy", server: || plain("1") },
    Place { name: "archive", address: "attic/koomy", server: || plain("2") },
];

type Change = fn(&mut Identity);

const NOTHING: Change = |_| ();

const IDENTITIES: [(&str, Change); 16] = [
    ("as the policy has it", |_| ()),
    ("none of Neon's", |it| it.server = plain("9")),
    ("Neon, no project said", |it| rows(it, |said| said.project = None)),
    ("Neon, no branch said", |it| rows(it, |said| said.branch = None)),
    ("Neon, no endpoint said", |it| rows(it, |said| said.endpoint = None)),
    ("Neon, another project", |it| rows(it, |said| said.project = Some("other".to_owned()))),
    ("Neon, another endpoint", |it| rows(it, |said| said.endpoint = Some("ep-other-9".to_owned()))),
    ("Neon, unknown branch", |it| rows(it, |said| said.branch = Some("br-new".to_owned()))),
    ("Neon, production's branch", |it| rows(it, |said| said.branch = Some("br-main".to_owned()))),
    ("Neon, sandbox's branch", |it| rows(it, |said| said.branch = Some("br-play".to_owned()))),
    ("production's cluster", |it| it.server = plain("7")),
    ("cluster not said", |it| it.server = Server::Postgres { neon: None, cluster: None }),
    ("a role of Neon's", |it| trace(it, "neon", "neon_superuser")),
    ("a role of RDS's", |it| trace(it, "rds", "rds_superuser")),
    ("another database", |it| it.database = "koomy_prod".to_owned()),
    ("MySQL", |it| it.server = Server::MySql { hostname: "h".to_owned(), uuid: None }),
];

const STAMPS: [(&str, Change); 12] = [
    ("none, no tables", |it| it.stamp = StampState::No { tables: Tables::Absent }),
    ("none, tables", |it| it.stamp = StampState::No { tables: Tables::Present }),
    ("emptied", |it| it.stamp = StampState::Emptied),
    ("own, production", |it| stamp(it, "production", Bound::Here)),
    ("own, sandbox", |it| stamp(it, "sandbox", Bound::Here)),
    ("own, local", |it| stamp(it, "local", Bound::Here)),
    ("own, archive", |it| stamp(it, "archive", Bound::Here)),
    ("own, unknown", |it| stamp(it, "gone", Bound::Here)),
    ("copy of production", |it| stamp(it, "production", Bound::Elsewhere)),
    ("copy of sandbox", |it| stamp(it, "sandbox", Bound::Elsewhere)),
    ("copy of an unknown", |it| stamp(it, "gone", Bound::Elsewhere)),
    ("unreadable", |it| it.stamp = StampState::Unreadable { why: "it has two rows".to_owned() }),
];

const OTHERS: [(&str, Change); 9] = [
    ("superuser", |it| it.role.rights.extend([Right::Superuser])),
    ("owner", |it| it.role.rights.extend([Right::Owner])),
    ("standby or read-only", |it| it.read_only = true),
    ("no such table", |it| count(it, Rows::NoTable)),
    ("few rows, old", |it| count(it, Rows::Seen { too_many: false, recent: false })),
    ("too many rows", |it| count(it, Rows::Seen { too_many: true, recent: false })),
    ("a recent row", |it| count(it, Rows::Seen { too_many: false, recent: true })),
    ("rows unreadable", |it| count(it, Rows::Unreadable { why: "no right".to_owned() })),
    ("not counted", |it| it.tripwires = Vec::new()),
];

#[test]
fn what_servers_say() {
    let policy = Policy::parse("live.toml", POLICY).unwrap();
    let mut rows = String::new();
    for (gate, title) in [(Gate::Boot, "boot"), (Gate::Seed, "seed")] {
        for (what, lines) in [("stamp", &STAMPS[..]), ("the rest", &OTHERS[..])] {
            let lines = lines.iter().map(|(name, change)| (*name, NOTHING, *change));
            table(&mut rows, &policy, gate, &format!("{title}: {what}"), lines);
        }
        let lines = IDENTITIES.iter().map(|(name, change)| (*name, *change, NOTHING));
        table(&mut rows, &policy, gate, &format!("{title}: identity"), lines);
        let _ = writeln!(rows, "{:<27}{}", format!("{title}: not asked"), heads());
        let cells = PLACES.iter().map(|place| {
            let facts = Facts { live: Live::NotAsked, ..facts(place, NOTHING, NOTHING) };
            cell(&policy, gate, &facts)
        });
        let _ = writeln!(rows, "{}\n", row("nobody", cells));
    }
    let head = format!(
        "# What servers say, judged by the policy below. What is not named is as the policy has it:\n\
         # the identity, a stamp of this very database, a role without rights, few rows.\n\
         # Generated: `UPDATE=1 cargo test --test truth`.\n#\n\
         # *  with a note    ?  undecided\n{}#\n{}\n",
        koomy::legend(&rows),
        POLICY
            .lines()
            .map(|line| format!("#   {line}").trim_end().to_owned() + "\n")
            .collect::<String>()
    );
    compare_with("live.txt", include_str!("live.txt"), &(head + rows.trim_end() + "\n"));
}

/// Lines of a name, a change before the stamp is written, and one after.
fn table(
    out: &mut String,
    policy: &Policy,
    gate: Gate,
    title: &str,
    lines: impl Iterator<Item = (&'static str, Change, Change)>,
) {
    let _ = writeln!(out, "{title:<27}{}", heads());
    for (name, before, after) in lines {
        let cells = PLACES.iter().map(|place| cell(policy, gate, &facts(place, before, after)));
        let _ = writeln!(out, "{}", row(name, cells));
    }
    out.push('\n');
}

fn heads() -> String {
    row("", PLACES.iter().map(|place| place.name.to_owned())).trim_start().to_owned()
}

fn row(name: &str, cells: impl Iterator<Item = String>) -> String {
    let cells: String = cells.map(|cell| format!("{cell:<28}")).collect();
    format!("{name:<27}{cells}").trim_end().to_owned()
}

/// The rules with findings, with a mark if they are undecided, and one for a note.
fn cell(policy: &Policy, gate: Gate, facts: &Facts) -> String {
    let verdict = decide(gate, policy, facts);
    let said = koomy::verdict(&verdict.findings);
    let mark = match verdict.ruling() {
        Ruling::Refused => "",
        Ruling::Undecided => "?",
        Ruling::Permitted if verdict.notes.is_empty() => "",
        Ruling::Permitted => "*",
    };
    format!("{said}{mark}")
}

fn facts(place: &Place, before: Change, after: Change) -> Facts {
    let mut identity = Identity {
        server: (place.server)(),
        version: "17.2".to_owned(),
        database: "koomy".to_owned(),
        role: Role { name: "app".to_owned(), rights: [].into() },
        address: None,
        read_only: false,
        traces: [].into(),
        stamp: StampState::Emptied,
        tripwires: Vec::new(),
    };
    before(&mut identity);
    stamp(&mut identity, place.name, Bound::Here);
    count(&mut identity, Rows::Seen { too_many: false, recent: false });
    after(&mut identity);
    let url = koomy::url(place.address, 1);
    let assumed = Facts::assume().variables([("E", place.name), ("DATABASE_URL", &*url)]);
    assumed.identity("primary", identity).facts()
}

fn neon(ids: [&str; 3]) -> Server {
    Server::Postgres { neon: Some(of_neon(ids)), cluster: None }
}

fn of_neon(ids: [&str; 3]) -> Neon {
    let [project, branch, endpoint] = ids.map(|id| Some(id.to_owned()));
    Neon { project, branch, endpoint, timeline: None }
}

fn plain(identifier: &str) -> Server {
    let system_identifier = identifier.to_owned();
    Server::Postgres { neon: None, cluster: Some(Cluster { system_identifier, database_oid: 5 }) }
}

/// Changes what the server says as a Neon compute; makes any other server one first.
fn rows(identity: &mut Identity, change: fn(&mut Neon)) {
    let mut said = match &identity.server {
        Server::Postgres { neon: Some(said), .. } => said.clone(),
        Server::Postgres { .. } | Server::MySql { .. } => {
            of_neon(["quiet-river", "br-other", "ep-other-9"])
        }
    };
    change(&mut said);
    identity.server = Server::Postgres { neon: Some(said), cluster: None };
}

fn trace(identity: &mut Identity, service: &'static str, by: &str) {
    identity.traces.insert(Trace { service, by: by.to_owned() });
}

fn count(identity: &mut Identity, rows: Rows) {
    identity.tripwires = vec![Counted { table: "public.users".to_owned(), rows }];
}

#[derive(Clone, Copy)]
enum Bound {
    Here,
    Elsewhere,
}

fn stamp(identity: &mut Identity, environment: &str, bound: Bound) {
    let elsewhere = Binding::Neon { project: "other".to_owned(), branch: "br-other".to_owned() };
    let binding = match bound {
        Bound::Here => identity.binding().unwrap_or(elsewhere),
        Bound::Elsewhere => elsewhere,
    };
    identity.stamp = StampState::Stamped(Stamp {
        environment: environment.to_owned(),
        binding,
        stamped_at: "2026-01-01 00:00:00+00".to_owned(),
        guard_version: "0.1.0".to_owned(),
        parent_environment: None,
    });
}

const POLICY: &str = "\
version = 1
name    = \"live\"

[environments.production]
data      = \"real\"
databases = [\"main\", \"vault\"]
forbidden_rights = [\"superuser\"]
tripwire.\"public.users\" = { rows = 50, recent = \"created_at\" }

[environments.sandbox]
data      = \"synthetic\"
databases = [\"play\"]
seed      = true
forbidden_rights = [\"superuser\"]
tripwire.\"public.users\" = { rows = 50, recent = \"created_at\" }

[environments.local]
data      = \"masked\"
databases = [\"here\"]
seed      = true
live      = true
forbidden_rights = [\"superuser\"]
tripwire.\"public.users\" = { rows = 50, recent = \"created_at\" }

# Real data that somebody lets be seeded by mistake, where any server may be.
[environments.archive]
data      = \"real\"
databases = [\"attic\"]
seed      = true
tripwire.\"public.users\" = { rows = 50, recent = \"created_at\" }

[databases.main]
provider  = \"neon\"
project   = \"quiet-river\"
branch.id = \"br-main\"
endpoints = [\"ep-main-1.eu-central-1.aws.neon.tech\"]
database  = \"koomy\"

[databases.vault]
endpoints = [\"vault.koomy.app\"]
database  = \"koomy\"
system_identifier = \"7\"

[databases.play]
provider  = \"neon\"
project   = \"quiet-river\"
branch.id = \"br-play\"
endpoints = [\"ep-play-2.eu-central-1.aws.neon.tech\"]
database  = \"koomy\"

[databases.here]
hosts     = [\"localhost\"]
database  = \"koomy\"

[databases.attic]
hosts     = [\"attic\"]
network   = \"private\"
database  = \"koomy\"

[connections.primary]
url = \"DATABASE_URL\"

[variables.E]
is = \"environment\"
";
