//! What servers said about themselves, as text for people.

use std::fmt::Write;

use crate::facts::{
    Answer, Binding, Cause, Cluster, Counted, Identity, Live, Neon, Observed, Right, Role, Rows,
    Server, Stamp, StampState, Tables, Trace,
};
use crate::gate::Verdict;
use crate::policy::{Database, Policy};
use crate::report::decision::environments_of;
use crate::report::escape::visible;
use crate::rules::{database_of, is_whole};

/// Writes a block for each server that was asked.
pub(in crate::report) fn identities(policy: &Policy, verdict: &Verdict<'_>) -> String {
    match verdict.live {
        Live::NotAsked => String::new(),
        Live::Asked(answers) => answers.iter().map(|one| block(policy, verdict, one)).collect(),
    }
}

fn block(policy: &Policy, verdict: &Verdict<'_>, answer: &Answer) -> String {
    let Answer { connection, identity } = answer;
    let destination = verdict.destination(connection);
    let mut out = visible(connection).into_owned();
    if let Some(destination) = destination {
        let _infallible = write!(out, " ({})", visible(&destination.variable.name));
    }
    out.push_str(":\n");
    let mut lines = Lines(out);
    match identity {
        Observed::Seen(identity) => {
            server(&mut lines, identity);
            let by_address = destination.and_then(|destination| destination.database);
            lines.add("says it is", &recognised(policy, identity, by_address));
            lines.add("address of", &known_as(policy, by_address));
            lines.add("stamp", &stamp(identity));
            identity.tripwires.iter().for_each(|counted| lines.add("tripwire", &tripwire(counted)));
        }
        Observed::Absent => lines.add("answer", "none"),
        Observed::Unreadable(causes) => {
            for Cause { message, help, place: _ } in causes.iter() {
                lines.add("answer", &format!("none: {message}"));
                lines.add("help", help);
            }
        }
    }
    lines.0
}

/// The database of the policy that a server identifies itself as.
fn recognised(policy: &Policy, identity: &Identity, by_address: Option<&Database>) -> String {
    let database = database_of(policy, identity);
    let said = known_as(policy, database);
    if database.is_none() && by_address.is_some_and(|database| !database.pins_its_server()) {
        return "a server that the policy does not pin".to_owned();
    }
    match database {
        Some(database) if !is_whole(database, identity) => {
            format!("another database on the server of {said}")
        }
        Some(_) | None => said,
    }
}

/// Lines of a name and a text.
struct Lines(String);

impl Lines {
    fn add(&mut self, name: &str, text: &str) {
        let _infallible = writeln!(self.0, "  {name:10} {}", visible(text));
    }
}

fn server(lines: &mut Lines, identity: &Identity) {
    let Identity { server, version, database, role, address, read_only, traces, .. } = identity;
    let address = address.as_ref().map(|address| format!(", listening at {address}"));
    let address = address.unwrap_or_default();
    let read_only = if *read_only { ", read-only" } else { "" };
    let engine = match server {
        Server::Postgres { .. } => "PostgreSQL",
        Server::MySql { .. } => "MySQL or MariaDB",
    };
    lines.add("server", &format!("{engine} {version}{address}{read_only}"));
    lines.add("database", database);
    lines.add("role", &rights(role));
    match server {
        Server::Postgres { neon, cluster } => {
            if let Some(neon) = neon {
                lines.add("neon", &branch(neon));
            }
            lines.add("cluster", &cluster.as_ref().map_or_else(not_reported, self::cluster));
        }
        Server::MySql { hostname, uuid } => {
            lines.add("hostname", hostname);
            if let Some(uuid) = uuid {
                lines.add("uuid", uuid);
            }
        }
    }
    for Trace { service, by } in traces {
        lines.add("trace of", &format!("{service}, by `{by}`"));
    }
}

fn rights(Role { name, rights }: &Role) -> String {
    let rights: Vec<_> = rights.iter().map(|right: &Right| right.name()).collect();
    match rights.as_slice() {
        [] => format!("{name} (no rights beyond its grants)"),
        rights => format!("{name} ({})", rights.join(", ")),
    }
}

fn branch(Neon { project, branch, endpoint, timeline }: &Neon) -> String {
    let parts =
        [("project", project), ("branch", branch), ("endpoint", endpoint), ("timeline", timeline)];
    let part = |(name, id): (&str, &Option<String>)| {
        format!("{name} {}", id.as_deref().unwrap_or("not reported"))
    };
    parts.map(part).join(", ")
}

fn cluster(Cluster { system_identifier, database_oid }: &Cluster) -> String {
    format!("system identifier {system_identifier}, database oid {database_oid}")
}

fn not_reported() -> String {
    "not reported".to_owned()
}

/// The policy's name for a database, and the environments that it belongs to.
pub(in crate::report) fn known_as(policy: &Policy, database: Option<&Database>) -> String {
    let Some(database) = database else { return "not a database of the policy".to_owned() };
    let name = &database.name.value;
    match environments_of(policy, database).as_slice() {
        [] => format!("`{name}`, a database of no environment"),
        names => format!("`{name}`, a database of `{}`", names.join("`, `")),
    }
}

fn stamp(identity: &Identity) -> String {
    let stamp = match &identity.stamp {
        StampState::No { tables: Tables::Absent } => return "none; no tables either".to_owned(),
        StampState::No { tables: Tables::Present } => return "none; there are tables".to_owned(),
        StampState::Emptied => return "without a row: a copy of the schema, or emptied".to_owned(),
        StampState::Unreadable { why } => return format!("cannot be read: {why}"),
        StampState::Stamped(stamp) => stamp,
    };
    let Stamp { environment, binding, stamped_at, guard_version, parent_environment } = stamp;
    let bound = if identity.binding().as_ref() == Some(binding) {
        "bound to this database".to_owned()
    } else {
        format!("bound elsewhere: {}", bound_to(binding))
    };
    let parent = parent_environment.as_ref().map(|name| format!(", adopted as a copy of `{name}`"));
    let parent = parent.unwrap_or_default();
    format!("`{environment}`, {bound}; written {stamped_at} by version {guard_version}{parent}")
}

fn bound_to(binding: &Binding) -> String {
    match binding {
        Binding::Neon { project, branch } => format!("project {project}, branch {branch}"),
        Binding::Plain { system_identifier, database_oid, database } => format!(
            "system identifier {system_identifier}, database oid {database_oid}, database {database}"
        ),
    }
}

fn tripwire(Counted { table, rows }: &Counted) -> String {
    match rows {
        Rows::NoTable => format!("`{table}` is not there"),
        Rows::Seen { too_many: false, recent: false } => {
            format!("`{table}` holds no more than it may")
        }
        Rows::Seen { too_many: true, recent: false } => format!("`{table}` holds too many rows"),
        Rows::Seen { too_many: false, recent: true } => format!("`{table}` holds recent rows"),
        Rows::Seen { too_many: true, recent: true } => {
            format!("`{table}` holds too many rows, and recent ones")
        }
        Rows::Unreadable { why } => format!("`{table}` could not be counted: {why}"),
    }
}
