//! Interprets the answers of a PostgreSQL server.
//!
//! Total: a hostile server may answer anything.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use super::super::common::name;
use super::super::failure::Failure;
use super::answer::{Answer, Cells, Error};
use crate::facts::{
    Binding, Cluster, Counted, Identity, Neon, Right, Role, Rows, Server, Stamp, StampState,
    Tables, Trace,
};
use crate::policy::Tripwire;
use crate::target::Provider;

/// Reads the answers to the messages of a probe, in their order.
pub(super) fn read(answers: &[Answer], tripwires: &[Tripwire]) -> Result<Identity, Failure> {
    let [Answer::Rows(session), control, stamp, counts @ ..] = answers else {
        return Err(Failure::Answer);
    };
    let session = Session::of(session)?;
    if counts.len() != tripwires.len() {
        return Err(Failure::Answer);
    }
    let counted = |(tripwire, answer): (&Tripwire, &Answer)| {
        let rows = session.count(tripwire, answer)?;
        Ok(Counted { table: tripwire.table.value.to_string(), rows })
    };
    let (database_oid, rights) = session.rights()?;
    Ok(Identity {
        server: Server::Postgres {
            neon: session.neon()?,
            cluster: session.cluster(control, database_oid)?,
        },
        version: name(session.version)?,
        database: name(session.database)?,
        role: Role { name: name(session.role)?, rights },
        address: session.address()?,
        read_only: flag(session.recovery)? || flag(session.reads)?,
        traces: session.traces()?,
        stamp: session.stamp(stamp)?,
        tripwires: tripwires.iter().zip(counts).map(counted).collect::<Result<_, _>>()?,
    })
}

type Text<'a> = Option<&'a str>;

/// The first answer.
struct Session<'a> {
    rows: &'a [Cells],
    start: Text<'a>,
    database: Text<'a>,
    role: Text<'a>,
    version: Text<'a>,
    host: Text<'a>,
    port: Text<'a>,
    recovery: Text<'a>,
    reads: Text<'a>,
}

impl<'a> Session<'a> {
    fn of(rows: &'a [Cells]) -> Result<Self, Failure> {
        let [start, database, role, version, host, port, recovery, reads] = one(rows, "session")?;
        Ok(Self { rows, start, database, role, version, host, port, recovery, reads })
    }

    /// The row of another answer, if there is one; it must come from the same server.
    fn beside<const N: usize>(&self, row: &'a Cells) -> Result<[Text<'a>; N], Failure> {
        let mut cells = row.iter().map(Option::as_deref);
        let (_, start, database) = (cells.next(), cells.next(), cells.next());
        if start != Some(self.start) || database != Some(self.database) {
            return Err(Failure::TwoServers);
        }
        exactly(cells)
    }

    /// INVARIANT: a setting counts only if nothing but the server's start can set it. Any
    /// other is a placeholder that a session may have filled.
    fn neon(&self) -> Result<Option<Neon>, Failure> {
        let mut neon: Option<Neon> = None;
        for row in all(self.rows, "setting") {
            let [setting, value, context] = row?;
            let (Some(setting), Some("postmaster")) = (setting, context) else { continue };
            let field: fn(&mut Neon) -> &mut Option<String> = match setting {
                "neon.project_id" => |neon| &mut neon.project,
                "neon.branch_id" => |neon| &mut neon.branch,
                "neon.endpoint_id" => |neon| &mut neon.endpoint,
                "neon.timeline_id" => |neon| &mut neon.timeline,
                _ => continue,
            };
            let id = value.filter(|id| !id.is_empty()).map(|id| name(Some(id))).transpose()?;
            let field = field(neon.get_or_insert_default());
            if std::mem::replace(field, id).is_some() {
                return Err(Failure::Answer);
            }
        }
        Ok(neon)
    }

