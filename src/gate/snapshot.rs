//! What was judged, kept: the variables, and where the connections lead.

#[cfg(feature = "postgres")]
use std::sync::Arc;

use super::Verdict;
use super::permit::name_of;
use crate::facts::{Facts, Identity, Observed, Variables};
use crate::policy::{Connection, Policy};
use crate::rules::Destination;
use crate::target::Target;
#[cfg(feature = "postgres")]
use crate::{
    assertion,
    facts::Cause,
    observe::database,
    policy::Database,
    source::{Place, Source},
};

/// What a permit hands on: the very facts that were judged.
pub struct Snapshot {
    pub(super) environment: String,
    pub(super) rules_asked: Vec<&'static str>,
    pub(super) variables: Variables,
    connections: Vec<Connected>,
    #[cfg(feature = "postgres")]
    policy: Arc<Source>,
}

/// Where a connection leads.
struct Connected {
    connection: String,
    /// The database's name in the policy.
    database: String,
    target: Target,
    /// What the server said of itself, where it was asked.
    identity: Option<Identity>,
    #[cfg(feature = "postgres")]
    known: Option<Database>,
    #[cfg(feature = "postgres")]
    place: Place,
}

impl Snapshot {
    pub(super) fn of(policy: &Policy, verdict: &Verdict<'_>, facts: &Facts) -> Self {
        let mut variables = match &facts.variables {
            Observed::Seen(variables) => variables.clone(),
            Observed::Absent | Observed::Unreadable(_) => Variables::default(),
        };
        variables.retain(|name| !policy.knows_in_another_case(name));
        let connections = verdict.destinations();
        Self {
            environment: name_of(verdict.environment),
            rules_asked: verdict.rules_asked.clone(),
            connections: connections.map(|(name, to)| Connected::of(name, to, facts)).collect(),
            variables,
            #[cfg(feature = "postgres")]
            policy: Arc::clone(policy.source()),
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
impl Snapshot {
    pub(super) fn connect(&self, name: &str) -> Result<::postgres::Client, ConnectError> {
        let Some(known) = self.connection(name) else {
            return Err(ConnectError::NoConnection { name: name.to_owned() });
        };
        let mut client = database::postgres::connect(
            &self.policy,
            known.known.as_ref(),
            &known.target,
            &known.place,
            database::Patience::default(),
            &|notice| tracing::warn!("{notice}"),
        )?;
        if let Some(assertion) = known.identity.as_ref().and_then(assertion::of_identity) {
            client
                .batch_execute(&assertion)
                .map_err(|_| ConnectError::Another { name: name.to_owned() })?;
        }
        Ok(client)
    }
}

/// Why there is no connection to a judged target. Holds no value.
#[cfg(feature = "postgres")]
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The policy has no such connection, or it is not set.
    #[error("no connection `{name}` was judged; declare it in the policy, and set it")]
    NoConnection {
        /// The name.
        name: String,
    },
    /// The server cannot be reached, or not as the target demands.
    #[error("{}; {}", .0.message, .0.help)]
    Unreachable(Cause),
    /// The server that answers is not the one that was asked who it is.
    #[error("`{name}` leads to another server than the one that was asked; start again")]
    Another {
        /// The name.
        name: String,
    },
}

#[cfg(feature = "postgres")]
impl From<Cause> for ConnectError {
    fn from(cause: Cause) -> Self {
        Self::Unreachable(cause)
    }
}

impl Connected {
    fn of(connection: &Connection, destination: &Destination<'_>, facts: &Facts) -> Self {
        let name = &connection.name.value;
        let database = destination.database;
        Self {
            connection: name.clone(),
            database: database.map(|known| known.name.value.clone()).unwrap_or_default(),
            target: destination.target.clone(),
            identity: facts.live.answer(name).and_then(Observed::seen).cloned(),
            #[cfg(feature = "postgres")]
            known: database.cloned(),
            #[cfg(feature = "postgres")]
            place: destination.variable.place.clone(),
        }
    }
}
