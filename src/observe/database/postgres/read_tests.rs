//! Answers of every form, as they are read.

use std::collections::BTreeSet;

use super::super::common::name;
use super::super::failure::Failure;
use super::answer::{Answer, Cells, Error};
use super::read::read;
use crate::facts::{Identity, Right, Rows, Server, StampState, Tables};
use crate::policy::{SqlName, TableName, Tripwire};
use crate::source::{Span, Spanned};

type Row = &'static [&'static str];

/// A row; `-` is NULL.
fn row(cells: &[&str]) -> Cells {
    cells.iter().map(|cell| Some(*cell).filter(|cell| *cell != "-").map(str::to_owned)).collect()
}

fn rows(rows: &[&[&str]]) -> Answer {
    Answer::Rows(rows.iter().map(|cells| row(cells)).collect())
}

const SESSION: Row = &["session", "start", "shop", "app", "15.2", "127.0.0.1", "5432", "f", "off"];
const KNOWN: Row = &["known", "-", "-", "-", "-", "-", "-"];
const ROLE: Row = &["role", "16385", "app", "f", "f", "f", "f", "f", "f"];
const TABLES: Row = &["tables", "f"];
const PLAIN: [Row; 4] = [SESSION, KNOWN, ROLE, TABLES];

const NO_STAMP: Answer = Answer::Error(Error::NoTable);
const NO_CONTROL: Answer = Answer::Error(Error::Denied);

/// What a plain server says, without the rows about `without` and with others.
fn of(without: &str, with: &[&[&str]]) -> Result<Identity, Failure> {
    let kept = PLAIN.iter().copied().filter(|row| row.first() != Some(&without));
    let session: Vec<&[&str]> = kept.chain(with.iter().copied()).collect();
    read(&[rows(&session), NO_CONTROL, NO_STAMP], &[])
}

#[test]
fn each_required_row_is_there_once_and_complete() {
    assert!(of("", &[]).is_ok());
    for known in PLAIN {
        let about = known[0];
        assert_eq!(of(about, &[]).err(), Some(Failure::Answer), "without {about}");
        if about != "role" {
            assert_eq!(of("", &[known]).err(), Some(Failure::Answer), "{about} twice");
        }
        assert_eq!(of(about, &[&[about]]).err(), Some(Failure::Answer), "{about} of nothing");
        let longer = [known, &["more"]].concat();
        assert_eq!(of(about, &[&longer]).err(), Some(Failure::Answer), "{about} and more");
        for cell in 1..known.len() {
            for nonsense in ["-", "nonsense\u{1b}"] {
                let mut broken = known.to_vec();
                broken[cell] = nonsense;
                // A start that is missing matches any server; a socket has no address, a
                // role's name is not used, and any role may be known.
                let is_free = match (about, cell) {
                    ("session", 1) | ("known", _) | ("role", 2) => true,
                    ("session", 5 | 6) => nonsense == "-",
                    _ => false,
                };
                assert_eq!(of(about, &[&broken]).is_ok(), is_free, "{about} {cell} {nonsense:?}");
            }
        }
    }
    assert!(of("", &[&["-"], &[], &["other", "x"]]).is_ok(), "unrequested rows are ignored");
}

#[test]
fn each_message_has_its_answer() {
    let session = || rows(&PLAIN);
    let answer = || Err(Failure::Answer);
    assert_eq!(read(&[], &[]), answer());
    assert_eq!(read(&[session()], &[]), answer());
    assert_eq!(read(&[session(), NO_CONTROL], &[]), answer());
    assert_eq!(read(&[Answer::Error(Error::Other), NO_CONTROL, NO_STAMP], &[]), answer());
    assert_eq!(read(&[session(), NO_CONTROL, NO_STAMP, NO_STAMP], &[]), answer());
    assert_eq!(read(&[session(), NO_CONTROL, NO_STAMP], &[tripwire(Some(1), None)]), answer());
}

#[test]
fn answers_from_two_servers_are_refused() {
    let session = || rows(&PLAIN);
    for (start, database) in [("other", "shop"), ("start", "other"), ("-", "shop"), ("start", "-")]
    {
        let control = rows(&[&["control", start, database, "7000"]]);
        assert_eq!(read(&[session(), control, NO_STAMP], &[]), Err(Failure::TwoServers));
        let stamp = rows(&[&["stamp", start, database]]);
        assert_eq!(read(&[session(), NO_CONTROL, stamp], &[]), Err(Failure::TwoServers));
        let count = rows(&[&["tripwire", start, database, "1", "-"]]);
        let found = read(&[session(), NO_CONTROL, NO_STAMP, count], &[tripwire(Some(1), None)]);
        assert_eq!(found, Err(Failure::TwoServers));
    }
}

