//! What a PostgreSQL server answered, read.
//!
//! Total: a hostile server may answer anything.

use std::collections::BTreeSet;

use super::super::failure::Failure;
use crate::facts::{
    Binding, Cluster, Counted, Identity, Marked, Neon, Right, Role, Rows, Server, Stamp, Tables,
    Trace,
};
use crate::policy::Tripwire;
use crate::target::Provider;

/// A row of the answer: what it is about, and up to three texts.
pub(super) type Row = [Option<String>; 4];

/// Reads the rows.
pub(super) fn read(rows: &[Row], tripwires: &[Tripwire]) -> Result<Identity, Failure> {
    let answer = Answer(rows);
    let [database, role, version] = answer.one("session")?;
    let (database, role, version) = (name(database)?, name(role)?, name(version)?);
    let [tables, ..] = answer.one("tables")?;
    let tables = match tables {
        Some("true") => Tables::Some,
        Some("false") => Tables::None,
        Some(_) | None => return Err(Failure::Answer),
    };
    Ok(Identity {
        server: Server::Postgres { neon: answer.neon()?, cluster: answer.cluster()? },
        version,
        database,
        role: Role { name: role, rights: answer.rights()? },
        address: answer.address()?,
        read_only: answer.read_only()?,
        traces: answer.traces()?,
        stamp: answer.stamp(tables)?,
        tripwires: answer.tripwires(tripwires)?,
    })
}

struct Answer<'a>(&'a [Row]);

type Texts<'a> = [Option<&'a str>; 3];

