//! Answers of every form, read.

use super::super::failure::Failure;
use super::super::name;
use super::read::{Row, read, unreadable};
use crate::facts::{Identity, Marked, Right, Rows, Server, Tables};
use crate::policy::Tripwire;
use crate::source::{Span, Spanned};

type Text = Option<&'static str>;

fn row(texts: &[&str]) -> Row {
    let mut row: Row = [const { None }; 4];
    for (field, text) in row.iter_mut().zip(texts) {
        *field = Some(*text).filter(|text| *text != "-").map(str::to_owned);
    }
    row
}

const PLAIN: &[&[&str]] = &[
    &["session", "shop", "app", "15.2"],
    &["address", "127.0.0.1", "5432"],
    &["writing", "false", "off"],
    &["database", "16385"],
    &["tables", "false"],
    &["stamp", "none"],
];

/// The answer of a plain server, without the rows about `without` and with
/// others.
fn answer(without: &str, with: &[&[&str]]) -> Vec<Row> {
    let kept = PLAIN.iter().filter(|row| row.first() != Some(&without));
    kept.chain(with).map(|texts| row(texts)).collect()
}

fn of(without: &str, with: &[&[&str]]) -> Result<Identity, Failure> {
    read(&answer(without, with), &[])
}

#[test]
fn each_row_that_must_be_there_is_there_once() {
    assert!(of("", &[]).is_ok());
    assert_eq!(read(&[], &[]), Err(Failure::Answer));
    for [about, ..] in PLAIN.iter().map(|row| [row[0]]) {
        assert_eq!(of(about, &[]), Err(Failure::Answer), "without {about}");
        let again = PLAIN.iter().find(|row| row[0] == about).copied().unwrap_or_default();
        assert_eq!(of("", &[again]), Err(Failure::Answer), "{about} twice");
        assert_eq!(
            of(about, &[&[about]]),
            Err(Failure::Answer).or(null(about)),
            "{about} of nothing"
        );
        let nonsense = [about, "nonsense", "nonsense", "nonsense"];
        let expected = about != "session";
        assert_eq!(of(about, &[&nonsense]).is_err(), expected, "{about} of nonsense");
    }
    assert!(of("", &[&["-"], &["other", "x"]]).is_ok(), "what nobody asked for is not heard");
}

/// A socket has no address.
fn null(about: &str) -> Result<Identity, Failure> {
    let mut identity = of("", &[])?;
    identity.address = None;
    if about == "address" { Ok(identity) } else { Err(Failure::Answer) }
}

#[test]
fn a_setting_counts_if_the_start_alone_sets_it() {
    let neon = |rows: &[&[&str]]| {
        of("", rows).map(|identity| match identity.server {
            Server::Postgres { neon, .. } => neon.map(|neon| (neon.project, neon.branch)),
            Server::MySql { .. } => panic!("not PostgreSQL"),
        })
    };
    let ids = |project: Text, branch: Text| {
        Ok(Some((project.map(str::to_owned), branch.map(str::to_owned))))
    };
    let project: &[&str] = &["setting", "neon.project_id", "p", "postmaster"];
    let branch: &[&str] = &["setting", "neon.branch_id", "b", "postmaster"];
    assert_eq!(neon(&[]), Ok(None));
    assert_eq!(neon(&[project]), ids(Some("p"), None));
    assert_eq!(neon(&[branch, project]), ids(Some("p"), Some("b")));
    assert_eq!(
        neon(&[project, &["setting", "neon.branch_id", "", "postmaster"]]),
        ids(Some("p"), None)
    );
    assert_eq!(
        neon(&[project, &["setting", "neon.branch_id", "-", "postmaster"]]),
        ids(Some("p"), None)
    );
    for context in ["user", "superuser", "sighup", "backend", "internal", "Postmaster", "", "-"] {
        let spoof: &[&str] = &["setting", "neon.branch_id", "b", context];
        assert_eq!(neon(&[spoof]), Ok(None), "{context}");
        assert_eq!(neon(&[project, spoof]), ids(Some("p"), None), "{context}");
    }
    assert_eq!(neon(&[project, project]), Err(Failure::Answer));
    assert_eq!(neon(&[&["setting", "neon.other", "x", "postmaster"]]), Err(Failure::Answer));
    assert_eq!(neon(&[&["setting", "neon.branch_id", "b\n", "postmaster"]]), Err(Failure::Answer));
}

