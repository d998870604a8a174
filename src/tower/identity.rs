//! What a debug endpoint may tell about the databases.

use std::sync::Arc;

use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Response};
use serde_json::{Value, json};

use crate::facts::{Binding, Facts, Identity, Observed, Server, StampState};
use crate::gate::{Boot, Permit, Verdict};
use crate::policy::Connection;
use crate::rules::Destination;

/// What the servers of the connections said about themselves, for a debug endpoint.
///
/// It contains no URL, no password and no variable's value: only the servers' own words
/// and names from the policy.
#[derive(Clone)]
pub struct DbIdentity {
    pub(super) known: Arc<Known>,
    fresh: Vec<(String, Identity)>,
}

/// What the permit knows about it.
pub(super) struct Known {
    environment: String,
    connections: Vec<Connected>,
}

struct Connected {
    name: String,
    database: Option<Declared>,
    said: Option<Identity>,
}

/// What the policy says about a database.
struct Declared {
    name: String,
    provider: Option<&'static str>,
}

impl Permit<Boot> {
    /// What a debug endpoint may tell about the databases, as their servers identified
    /// themselves when this process started.
    pub fn db_identity(&self) -> DbIdentity {
        DbIdentity { known: Arc::clone(&self.judged().identity), fresh: Vec::new() }
    }
}

impl DbIdentity {
    /// Replaces what the server of one connection said by what it says now.
    pub fn fresh(mut self, connection: impl Into<String>, identity: Identity) -> Self {
        self.fresh.push((connection.into(), identity));
        self
    }

    /// Makes the response, which may not be cached.
    ///
    /// With the feature `axum`, the identity is a handler that returns it:
    /// `get(boot.db_identity())`.
    pub fn response<B: From<String>>(&self) -> Response<B> {
        let mut response = Response::new(B::from(self.to_json()));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }

    /// The body of the response.
    pub fn to_json(&self) -> String {
        let Known { environment, connections } = &*self.known;
        let connections: Vec<_> = connections.iter().map(|known| self.connection(known)).collect();
        json!({ "environment": environment, "connections": connections }).to_string()
    }

    fn connection(&self, known: &Connected) -> Value {
        let fresh = self.fresh.iter().rev().find(|(name, _)| *name == known.name);
        let said = fresh.map(|(_, identity)| identity).or(known.said.as_ref());
        json!({
            "connection": known.name,
            "policy_database": known.database.as_ref().map(|it| it.name.as_str()),
            "provider": known.database.as_ref().and_then(|it| it.provider),
            "identity": said.map(identity),
        })
    }
}

impl Known {
    pub(super) fn of(verdict: &Verdict<'_>, facts: &Facts) -> Self {
        let here = verdict.environment.map(|here| here.name.value.clone());
        let destinations = verdict.destinations();
        Self {
            environment: here.unwrap_or_default(),
            connections: destinations.map(|(name, to)| Connected::of(name, to, facts)).collect(),
        }
    }
}

impl Connected {
    fn of(connection: &Connection, destination: &Destination<'_>, facts: &Facts) -> Self {
        let name = connection.name.value.clone();
        let said = match facts.live.answer(&name) {
            Some(Observed::Seen(identity)) => Some(identity.clone()),
            Some(Observed::Absent | Observed::Unreadable(_)) | None => None,
        };
        let declared = destination.database.map(|database| Declared {
            name: database.name.value.clone(),
            provider: database.provider.map(|provider| provider.name()),
        });
        Self { name, database: declared, said }
    }
}

fn identity(said: &Identity) -> Value {
    let (project, branch, endpoint, system_identifier) = match &said.server {
        Server::Postgres { neon, cluster } => (
            neon.as_ref().and_then(|neon| neon.project.as_deref()),
            neon.as_ref().and_then(|neon| neon.branch.as_deref()),
            neon.as_ref().and_then(|neon| neon.endpoint.as_deref()),
            cluster.as_ref().map(|cluster| cluster.system_identifier.as_str()),
        ),
        Server::MySql { .. } => (None, None, None, None),
    };
    json!({
        "project": project,
        "branch": branch,
        "endpoint": endpoint,
        "system_identifier": system_identifier,
        "database": said.database,
        "role": said.role.name,
        "version": said.version,
        "read_only": said.read_only,
        "stamp": stamp(&said.stamp),
    })
}

fn stamp(marked: &StampState) -> Value {
    match marked {
        StampState::No { .. } => json!({ "found": false }),
        StampState::Emptied => json!({ "found": true, "readable": false, "why": "it has no row" }),
        StampState::Unreadable { why } => json!({ "found": true, "readable": false, "why": why }),
        StampState::Stamped(stamp) => {
            let bound_to = match &stamp.binding {
                Binding::Neon { project, branch } => {
                    json!({ "project": project, "branch": branch })
                }
                Binding::Plain { system_identifier, database_oid: _, database } => {
                    json!({ "system_identifier": system_identifier, "database": database })
                }
            };
            json!({
                "found": true,
                "readable": true,
                "environment": stamp.environment,
                "bound_to": bound_to,
                "stamped_at": stamp.stamped_at,
                "parent_environment": stamp.parent_environment,
            })
        }
    }
}