impl<'a> Answer<'a> {
    fn all(&self, about: &'static str) -> impl Iterator<Item = Texts<'a>> {
        let rows = self.0.iter().filter(move |[kind, ..]| kind.as_deref() == Some(about));
        rows.map(|[_, a, b, c]| [a.as_deref(), b.as_deref(), c.as_deref()])
    }

    fn at_most_one(&self, about: &'static str) -> Result<Option<Texts<'a>>, Failure> {
        let mut rows = self.all(about);
        match (rows.next(), rows.next()) {
            (row, None) => Ok(row),
            (_, Some(_)) => Err(Failure::Answer),
        }
    }

    fn one(&self, about: &'static str) -> Result<Texts<'a>, Failure> {
        self.at_most_one(about)?.ok_or(Failure::Answer)
    }

    /// INVARIANT: a setting counts only if the server's start alone sets it; any
    /// other is a placeholder that a session may have filled.
    fn neon(&self) -> Result<Option<Neon>, Failure> {
        let mut neon: Option<Neon> = None;
        for [setting, value, context] in self.all("setting") {
            let (Some(setting), Some("postmaster")) = (setting, context) else { continue };
            let Some(id) = setting.strip_prefix("neon.") else { continue };
            let neon = neon.get_or_insert_default();
            let field = match id {
                "project_id" => &mut neon.project,
                "branch_id" => &mut neon.branch,
                "endpoint_id" => &mut neon.endpoint,
                "timeline_id" => &mut neon.timeline,
                _ => return Err(Failure::Answer),
            };
            let id = value.filter(|id| !id.is_empty()).map(|id| name(Some(id))).transpose()?;
            if std::mem::replace(field, id).is_some() {
                return Err(Failure::Answer);
            }
        }
        Ok(neon)
    }

    fn cluster(&self) -> Result<Option<Cluster>, Failure> {
        let [oid, ..] = self.one("database")?;
        let database_oid = number(oid)?;
        let Some([id, ..]) = self.at_most_one("cluster")? else { return Ok(None) };
        let id = id.filter(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()));
        let system_identifier = name(id)?;
        Ok(Some(Cluster { system_identifier, database_oid }))
    }

    fn rights(&self) -> Result<BTreeSet<Right>, Failure> {
        let mut rights = BTreeSet::new();
        for [words, ..] in self.all("rights") {
            for word in words.ok_or(Failure::Answer)?.split(' ').filter(|word| !word.is_empty()) {
                rights.insert(Right::from_name(word).ok_or(Failure::Answer)?);
            }
        }
        if rights.contains(&Right::Superuser) {
            rights.extend(Right::ALL);
        }
        Ok(rights)
    }

    fn address(&self) -> Result<Option<String>, Failure> {
        let [host, port, _] = self.one("address")?;
        let (Some(host), Some(port)) = (host, port) else { return Ok(None) };
        let host: std::net::IpAddr = host.parse().map_err(|_| Failure::Answer)?;
        let port: u16 = number(Some(port))?;
        Ok(Some(std::net::SocketAddr::new(host, port).to_string()))
    }

    fn read_only(&self) -> Result<bool, Failure> {
        match self.one("writing")? {
            [Some("false"), Some("off"), _] => Ok(false),
            [Some("true" | "false"), Some("on" | "off"), _] => Ok(true),
            _ => Err(Failure::Answer),
        }
    }

    fn traces(&self) -> Result<BTreeSet<Trace>, Failure> {
        let settings = self.all("setting").filter_map(|[setting, ..]| {
            let setting = setting?;
            let (_, service) = SETTINGS.iter().find(|(prefix, _)| setting.starts_with(prefix))?;
            Some((*service, setting))
        });
        let roles = self.all("known").filter_map(|[role, ..]| {
            let (role, service) = ROLES.iter().find(|(known, _)| role == Some(*known))?;
            Some((*service, *role))
        });
        let mut traces = BTreeSet::new();
        for (service, by) in roles.chain(settings) {
            traces.insert(Trace { service, by: name(Some(by))? });
        }
        Ok(traces)
    }

    fn stamp(&self, tables: Tables) -> Result<Marked, Failure> {
        let states: Vec<_> = self.all("stamp").map(|[state, ..]| state).collect();
        Ok(match states.as_slice() {
            [Some("none")] => Marked::No { tables },
            [Some("table")] => Marked::Emptied,
            [Some("table"), Some("row")] => self.stamped(),
            [Some("table"), Some("row"), ..] => unreadable("it has several rows"),
            [Some("other")] => unreadable("something else has its name"),
            [Some("denied")] => unreadable("the role has no right to read it"),
            [Some("locked")] => unreadable("another session has locked it"),
            [Some("error")] => unreadable("reading it is an error"),
            _ => return Err(Failure::Answer),
        })
    }

    fn stamped(&self) -> Marked {
        let field = |key: &str| {
            let mut fields = self.all("stamped").filter(|[known, ..]| *known == Some(key));
            fields.next().and_then(|[_, value, _]| name(value).ok())
        };
        let required = || {
            let binding = match field("bound_kind")?.as_str() {
                "neon" => {
                    Binding::Neon { project: field("project_id")?, branch: field("branch_id")? }
                }
                "plain" => Binding::Plain {
                    system_identifier: field("system_identifier")?,
                    database_oid: field("database_oid")?.parse().ok()?,
                    database: field("database_name")?,
                },
                _ => return None,
            };
            Some(Stamp {
                environment: field("env")?,
                binding,
                stamped_at: field("stamped_at")?,
                guard_version: field("guard_version")?,
                parent_environment: field("parent_env"),
            })
        };
        required().map_or_else(|| unreadable("its row is not complete"), Marked::Stamped)
    }

    fn tripwires(&self, tripwires: &[Tripwire]) -> Result<Vec<Counted>, Failure> {
        let found: Vec<_> = self.all("tripwire").collect();
        if found.len() != tripwires.len() {
            return Err(Failure::Answer);
        }
        let counted = |(tripwire, texts): (&Tripwire, &Texts<'_>)| {
            Ok(Counted { table: tripwire.table.value.clone(), rows: rows(tripwire, *texts)? })
        };
        tripwires.iter().zip(&found).map(counted).collect()
    }
}

fn rows(tripwire: &Tripwire, [state, count, recent]: Texts<'_>) -> Result<Rows, Failure> {
    let why = match state {
        Some("none") => return Ok(Rows::NoTable),
        Some("seen") => {
            let too_many = match tripwire.rows {
                Some(most) => number::<u64>(count)? > u64::from(most),
                None => false,
            };
            let recent = match (&tripwire.recent, recent) {
                (None, _) | (Some(_), Some("false")) => false,
                (Some(_), Some("true")) => true,
                (Some(_), Some(_) | None) => return Err(Failure::Answer),
            };
            return Ok(Rows::Seen { too_many, recent });
        }
        Some("denied") => "the role has no right to read it",
        Some("slow") => "counting it takes too long, or another session has locked it",
        Some("other") => "it is no table",
        Some("error") => "counting it is an error",
        Some(_) | None => return Err(Failure::Answer),
    };
    Ok(Rows::Unreadable { why: why.to_owned() })
}

fn unreadable(why: &str) -> Marked {
    Marked::Unreadable { why: why.to_owned() }
}

fn number<T: std::str::FromStr>(text: Option<&str>) -> Result<T, Failure> {
    text.and_then(|text| text.parse().ok()).ok_or(Failure::Answer)
}

/// A text that can stand in a message: not empty, not long, no control character.
fn name(text: Option<&str>) -> Result<String, Failure> {
    text.filter(|text| (1..=LONGEST).contains(&text.len()) && !text.chars().any(char::is_control))
        .map(str::to_owned)
        .ok_or(Failure::Answer)
}

const LONGEST: usize = 512;

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