#[test]
fn a_cluster_is_known_or_not() {
    let cluster = |id: &str| {
        of("", &[&["cluster", id]]).map(|identity| match identity.server {
            Server::Postgres { cluster, .. } => {
                cluster.map(|c| (c.system_identifier, c.database_oid))
            }
            Server::MySql { .. } => panic!("not PostgreSQL"),
        })
    };
    assert_eq!(cluster("7000"), Ok(Some(("7000".to_owned(), 16385))));
    for id in ["", "-", "x", "7 000", "-1"] {
        assert_eq!(cluster(id), Err(Failure::Answer), "{id}");
    }
}

#[test]
fn a_server_that_cannot_be_written_is_read_only() {
    let table = [
        (["false", "off"], Ok(false)),
        (["false", "on"], Ok(true)),
        (["true", "off"], Ok(true)),
        (["true", "on"], Ok(true)),
        (["-", "off"], Err(Failure::Answer)),
        (["false", "-"], Err(Failure::Answer)),
        (["f", "off"], Err(Failure::Answer)),
    ];
    for ([recovery, default], expected) in table {
        let found = of("writing", &[&["writing", recovery, default]]);
        assert_eq!(found.map(|identity| identity.read_only), expected, "{recovery} {default}");
    }
}

#[test]
fn rights_are_collected() {
    let rights = |rows: &[&[&str]]| of("", rows).map(|identity| identity.role.rights);
    let table: [(&[&[&str]], &[Right]); 4] = [
        (&[&["rights", ""]], &[]),
        (&[&["rights", "owner"]], &[Right::Owner]),
        (
            &[&["rights", "owner create-role"], &["rights", "owner"]],
            &[Right::Owner, Right::CreateRole],
        ),
        (&[&["rights", "superuser"]], &Right::ALL),
    ];
    for (rows, expected) in table {
        assert_eq!(rights(rows), Ok(expected.iter().copied().collect()));
    }
    for right in Right::ALL {
        assert!(rights(&[&["rights", right.name()]]).is_ok_and(|found| found.contains(&right)));
    }
    assert_eq!(rights(&[&["rights", "more"]]), Err(Failure::Answer));
    assert_eq!(rights(&[&["rights", "-"]]), Err(Failure::Answer));
}