#[test]
fn a_setting_counts_if_only_the_start_can_set_it() {
    let neon = |rows: &[&[&str]]| {
        of("", rows).map(|identity| match identity.server {
            Server::Postgres { neon, .. } => neon.map(|neon| (neon.project, neon.branch)),
            Server::MySql { .. } => panic!("not PostgreSQL"),
        })
    };
    let ids = |project: Option<&str>, branch: Option<&str>| {
        Ok(Some((project.map(str::to_owned), branch.map(str::to_owned))))
    };
    let project: Row = &["setting", "neon.project_id", "p", "postmaster"];
    let branch: Row = &["setting", "neon.branch_id", "b", "postmaster"];
    assert_eq!(neon(&[]), Ok(None));
    assert_eq!(neon(&[project]), ids(Some("p"), None));
    assert_eq!(neon(&[branch, project]), ids(Some("p"), Some("b")));
    for nothing in ["", "-"] {
        let branch = ["setting", "neon.branch_id", nothing, "postmaster"];
        assert_eq!(neon(&[project, &branch]), ids(Some("p"), None));
        assert_eq!(neon(&[&branch]), ids(None, None), "it is a compute all the same");
    }
    for context in ["user", "superuser", "sighup", "backend", "internal", "Postmaster", "", "-"] {
        let spoof = ["setting", "neon.branch_id", "b", context];
        assert_eq!(neon(&[&spoof]), Ok(None), "{context}");
        assert_eq!(neon(&[project, &spoof]), ids(Some("p"), None), "{context}");
    }
    assert_eq!(neon(&[&["setting", "neon.other", "x", "postmaster"]]), Ok(None));
    assert_eq!(neon(&[&["setting", "other.branch_id", "x", "postmaster"]]), Ok(None));
    assert_eq!(neon(&[project, project]), Err(Failure::Answer));
    let broken: Row = &["setting", "neon.branch_id", "b\n", "postmaster"];
    assert_eq!(neon(&[broken]), Err(Failure::Answer));
}

#[test]
fn a_cluster_is_known_or_not() {
    let cluster = |control: Answer| {
        read(&[rows(&PLAIN), control, NO_STAMP], &[]).map(|identity| match identity.server {
            Server::Postgres { cluster, .. } => {
                cluster.map(|cluster| (cluster.system_identifier, cluster.database_oid))
            }
            Server::MySql { .. } => panic!("not PostgreSQL"),
        })
    };
    let control = |id: &str| rows(&[&["control", "start", "shop", id]]);
    assert_eq!(cluster(control("7000")), Ok(Some(("7000".to_owned(), 16385))));
    for id in ["", "-", "x", "7 000", "-1"] {
        assert_eq!(cluster(control(id)), Err(Failure::Answer), "{id}");
    }
    assert_eq!(cluster(rows(&[])), Err(Failure::Answer));
    for error in [Error::NoTable, Error::Denied, Error::Slow, Error::Other] {
        assert_eq!(cluster(Answer::Error(error)), Ok(None));
    }
}

#[test]
fn a_server_that_cannot_be_written_is_read_only() {
    let table = [("f", "off", false), ("f", "on", true), ("t", "off", true), ("t", "on", true)];
    for (recovery, default, expected) in table {
        let mut session = SESSION.to_vec();
        session[7] = recovery;
        session[8] = default;
        let found = of("session", &[&session]).map(|identity| identity.read_only);
        assert_eq!(found, Ok(expected), "{recovery} {default}");
    }
}

#[test]
fn rights_are_collected() {
    let rights = |rows: &[&[&str]]| of("", rows).map(|identity| identity.role.rights);
    let flags = [
        Right::Owner,
        Right::Superuser,
        Right::BypassRls,
        Right::Replication,
        Right::CreateRole,
        Right::CreateDatabase,
    ];
    for (index, right) in flags.into_iter().enumerate() {
        let mut other = ROLE.to_vec();
        other[2] = "other";
        other[3 + index] = "t";
        let expected = match right {
            Right::Superuser => BTreeSet::from(Right::ALL),
            right => BTreeSet::from([right]),
        };
        assert_eq!(rights(&[&other]), Ok(expected), "{right:?}");
    }
    let mut writer = ROLE.to_vec();
    writer[2] = "pg_write_all_data";
    assert_eq!(rights(&[&writer]), Ok(BTreeSet::from([Right::WriteAllData])));
    let mut elsewhere = ROLE.to_vec();
    elsewhere[1] = "16386";
    assert_eq!(rights(&[&elsewhere]), Err(Failure::Answer), "of another database");
}

#[test]
fn traces_are_settings_and_roles() {
    let known = ["known", "-", "-", "-", "-", "-", "supabase_admin"];
    let traces = of(
        "known",
        &[
            &known,
            &["setting", "rds.extensions", "", "sighup"],
            &["setting", "cloudsql.iam", "", "sighup"],
            &["setting", "azure.x", "", "sighup"],
            &["setting", "neon.branch_id", "b", "user"],
            &["setting", "plpgsql.rds", "b", "user"],
        ],
    );
    let traces = traces.map(|identity| identity.traces).unwrap_or_default();
    let found: Vec<_> = traces.iter().map(|trace| (trace.service, trace.by.as_str())).collect();
    let expected = [
        ("azure", "azure.x"),
        ("cloud-sql", "cloudsql.iam"),
        ("rds", "rds.extensions"),
        ("supabase", "supabase_admin"),
    ];
    assert_eq!(found, expected);
}

