//! The statement that begins a transaction which must run only on the right server.
//!
//! It is one `DO` block of PostgreSQL, for every driver. It raises an error unless the
//! server identifies itself as the database that was meant, and a transaction with an
//! error writes nothing. It changes nothing, needs no right, and leaves `search_path` as
//! it was.
//!
//! It must run in the *same transaction* as the statements it protects: a pooler may send
//! the next transaction to another server.
//!
//! Apart from names, the text contains no `%`, `?`, `:` or `$1`, which a
//! driver might take for a parameter.

mod block;
mod stamped;

use thiserror::Error;

use crate::address::is_this_machine;
use crate::facts::{Identity, Neon, Server, StampState};
use crate::finding::Finding;
use crate::policy::{Connection, Data, Database, DatabaseId, Environment, Policy};
use crate::rules::{
    DATABASE_BELONGS_TO_ENVIRONMENT, DATABASE_IDENTITY_MATCHES, Rule, SEED_DATABASE_IS_DISPOSABLE,
    SEED_ENVIRONMENT_IS_ALLOWED,
};
use crate::source::Place;
use crate::target::{Engine, Provider};
use block::{Block, Cluster, Expected, SERVICES};

pub(crate) use block::{quoted, tag};
pub(crate) use stamped::Stamped;

/// The SQLSTATE of the error that an assertion raises.
pub const RAISED: &str = "KG001";

/// Asserts that the server is the one of `identity`.
///
/// `None` if it said too little about itself, or is not PostgreSQL.
pub fn of_identity(identity: &Identity) -> Option<String> {
    Some(block(identity, Stamped::Unasked)?.text())
}

/// Asserts that the server is the one of `identity`, takes writes, and has no stamp
/// except one of `environment`.
///
/// A verified connection begins each transaction with it. `None` if the server said too
/// little about itself, or is not PostgreSQL.
///
/// LIMIT: the rows of a tripwire are not counted again; the gate has done so once.
pub fn of_seed(identity: &Identity, environment: &str) -> Option<String> {
    let stamped = match &identity.stamp {
        // DELIBERATE: the first transaction of a seed may create tables, so that the
        // database is no longer empty for the second.
        StampState::No { .. } => Stamped::IfAtAll(environment.to_owned()),
        StampState::Stamped(_) | StampState::Emptied | StampState::Unreadable { .. } => {
            Stamped::As(environment.to_owned())
        }
    };
    Some(block(identity, stamped)?.writable().text())
}

fn block(identity: &Identity, stamped: Stamped) -> Option<Block> {
    let database = identity.database.clone();
    let expected = match &identity.server {
        Server::Postgres { neon: Some(Neon { project, branch, .. }), .. } => {
            let (project, branch) = (project.clone()?, branch.clone()?);
            Expected::Neon { project, branch, database }
        }
        Server::Postgres { neon: None, cluster } => Expected::Plain {
            cluster: match cluster {
                Some(cluster) => Cluster::Is(cluster.system_identifier.clone()),
                None => Cluster::Unidentified,
            },
            oid: cluster.as_ref().map(|cluster| cluster.database_oid),
            database,
            services: identity.traces.iter().map(|trace| trace.by.clone()).collect(),
        },
        Server::MySql { .. } => return None,
    };
    Some(Block::new(vec![expected], stamped))
}

/// Asserts that the server is one to which the policy's `connection` may lead in
/// `environment`.
///
/// It must also take writes, and have either the stamp of `environment` or neither a
/// stamp nor a table.
///
/// # Errors
///
/// [`NoAssertion`] when `environment` may not be seeded, `connection` is unknown, is not
/// PostgreSQL or leads to no database of `environment`, or the policy says too little to
/// distinguish its databases from others.
pub fn of_policy(
    policy: &Policy,
    environment: &Environment,
    connection: &str,
) -> Result<String, NoAssertion> {
    if environment.data == Data::Real {
        return Err(NoAssertion::Real);
    }
    if !environment.seed.value {
        return Err(NoAssertion::NotSeedable);
    }
    let mut connections = policy.connections().iter();
    let connection = connections
        .find(|known| known.name.value == connection)
        .ok_or(NoAssertion::NoConnection)?;
    if connection.engine != Engine::Postgres {
        return Err(NoAssertion::NotPostgres);
    }
    let databases = reached(policy, environment, connection);
    let expected: Vec<_> =
        databases.map(|database| pinned(policy, database)).collect::<Result<_, _>>()?;
    if expected.is_empty() {
        return Err(NoAssertion::NoDatabase);
    }
    let stamped = Stamped::OrFresh(environment.name.value.clone());
    Ok(Block::new(expected, stamped).writable().text())
}

/// The databases to which a connection may lead in an environment.
fn reached<'a>(
    policy: &'a Policy,
    environment: &'a Environment,
    connection: &'a Connection,
) -> impl Iterator<Item = &'a Database> {
    let may = |id: &DatabaseId| connection.databases.as_ref().is_none_or(|may| may.contains(id));
    let ids = environment.databases.iter().map(|id| id.value).filter(move |id| may(id));
    let known = ids.filter_map(|id| policy.database(id));
    known.filter(|database| database.engine == Engine::Postgres)
}

