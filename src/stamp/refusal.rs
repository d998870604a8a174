//! Why a database is not stamped.

use thiserror::Error;

use crate::facts::{Cluster, Identity, Neon, Server};
use crate::policy::{Database, Environment, Policy};
use crate::target::Engine;

/// Why a database is not stamped. Names what the server says, and no variable's
/// value.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StampRefusal {
    /// The database is none of the environment's.
    #[error("`{database}` is no database of `{environment}`; list it in its `databases`")]
    NotOfEnvironment {
        /// The database, by its name in the policy.
        database: String,
        /// The environment.
        environment: String,
    },
    /// The server is not the one that the policy means.
    #[error("the server is not `{database}`: its {what} is another; see `guard-cli identify`")]
    Another {
        /// The database, by its name in the policy.
        database: String,
        /// What differs.
        what: &'static str,
    },
    /// The database is MySQL.
    #[error("the database is not PostgreSQL, which alone has a stamp")]
    NotPostgres,
    /// The policy does not say which branch the database is.
    #[error("nothing tells `{database}` from other branches; run `guard-cli neon sync` first")]
    Unpinned {
        /// The database, by its name in the policy.
        database: String,
    },
    /// The server does not say enough of itself.
    #[error("the server does not say which it is, so there is nothing to bind a stamp to")]
    Unbound,
    /// Nothing can be written.
    #[error("the server takes no writes; connect to the primary")]
    ReadOnly,
    /// What is there cannot be read as a stamp.
    #[error("what is in the place of the stamp is none ({why}); look at `koomy_guard.stamp`")]
    Unreadable {
        /// Why.
        why: String,
    },
    /// The stamp was written for this very database, and another environment.
    #[error(
        "the database is stamped `{stamped}`, and is no copy; correct the policy, or have its \
         owner drop the schema `koomy_guard`"
    )]
    Contradiction {
        /// The environment of the stamp.
        stamped: String,
    },
    /// The database is a copy, and may hold data of real people.
    #[error(
        "the database is a copy of `{stamped}`; if it may be used here, say why with \
         `--adopt-copy --reason TEXT`"
    )]
    Copy {
        /// The environment of the stamp.
        stamped: String,
    },
    /// A copy of an environment that the policy does not know, where data are real.
    #[error("the database is a copy of `{stamped}`, and is not adopted where data are real")]
    CopyInReal {
        /// The environment of the stamp.
        stamped: String,
    },
    /// There is no copy to adopt.
    #[error("there is no copy to adopt here; leave `--adopt-copy` out")]
    NothingToAdopt,
    /// The reason is none.
    #[error("a copy is adopted for a reason: one line of up to {REASON} characters")]
    NoReason,
}

/// Whether a server is the database that the policy means, pin by pin.
///
/// DELIBERATE: stricter than a boot. A branch that nobody pinned, as after a
/// restore, is pinned first.
pub(super) fn mismatch(
    policy: &Policy,
    environment: &Environment,
    database: &Database,
    identity: &Identity,
) -> Result<(), StampRefusal> {
    let name = || database.name.value.clone();
    if !environment.databases.iter().any(|id| id.value == database.id) {
        let environment = environment.name.value.clone();
        return Err(StampRefusal::NotOfEnvironment { database: name(), environment });
    }
    if let (Server::MySql { .. }, Engine::MySql) = (&identity.server, database.engine) {
        return Err(StampRefusal::NotPostgres);
    }
    match difference(policy, database, identity) {
        Some(Difference::Pin) => Err(StampRefusal::Unpinned { database: name() }),
        Some(Difference::Of(what)) => Err(StampRefusal::Another { database: name(), what }),
        None if identity.read_only => Err(StampRefusal::ReadOnly),
        None => Ok(()),
    }
}

/// What speaks against a server.
enum Difference {
    /// It says something else.
    Of(&'static str),
    /// Nobody said what it should say.
    Pin,
}

fn difference(policy: &Policy, database: &Database, identity: &Identity) -> Option<Difference> {
    if identity.database != database.database.value {
        return Some(Difference::Of("database's name"));
    }
    match (&identity.server, database.is_neons()) {
        (Server::Postgres { neon: Some(neon), .. }, true) => of_neon(database, neon),
        (Server::Postgres { neon: Some(_), .. }, false)
        | (Server::Postgres { neon: None, .. }, true) => Some(Difference::Of("provider")),
        (Server::Postgres { neon: None, cluster }, false) => {
            of_cluster(policy, database, cluster.as_ref())
        }
        (Server::MySql { .. }, _) => Some(Difference::Of("engine")),
    }
}

fn of_neon(database: &Database, neon: &Neon) -> Option<Difference> {
    let (Some(project), Some(branch)) = (&database.project, &database.branch_id) else {
        return Some(Difference::Pin);
    };
    if neon.project.as_ref() != Some(&project.value) {
        return Some(Difference::Of("project"));
    }
    (neon.branch.as_ref() != Some(&branch.value)).then_some(Difference::Of("branch"))
}

fn of_cluster(
    policy: &Policy,
    database: &Database,
    cluster: Option<&Cluster>,
) -> Option<Difference> {
    let said = cluster.map(|cluster| cluster.system_identifier.as_str());
    let pin =
        |database: &Database| database.system_identifier.as_ref().map(|pin| pin.value.clone());
    match pin(database) {
        Some(own) => (said != Some(own.as_str())).then_some(Difference::Of("system identifier")),
        None => {
            let mut others = policy.databases().iter().filter(|other| other.id != database.id);
            let is_others = others.any(|other| said.is_some() && pin(other).as_deref() == said);
            is_others.then_some(Difference::Of("system identifier"))
        }
    }
}

/// A reason that somebody can read in one line.
pub(super) fn reason(text: &str) -> Result<String, StampRefusal> {
    let text = text.trim();
    let is_reason =
        !text.is_empty() && text.chars().count() <= REASON && !text.contains(char::is_control);
    is_reason.then(|| text.to_owned()).ok_or(StampRefusal::NoReason)
}

const REASON: usize = 200;