#[test]
fn traces_are_settings_and_roles() {
    let traces = of(
        "",
        &[
            &["setting", "rds.extensions", "", "sighup"],
            &["setting", "cloudsql.iam", "", "sighup"],
            &["setting", "azure.x", "", "sighup"],
            &["setting", "neon.branch_id", "b", "user"],
            &["known", "supabase_admin"],
            &["known", "stranger"],
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
    for (text, good) in [
        ("shop", true),
        ("a b'\"é", true),
        ("", false),
        ("a\u{1b}[2J", false),
        ("a\nb", false),
        ("\u{85}", false),
        (long.as_str(), false),
        (&long[1..], true),
    ] {
        assert_eq!(name(Some(text)).is_ok(), good, "{text:?}");
        assert_eq!(of("session", &[&["session", text, "app", "15"]]).is_ok(), good, "{text:?}");
        assert_eq!(of("session", &[&["session", "shop", text, "15"]]).is_ok(), good, "{text:?}");
        assert_eq!(of("session", &[&["session", "shop", "app", text]]).is_ok(), good, "{text:?}");
    }
}

fn tripwire(rows: Option<u32>, recent: Option<&str>) -> Tripwire {
    let table = Spanned { value: "public.t".to_owned(), span: Span::default() };
    Tripwire { table, rows, recent: recent.map(str::to_owned) }
}

#[test]
fn counts_are_compared_here() {
    type Case = (Option<u32>, Text, &'static [&'static str], Result<Rows, Failure>);
    let table: [Case; 12] = [
        (Some(3), None, &["none"], Ok(Rows::NoTable)),
        (Some(3), None, &["seen", "3"], Ok(Rows::Seen { too_many: false, recent: false })),
        (Some(3), None, &["seen", "4"], Ok(Rows::Seen { too_many: true, recent: false })),
        (
            Some(u32::MAX),
            None,
            &["seen", "4294967296"],
            Ok(Rows::Seen { too_many: true, recent: false }),
        ),
        (Some(3), None, &["seen", "-"], Err(Failure::Answer)),
        (Some(3), None, &["seen", "-4"], Err(Failure::Answer)),
        (
            None,
            Some("at"),
            &["seen", "-", "true"],
            Ok(Rows::Seen { too_many: false, recent: true }),
        ),
        (
            None,
            Some("at"),
            &["seen", "-", "false"],
            Ok(Rows::Seen { too_many: false, recent: false }),
        ),
        (None, Some("at"), &["seen", "-", "t"], Err(Failure::Answer)),
        (Some(0), Some("at"), &["seen", "0", "-"], Err(Failure::Answer)),
        (Some(3), None, &["other"], Ok(Rows::Unreadable { why: "it is no table".to_owned() })),
        (Some(3), None, &["nonsense"], Err(Failure::Answer)),
    ];
    for (most, recent, texts, expected) in table {
        let rows = answer("", &[&[&["tripwire"], texts].concat()]);
        let found = read(&rows, &[tripwire(most, recent)]);
        let found =
            found.map(|identity| identity.tripwires.first().map(|found| found.rows.clone()));
        assert_eq!(found, expected.map(Some), "{texts:?}");
        assert_eq!(read(&rows, &[]), Err(Failure::Answer), "one that nobody asked for");
    }
    let silent = read(&answer("", &[]), &[tripwire(Some(1), None)]);
    assert_eq!(silent, Err(Failure::Answer), "one that was not counted");
}

#[test]
fn a_stamp_is_whole_or_is_none() {
    const FIELDS: &[&[&str]] = &[
        &["stamped", "env", "sandbox"],
        &["stamped", "bound_kind", "plain"],
        &["stamped", "system_identifier", "7000"],
        &["stamped", "database_oid", "16385"],
        &["stamped", "database_name", "shop"],
        &["stamped", "stamped_at", "2026"],
        &["stamped", "guard_version", "0.1.0"],
    ];
    let stamp = |states: &[&str], fields: &[&[&str]]| {
        let states: Vec<_> = states.iter().map(|state| ["stamp", *state]).collect();
        let rows: Vec<_> =
            states.iter().map(|state| &state[..]).chain(fields.iter().copied()).collect();
        of("stamp", &rows).map(|identity| identity.stamp)
    };
    assert!(matches!(stamp(&["table", "row"], FIELDS), Ok(Marked::Stamped(_))));
    for left_out in FIELDS {
        let fields: Vec<_> = FIELDS.iter().copied().filter(|field| field != left_out).collect();
        let found = stamp(&["table", "row"], &fields);
        assert_eq!(found, Ok(unreadable("its row is not complete")), "{left_out:?}");
    }
    assert_eq!(stamp(&["none"], FIELDS), Ok(Marked::No { tables: Tables::None }));
    assert_eq!(stamp(&["table"], FIELDS), Ok(Marked::Emptied));
    assert_eq!(stamp(&["table", "row", "row"], FIELDS), Ok(unreadable("it has several rows")));
    for states in [&["row"][..], &["nonsense"], &["none", "row"], &["none", "none"], &["-"], &[]] {
        assert_eq!(stamp(states, FIELDS), Err(Failure::Answer), "{states:?}");
    }
}