    fn cluster(
        &'a self,
        control: &'a Answer,
        database_oid: u32,
    ) -> Result<Option<Cluster>, Failure> {
        let row = match control {
            Answer::Rows(rows) => {
                let [row] = rows.as_slice() else { return Err(Failure::Answer) };
                row
            }
            // The role may not read it, or there is none: the cluster is unknown.
            Answer::Error(_) => return Ok(None),
        };
        let [id] = self.beside(row)?;
        let id = id.filter(|id| id.bytes().all(|byte| byte.is_ascii_digit()));
        Ok(Some(Cluster { system_identifier: name(id)?, database_oid }))
    }

    fn rights(&self) -> Result<(u32, BTreeSet<Right>), Failure> {
        let mut rights = BTreeSet::new();
        let mut database: Option<u32> = None;
        for row in all(self.rows, "role") {
            let [oid, role, flags @ ..]: [_; 8] = row?;
            let oid = number(oid)?;
            if database.replace(oid).is_some_and(|known| known != oid) {
                return Err(Failure::Answer);
            }
            if role == Some("pg_write_all_data") {
                rights.insert(Right::WriteAllData);
            }
            for (has, right) in flags.into_iter().zip(FLAGS) {
                if flag(has)? {
                    rights.insert(*right);
                }
            }
        }
        if rights.contains(&Right::Superuser) {
            rights.extend(Right::ALL);
        }
        Ok((database.ok_or(Failure::Answer)?, rights))
    }

    fn address(&self) -> Result<Option<String>, Failure> {
        let (Some(host), Some(port)) = (self.host, self.port) else { return Ok(None) };
        let host: IpAddr = host.parse().map_err(|_| Failure::Answer)?;
        Ok(Some(SocketAddr::new(host, number(Some(port))?).to_string()))
    }

    fn traces(&self) -> Result<BTreeSet<Trace>, Failure> {
        let known: [_; 6] = one(self.rows, "known")?;
        let roles = ROLES.iter().zip(known).filter(|(_, found)| found.is_some());
        let mut traces: BTreeSet<_> =
            roles.map(|((role, service), _)| Trace { service, by: (*role).to_owned() }).collect();
        for row in all(self.rows, "setting") {
            let [setting, _, _] = row?;
            let setting = name(setting)?;
            let of = SETTINGS.iter().find(|(prefix, _)| setting.starts_with(prefix));
            traces.extend(of.map(|(_, service)| Trace { service, by: setting }));
        }
        Ok(traces)
    }

    fn stamp(&'a self, answer: &'a Answer) -> Result<StampState, Failure> {
        let [tables] = one(self.rows, "tables")?;
        let tables = if flag(tables)? { Tables::Present } else { Tables::Absent };
        let unreadable = |why: &str| Ok(StampState::Unreadable { why: why.to_owned() });
        match answer {
            Answer::Error(Error::NoTable) => Ok(StampState::No { tables }),
            Answer::Error(Error::Denied) => unreadable("the role has no right to read it"),
            Answer::Error(Error::Slow) => unreadable("another session has locked it"),
            Answer::Error(Error::Other) => unreadable("something else has its name"),
            Answer::Rows(rows) => match rows.as_slice() {
                [] => Ok(StampState::Emptied),
                [row] => match self.beside::<11>(row)? {
                    [cells @ .., Some("r")] => {
                        Ok(stamped(cells).map_or_else(incomplete, StampState::Stamped))
                    }
                    // A materialized view can be sampled like a table.
                    [..] => unreadable("something else has its name"),
                },
                [_, _, ..] => unreadable("it has several rows"),
            },
        }
    }

    fn count(&'a self, tripwire: &Tripwire, answer: &'a Answer) -> Result<Rows, Failure> {
        let why = match answer {
            Answer::Rows(rows) => {
                let [row] = rows.as_slice() else { return Err(Failure::Answer) };
                return seen(tripwire, self.beside(row)?);
            }
            Answer::Error(Error::NoTable) => return Ok(Rows::NoTable),
            Answer::Error(Error::Denied) => "the role has no right to read it",
            Answer::Error(Error::Slow) => {
                "counting it takes too long, or another session has locked it"
            }
            Answer::Error(Error::Other) => "counting it fails",
        };
        Ok(Rows::Unreadable { why: why.to_owned() })
    }
}

