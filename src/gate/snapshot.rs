//! A copy of what was judged: the variables, and where the connections lead to.

use super::{Note, Verdict};
use crate::facts::{Facts, Identity, Observed, Variables};
use crate::policy::{Connection, Policy};
use crate::rules::Destination;
use crate::target::Target;
#[cfg(feature = "postgres")]
use crate::{
    assertion,
    facts::Cause,
    observe::database::{Patience, postgres::Prepared},
    observe::log_wait,
    target::Engine,
};

/// What a permit carries: the very facts that were judged.
pub struct Snapshot {
    pub(super) environment: String,
    pub(super) rules_asked: Vec<&'static str>,
    pub(super) variables: Variables,
    pub(super) notes: Vec<Note>,
    connections: Vec<Connected>,
}

/// Where a connection leads to.
struct Connected {
    connection: String,
    /// The database's name in the policy.
    database: String,
    target: Target,
    /// What the server said about itself, if it was asked.
    identity: Option<Identity>,
    /// How to connect; `None` if it is not PostgreSQL.
    #[cfg(feature = "postgres")]
    prepared: Option<Prepared>,
}

impl Snapshot {
    pub(super) fn of(policy: &Policy, verdict: &Verdict<'_>, facts: &Facts) -> Self {
        let mut variables = match &facts.variables {
            Observed::Seen(variables) => variables.clone(),
            Observed::Absent | Observed::Unreadable(_) => Variables::default(),
        };
        variables.retain(|name| !policy.knows_in_another_case(name));
        let connected = |(connection, to): (&Connection, &Destination<'_>)| Connected {
            connection: connection.name.value.clone(),
            database: to.database.map(|known| known.name.value.clone()).unwrap_or_default(),
            target: to.target.clone(),
            identity: facts.live.answer(&connection.name.value).and_then(Observed::seen).cloned(),
            #[cfg(feature = "postgres")]
            prepared: prepared(policy, to),
        };
        Self {
            environment: verdict.environment.map(|it| it.name.value.clone()).unwrap_or_default(),
            rules_asked: verdict.rules_asked.clone(),
            connections: verdict.destinations().map(connected).collect(),
            variables,
            notes: verdict.notes.clone(),
        }
    }

    /// `connection:database`, for each connection.
    pub(super) fn databases(&self) -> String {
        let pair = |known: &Connected| format!("{}:{}", known.connection, known.database);
        self.connections.iter().map(pair).collect::<Vec<_>>().join(",")
    }

    pub(super) fn target(&self, connection: &str) -> Option<&Target> {
        self.connection(connection).map(|known| &known.target)
    }

    pub(super) fn identity(&self, connection: &str) -> Option<&Identity> {
        self.connection(connection)?.identity.as_ref()
    }

    fn connection(&self, name: &str) -> Option<&Connected> {
        self.connections.iter().find(|known| known.connection == name)
    }
}

#[cfg(feature = "postgres")]
fn prepared(policy: &Policy, to: &Destination<'_>) -> Option<Prepared> {
    let is_postgres = to.target.engine() == Engine::Postgres;
    is_postgres.then(|| Prepared::of(policy, to, Patience::default()))
}

#[cfg(feature = "postgres")]
impl Snapshot {
    pub(super) fn connect(&self, name: &str) -> Result<::postgres::Client, ConnectError> {
        let Some(known) = self.connection(name) else {
            return Err(ConnectError::NoConnection { name: name.to_owned() });
        };
        let Some(prepared) = &known.prepared else {
            return Err(ConnectError::NotPostgres { name: name.to_owned() });
        };
        let assertion = assertion_of(known.identity.as_ref(), name)?;
        let mut client = prepared.connect(&log_wait)?;
        if let Some(assertion) = assertion {
            client.batch_execute(&assertion).map_err(|error| ConnectError::of(&error, name))?;
        }
        Ok(client)
    }
}

/// The statement that recognises the server; `None` if it was not asked.
///
/// INVARIANT: no connection is made to a server that was asked and cannot be recognised.
#[cfg(feature = "postgres")]
fn assertion_of(identity: Option<&Identity>, name: &str) -> Result<Option<String>, ConnectError> {
    let Some(identity) = identity else { return Ok(None) };
    let unknowable = || ConnectError::Unassertable { name: name.to_owned() };
    assertion::of_identity(identity).map(Some).ok_or_else(unknowable)
}

/// Why there is no connection to a judged target; never shows a value.
#[cfg(feature = "postgres")]
#[derive(Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The policy has no connection of that name, or it is not set.
    #[error("no connection `{name}` was judged; declare it in the policy, and set it")]
    NoConnection {
        /// The name.
        name: String,
    },
    /// The connection leads to MySQL.
    #[error("`{name}` is not PostgreSQL; connect to its target with a driver of your own")]
    NotPostgres {
        /// The name.
        name: String,
    },
    /// The server cannot be reached, or not as the target demands.
    #[error("{}; {}", .0.message, .0.help)]
    Unreachable(Cause),
    /// The connection broke before the server was recognised.
    #[error("the connection `{name}` broke before its server was recognised; try again")]
    Lost {
        /// The name.
        name: String,
    },
    /// The server says too little about itself to be recognised.
    #[error(
        "the server of `{name}` says too little about itself to be recognised; \
         `guard-cli identify` shows what it says"
    )]
    Unassertable {
        /// The name.
        name: String,
    },
    /// Another server answers than the one that was asked who it is.
    #[error("`{name}` leads to another server than the one that was asked; start again")]
    Another {
        /// The name.
        name: String,
    },
}

#[cfg(feature = "postgres")]
impl ConnectError {
    /// DELIBERATE: the server's own words are dropped, since they may be anything.
    fn of(error: &::postgres::Error, name: &str) -> Self {
        let name = name.to_owned();
        match error.code().map(::postgres::error::SqlState::code) {
            Some(assertion::RAISED) => Self::Another { name },
            Some(_) | None => Self::Lost { name },
        }
    }
}

#[cfg(feature = "postgres")]
impl From<Cause> for ConnectError {
    fn from(cause: Cause) -> Self {
        Self::Unreachable(cause)
    }
}

#[cfg(all(test, feature = "postgres"))]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::facts::{Neon, Role, Server, StampState, Tables};

    #[test]
    fn no_connection_is_made_to_a_server_that_cannot_be_recognised() {
        let neon = |project: Option<&str>| Server::Postgres {
            neon: Some(Neon {
                project: project.map(str::to_owned),
                branch: Some("br-1".to_owned()),
                ..Neon::default()
            }),
            cluster: None,
        };
        let says = |server| Identity {
            server,
            version: "17".to_owned(),
            database: "app".to_owned(),
            role: Role { name: "app".to_owned(), rights: BTreeSet::new() },
            address: None,
            read_only: false,
            traces: BTreeSet::new(),
            stamp: StampState::No { tables: Tables::Absent },
            tripwires: Vec::new(),
        };
        let mysql = Server::MySql { hostname: "a".to_owned(), uuid: None };
        for server in [neon(None), mysql] {
            let found = assertion_of(Some(&says(server)), "primary");
            assert!(matches!(found, Err(ConnectError::Unassertable { .. })), "{found:?}");
        }
        assert!(matches!(assertion_of(Some(&says(neon(Some("p")))), "primary"), Ok(Some(_))));
        assert!(matches!(assertion_of(None, "primary"), Ok(None)), "it was not asked");
    }
}
