//! What servers said about themselves, as JSON.

use serde::Serialize;

use crate::facts::{
    Answer, Binding, Cause, Counted, Identity, Live, Neon, Observed, Role, Rows, Server, Stamp,
    StampState, Tables, Trace,
};
use crate::gate::Verdict;
use crate::policy::{Database, Policy};
use crate::report::decision::environments_of;
use crate::rules::{database_of, is_whole};
use crate::target::Engine;

/// The answer of one connection's server, or why there is none.
#[derive(Serialize)]
pub(super) struct AnswerObject<'a> {
    connection: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    variable: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    server: Option<ServerObject<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    causes: Vec<CauseObject<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy_database: Option<PolicyDatabaseObject<'a>>,
}

#[derive(Serialize)]
struct CauseObject<'a> {
    message: &'a str,
    help: &'a str,
}

/// The policy's names for a database; `None` if it is not one of the policy's.
#[derive(Serialize)]
struct PolicyDatabaseObject<'a> {
    by_address: Option<&'a str>,
    by_identity: Option<&'a str>,
    environments: Vec<&'a str>,
}

#[derive(Serialize)]
struct ServerObject<'a> {
    engine: &'static str,
    version: &'a str,
    database: &'a str,
    role: &'a str,
    rights: Vec<&'static str>,
    address: Option<&'a str>,
    read_only: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    neon: Option<NeonObject<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    system_identifier: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    database_oid: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hostname: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    server_uuid: Option<&'a str>,
    traces: Vec<TraceObject<'a>>,
    stamp: StampObject<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tripwire: Vec<TripwireObject<'a>>,
}

#[derive(Serialize)]
struct NeonObject<'a> {
    project: Option<&'a str>,
    branch: Option<&'a str>,
    endpoint: Option<&'a str>,
    timeline: Option<&'a str>,
}

#[derive(Serialize)]
struct TraceObject<'a> {
    service: &'static str,
    by: &'a str,
}

#[derive(Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
enum StampObject<'a> {
    None {
        has_tables: bool,
    },
    Empty,
    Stamped {
        environment: &'a str,
        /// Whether the stamp was written for the database that it was read from.
        is_of_this_database: bool,
        bound_to: BindingObject<'a>,
        stamped_at: &'a str,
        guard_version: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        copied_from: Option<&'a str>,
    },
    Unreadable {
        message: &'a str,
    },
}

#[derive(Serialize)]
#[serde(untagged)]
enum BindingObject<'a> {
    Neon { project: &'a str, branch: &'a str },
    Plain { system_identifier: &'a str, database_oid: u32, database: &'a str },
}

#[derive(Serialize)]
struct TripwireObject<'a> {
    table: &'a str,
    #[serde(flatten)]
    rows: RowsObject<'a>,
}

#[derive(Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
enum RowsObject<'a> {
    NoTable,
    Seen { too_many: bool, recent: bool },
    Unreadable { message: &'a str },
}

/// The answers of the servers; `None` if none was asked.
pub(super) fn answers<'a>(
    policy: &'a Policy,
    verdict: &Verdict<'a>,
) -> Option<Vec<AnswerObject<'a>>> {
    match verdict.live {
        Live::NotAsked => None,
        Live::Asked(answers) => {
            Some(answers.iter().map(|one| answer(policy, verdict, one)).collect())
        }
    }
}

fn answer<'a>(policy: &'a Policy, verdict: &Verdict<'a>, answer: &'a Answer) -> AnswerObject<'a> {
    let Answer { connection, identity } = answer;
    let destination = verdict.destination(connection);
    let (server, causes) = match identity {
        Observed::Seen(identity) => (Some(identity), Vec::new()),
        Observed::Absent => (None, Vec::new()),
        Observed::Unreadable(causes) => (None, causes.iter().map(cause).collect()),
    };
    let by_address = destination.and_then(|destination| destination.database);
    AnswerObject {
        connection,
        variable: destination.map(|destination| destination.variable.name.as_str()),
        policy_database: server.map(|identity| names(policy, by_address, identity)),
        server: server.map(said),
        causes,
    }
}