fn seen(tripwire: &Tripwire, [count, recent]: [Text<'_>; 2]) -> Result<Rows, Failure> {
    let too_many = match tripwire.rows {
        Some(most) => number::<u64>(count)? > u64::from(most),
        None => false,
    };
    let recent = match &tripwire.recent {
        Some(_) => flag(recent)?,
        None => false,
    };
    Ok(Rows::Seen { too_many, recent })
}

fn stamped(row: [Text<'_>; 10]) -> Option<Stamp> {
    let [env, kind, project, branch, cluster, oid, database, stamped_at, version, parent] = row;
    let binding = match kind? {
        "neon" => Binding::Neon { project: name(project).ok()?, branch: name(branch).ok()? },
        "plain" => Binding::Plain {
            system_identifier: name(cluster).ok()?,
            database_oid: number(oid).ok()?,
            database: name(database).ok()?,
        },
        _ => return None,
    };
    Some(Stamp {
        environment: name(env).ok()?,
        binding,
        stamped_at: name(stamped_at).ok()?,
        guard_version: name(version).ok()?,
        parent_environment: parent.map(|parent| name(Some(parent))).transpose().ok()?,
    })
}

fn incomplete() -> StampState {
    StampState::Unreadable { why: "its row is not complete".to_owned() }
}

/// The rows about a topic, without the word for it.
fn all<'a, const N: usize>(
    rows: &'a [Cells],
    about: &'static str,
) -> impl Iterator<Item = Result<[Text<'a>; N], Failure>> {
    let rows = rows.iter().filter(move |row| row.first() == Some(&Some(about.to_owned())));
    rows.map(|row| exactly(row.iter().skip(1).map(Option::as_deref)))
}

fn one<'a, const N: usize>(
    rows: &'a [Cells],
    about: &'static str,
) -> Result<[Text<'a>; N], Failure> {
    let mut rows = all(rows, about);
    match (rows.next(), rows.next()) {
        (Some(row), None) => row,
        (None | Some(_), _) => Err(Failure::Answer),
    }
}

fn exactly<'a, const N: usize>(
    cells: impl Iterator<Item = Text<'a>>,
) -> Result<[Text<'a>; N], Failure> {
    cells.collect::<Vec<_>>().try_into().map_err(|_| Failure::Answer)
}

fn number<T: FromStr>(text: Text<'_>) -> Result<T, Failure> {
    text.and_then(|text| text.parse().ok()).ok_or(Failure::Answer)
}

fn flag(text: Text<'_>) -> Result<bool, Failure> {
    match text {
        Some("t" | "on") => Ok(true),
        Some("f" | "off") => Ok(false),
        Some(_) | None => Err(Failure::Answer),
    }
}

/// The rights in the columns of a role's row, after its name.
const FLAGS: &[Right] = &[
    Right::Owner,
    Right::Superuser,
    Right::BypassRls,
    Right::Replication,
    Right::CreateRole,
    Right::CreateDatabase,
];

/// The columns of the row of known roles.
const ROLES: &[(&str, &str)] = &[
    ("neon_superuser", Provider::Neon.name()),
    ("databricks_superuser", Provider::Neon.name()),
    ("rds_superuser", Provider::Rds.name()),
    ("cloudsqlsuperuser", Provider::CloudSql.name()),
    ("azure_pg_admin", AZURE),
    ("supabase_admin", Provider::Supabase.name()),
];

const SETTINGS: &[(&str, &str)] =
    &[("rds.", Provider::Rds.name()), ("cloudsql.", Provider::CloudSql.name()), ("azure.", AZURE)];

const AZURE: &str = "azure";