#[test]
fn names_can_stand_in_a_message() {
    let long = "x".repeat(513);
    let table = [
        ("shop", true),
        ("a b'\"é", true),
        ("", false),
        ("a\u{1b}[2J", false),
        ("a\nb", false),
        ("\u{85}", false),
        (long.as_str(), false),
        (&long[1..], true),
    ];
    for (text, good) in table {
        assert_eq!(name(Some(text)).is_ok(), good, "{text:?}");
        for cell in 2..=4 {
            let mut session = SESSION.to_vec();
            session[cell] = text;
            assert_eq!(of("session", &[&session]).is_ok(), good, "{cell} {text:?}");
        }
    }
}

fn tripwire(rows: Option<u32>, recent: Option<&str>) -> Tripwire {
    let table = Spanned { value: TableName::parse("public.t").unwrap(), span: Span::default() };
    Tripwire { table, rows, recent: recent.and_then(SqlName::parse) }
}

#[test]
fn counts_are_compared_here() {
    let seen = |too_many, recent| Ok(Rows::Seen { too_many, recent });
    let table = [
        (Some(3), None, ["3", "-"], seen(false, false)),
        (Some(3), None, ["4", "-"], seen(true, false)),
        (Some(u32::MAX), None, ["4294967296", "-"], seen(true, false)),
        (Some(3), None, ["-", "-"], Err(Failure::Answer)),
        (Some(3), None, ["-4", "-"], Err(Failure::Answer)),
        (None, Some("at"), ["-", "t"], seen(false, true)),
        (None, Some("at"), ["-", "f"], seen(false, false)),
        (None, Some("at"), ["-", "-"], Err(Failure::Answer)),
        (Some(0), Some("at"), ["0", "nonsense"], Err(Failure::Answer)),
        (Some(0), Some("at"), ["1", "t"], seen(true, true)),
    ];
    let found = |tripwire: Tripwire, count: Answer| {
        let found = read(&[rows(&PLAIN), NO_CONTROL, NO_STAMP, count], &[tripwire]);
        found.map(|mut identity| identity.tripwires.remove(0).rows)
    };
    for (most, recent, [count, young], expected) in table {
        let count = rows(&[&["tripwire", "start", "shop", count, young]]);
        assert_eq!(found(tripwire(most, recent), count), expected, "{most:?} {recent:?}");
    }
    assert_eq!(found(tripwire(Some(3), None), rows(&[])), Err(Failure::Answer));
    let error = |error| found(tripwire(Some(3), None), Answer::Error(error));
    assert_eq!(error(Error::NoTable), Ok(Rows::NoTable));
    for kind in [Error::Denied, Error::Slow, Error::Other] {
        assert!(matches!(error(kind), Ok(Rows::Unreadable { .. })), "{kind:?}");
    }
}

#[test]
fn a_stamp_is_complete_or_unreadable() {
    const ROW: Row = &[
        "stamp", "start", "shop", "sandbox", "plain", "-", "-", "7000", "16385", "shop", "2026",
        "0.1.0", "-", "r",
    ];
    let stamp = |stamp: Answer| {
        read(&[rows(&PLAIN), NO_CONTROL, stamp], &[]).map(|identity| identity.stamp)
    };
    let incomplete = StampState::Unreadable { why: "its row is not complete".to_owned() };
    assert!(matches!(stamp(rows(&[ROW])), Ok(StampState::Stamped(_))));
    for cell in [3, 4, 7, 8, 9, 10, 11] {
        for nothing in ["-", ""] {
            let mut row = ROW.to_vec();
            row[cell] = nothing;
            assert_eq!(stamp(rows(&[&row])), Ok(incomplete.clone()), "{cell}");
        }
    }
    let mut parent = ROW.to_vec();
    parent[12] = "\u{1b}";
    assert_eq!(stamp(rows(&[&parent])), Ok(incomplete));
    let mut view = ROW.to_vec();
    view[13] = "m";
    let why = "something else has its name".to_owned();
    assert_eq!(stamp(rows(&[&view])), Ok(StampState::Unreadable { why }));
    assert_eq!(stamp(rows(&[&ROW[..13]])), Err(Failure::Answer));
    assert_eq!(stamp(rows(&[])), Ok(StampState::Emptied));
    assert_eq!(stamp(NO_STAMP), Ok(StampState::No { tables: Tables::Absent }));
    let whys = [
        rows(&[ROW, ROW]),
        Answer::Error(Error::Denied),
        Answer::Error(Error::Slow),
        Answer::Error(Error::Other),
    ];
    let whys: BTreeSet<_> = whys.map(|answer| format!("{:?}", stamp(answer))).into();
    assert!(whys.len() == 4 && whys.iter().all(|why| why.starts_with("Ok(Unreadable")), "{whys:?}");
}