/// What the policy pins of a database's server.
fn pinned(policy: &Policy, database: &Database) -> Result<Expected, NoAssertion> {
    let name = database.database.value.clone();
    let too_little = |needs| {
        let database = database.name.value.clone();
        Err(NoAssertion::TooLittle { database, needs })
    };
    if database.is_on_neon() {
        return match (&database.project, &database.branch_id) {
            (Some(project), Some(branch)) => Ok(Expected::Neon {
                project: project.value.clone(),
                branch: branch.value.clone(),
                database: name,
            }),
            (None, _) | (_, None) => too_little("`project` and `branch.id`"),
        };
    }
    let cluster = match &database.system_identifier {
        Some(own) => Cluster::Is(own.value.clone()),
        None if is_here(database) => Cluster::IsNot(pinned_clusters(policy)),
        None => return too_little("`system_identifier`, which `guard-cli identify` shows"),
    };
    let services = SERVICES.iter().filter(|(service, _)| is_run_by(database, *service));
    let services = services.flat_map(|(_, roles)| *roles).map(|role| (*role).to_owned()).collect();
    Ok(Expected::Plain { cluster, oid: None, database: name, services })
}

/// The clusters that are known not to be an unpinned database's.
fn pinned_clusters(policy: &Policy) -> Vec<String> {
    let pins = policy.databases().iter().filter_map(|known| known.system_identifier.as_ref());
    pins.map(|pin| pin.value.clone()).collect()
}

/// Whether all addresses are on this machine.
fn is_here(database: &Database) -> bool {
    let mut hosts = database.endpoints.iter().chain(&database.hosts);
    hosts.all(|host| is_this_machine(&host.value)) && database.provider.is_none_or(is_self_hosted)
}

/// Whether a database is run by `service`, and so has its roles.
fn is_run_by(database: &Database, service: Option<Provider>) -> bool {
    match (database.provider, service) {
        (None, _) | (_, None) => false,
        (Some(Provider::Aurora), Some(Provider::Rds)) => true,
        (Some(provider), Some(service)) => provider == service,
    }
}

/// Whether a provider is not a managed service.
fn is_self_hosted(provider: Provider) -> bool {
    matches!(provider, Provider::Local | Provider::Socket | Provider::Plain)
}

/// Why there is no assertion; never shows a value.
#[derive(Clone, PartialEq, Eq, Error)]
#[error("{}; {}", self.message(), self.help())]
#[non_exhaustive]
pub enum NoAssertion {
    /// The policy does not let anybody seed there.
    NotSeedable,
    /// The environment's data are real.
    Real,
    /// The policy has no such connection.
    NoConnection,
    /// The connection is not PostgreSQL.
    NotPostgres,
    /// The connection leads to no database of the environment.
    NoDatabase,
    /// The policy says too little about a server to distinguish it from others.
    TooLittle {
        /// The database, by its name in the policy.
        database: String,
        /// The keys that are missing.
        needs: &'static str,
    },
}

impl NoAssertion {
    /// What is wrong, in one sentence.
    pub fn message(&self) -> String {
        match self {
            Self::NotSeedable => "the environment may not be seeded: it lacks `seed = true`".into(),
            Self::Real => "the environment may not be seeded: its data are real".into(),
            Self::NoConnection => "the policy has no such connection".into(),
            Self::NotPostgres => {
                "the connection is not PostgreSQL, and only PostgreSQL has an assertion".into()
            }
            Self::NoDatabase => "the connection leads to no database of the environment".into(),
            Self::TooLittle { database, needs: _ } => {
                format!("nothing distinguishes the server of `{database}` from others")
            }
        }
    }

    /// What to do about it.
    pub fn help(&self) -> String {
        match self {
            Self::NotSeedable => "seed an environment that may be, or write `seed = true`".into(),
            Self::Real => "seed an environment whose data are made up".into(),
            Self::NoConnection => "name one of its `[connections.NAME]`".into(),
            Self::NotPostgres => "let `guard-cli seed -- COMMAND` ask the server".into(),
            Self::NoDatabase => "list it in the environment's `databases`".into(),
            Self::TooLittle { database: _, needs } => format!("pin its {needs}"),
        }
    }

    /// The rule that it breaks.
    pub fn rule(&self) -> &'static Rule {
        match self {
            Self::NotSeedable => &SEED_ENVIRONMENT_IS_ALLOWED,
            Self::Real => &SEED_DATABASE_IS_DISPOSABLE,
            Self::NoDatabase => &DATABASE_BELONGS_TO_ENVIRONMENT,
            Self::NoConnection | Self::NotPostgres | Self::TooLittle { .. } => {
                &DATABASE_IDENTITY_MATCHES
            }
        }
    }

    /// The finding that reports print for it, at the line of the policy.
    pub fn finding(&self, policy: &Policy, environment: &Environment, connection: &str) -> Finding {
        let known = policy.connections().iter().find(|known| known.name.value == connection);
        let span = match self {
            Self::NotSeedable | Self::Real => environment.name.span,
            Self::NoDatabase => environment.databases_span,
            Self::NoConnection | Self::NotPostgres => {
                known.map_or(policy.name_span(), |known| known.name.span)
            }
            Self::TooLittle { database, .. } => {
                let mut databases = policy.databases().iter();
                let found = databases.find(|known| known.name.value == *database);
                found.map_or(environment.databases_span, |found| found.name.span)
            }
        };
        let mut variables = known.into_iter().flat_map(Connection::variables);
        let subject = variables.next().map_or(connection, |variable| &variable.value);
        let place = Place::at(policy.source(), span);
        self.rule().refuses(subject, place).says(self.message()).help(self.help())
    }
}