fn cause(Cause { message, help, place: _ }: &Cause) -> CauseObject<'_> {
    CauseObject { message, help }
}

fn names<'a>(
    policy: &'a Policy,
    by_address: Option<&'a Database>,
    identity: &Identity,
) -> PolicyDatabaseObject<'a> {
    let by_identity = database_of(policy, identity).filter(|it| is_whole(it, identity));
    let name = |database: &'a Database| database.name.value.as_str();
    PolicyDatabaseObject {
        by_address: by_address.map(name),
        by_identity: by_identity.map(name),
        environments: by_identity
            .map(|database| environments_of(policy, database))
            .unwrap_or_default(),
    }
}

fn said(identity: &Identity) -> ServerObject<'_> {
    let Identity { server, version, database, role, address, read_only, .. } = identity;
    let Identity { traces, tripwires, .. } = identity;
    let Role { name, rights } = role;
    let object = ServerObject {
        engine: engine(server).scheme(),
        version,
        database,
        role: name,
        rights: rights.iter().map(|right| right.name()).collect(),
        address: address.as_deref(),
        read_only: *read_only,
        neon: None,
        system_identifier: None,
        database_oid: None,
        hostname: None,
        server_uuid: None,
        traces: traces.iter().map(trace).collect(),
        stamp: stamp(identity),
        tripwire: tripwires.iter().map(tripwire).collect(),
    };
    match server {
        Server::Postgres { neon, cluster } => ServerObject {
            neon: neon.as_ref().map(branch),
            system_identifier: cluster.as_ref().map(|it| it.system_identifier.as_str()),
            database_oid: cluster.as_ref().map(|it| it.database_oid),
            ..object
        },
        Server::MySql { hostname, uuid } => {
            ServerObject { hostname: Some(hostname), server_uuid: uuid.as_deref(), ..object }
        }
    }
}

fn engine(server: &Server) -> Engine {
    match server {
        Server::Postgres { .. } => Engine::Postgres,
        Server::MySql { .. } => Engine::MySql,
    }
}

fn branch(Neon { project, branch, endpoint, timeline }: &Neon) -> NeonObject<'_> {
    NeonObject {
        project: project.as_deref(),
        branch: branch.as_deref(),
        endpoint: endpoint.as_deref(),
        timeline: timeline.as_deref(),
    }
}

fn trace(Trace { service, by }: &Trace) -> TraceObject<'_> {
    TraceObject { service, by }
}

fn stamp(identity: &Identity) -> StampObject<'_> {
    match &identity.stamp {
        StampState::No { tables } => StampObject::None { has_tables: *tables == Tables::Present },
        StampState::Emptied => StampObject::Empty,
        StampState::Stamped(stamp) => {
            let Stamp { environment, binding, stamped_at, guard_version, parent_environment } =
                stamp;
            StampObject::Stamped {
                environment,
                is_of_this_database: identity.binding().as_ref() == Some(binding),
                bound_to: bound_to(binding),
                stamped_at,
                guard_version,
                copied_from: parent_environment.as_deref(),
            }
        }
        StampState::Unreadable { why } => StampObject::Unreadable { message: why },
    }
}

fn bound_to(binding: &Binding) -> BindingObject<'_> {
    match binding {
        Binding::Neon { project, branch } => BindingObject::Neon { project, branch },
        Binding::Plain { system_identifier, database_oid, database } => {
            BindingObject::Plain { system_identifier, database_oid: *database_oid, database }
        }
    }
}

fn tripwire(Counted { table, rows }: &Counted) -> TripwireObject<'_> {
    let rows = match rows {
        Rows::NoTable => RowsObject::NoTable,
        Rows::Seen { too_many, recent } => {
            RowsObject::Seen { too_many: *too_many, recent: *recent }
        }
        Rows::Unreadable { why } => RowsObject::Unreadable { message: why },
    };
    TripwireObject { table, rows }
}
