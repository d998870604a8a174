//! What the servers at the other ends report about themselves.

use std::collections::BTreeSet;

use super::Observed;
use crate::named::named;

/// What the servers said, where they were asked.
#[derive(Clone, Debug)]
pub enum Live {
    /// They were not asked.
    NotAsked,
    /// What came of asking each.
    Asked(Vec<Answer>),
}

impl Live {
    /// What came of asking the connection called `name`; `None` if it was not
    /// asked.
    pub fn answer(&self, name: &str) -> Option<&Observed<Identity>> {
        match self {
            Self::NotAsked => None,
            Self::Asked(answers) => answers
                .iter()
                .find(|answer| answer.connection == name)
                .map(|answer| &answer.identity),
        }
    }
}

/// What came of asking one connection.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The name of the connection in the policy.
    pub connection: String,
    /// What the server said. Never [`Observed::Absent`] by what this crate
    /// observes: a server that does not answer is unreadable.
    pub identity: Observed<Identity>,
}

/// Who a server says that it is, and what it says of the database.
///
/// Every name in here is the server's own word, read from catalogs that a
/// session cannot change. Holds no password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The engine's own part.
    pub server: Server,
    /// The server's version, as it writes it.
    pub version: String,
    /// The database that the session is in.
    pub database: String,
    /// The role that the session has.
    pub role: Role,
    /// The address and port at which the server itself listens; `None` on a
    /// socket or where it does not say. Behind a pooler or a tunnel it is not
    /// what was dialed.
    pub address: Option<String>,
    /// Whether nothing can be written: a standby, or a read-only session.
    pub read_only: bool,
    /// Traces of a managed service, such as the role `rds_superuser`.
    pub traces: BTreeSet<Trace>,
    /// What the stamp says.
    pub stamp: StampState,
    /// The tables that the policy's tripwire names, in its order; empty where
    /// they were not counted.
    pub tripwires: Vec<Counted>,
}

/// The part of an identity that is an engine's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Server {
    /// PostgreSQL.
    Postgres {
        /// What a Neon compute says of itself; `None` on any other server.
        ///
        /// INVARIANT: only settings that are fixed at the server's start count.
        /// On another server the same names are free for every session to set.
        neon: Option<Neon>,
        /// The data directory and the database in it; `None` where the role may
        /// not ask.
        cluster: Option<Cluster>,
    },
    /// MySQL or MariaDB.
    MySql {
        /// `@@hostname`.
        hostname: String,
        /// `@@server_uuid`, which MariaDB does not have.
        uuid: Option<String>,
    },
}

/// What a Neon compute says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Neon {
    /// `neon.project_id`
    pub project: Option<String>,
    /// `neon.branch_id`
    pub branch: Option<String>,
    /// `neon.endpoint_id`
    pub endpoint: Option<String>,
    /// `neon.timeline_id`, which a reset or a restore of the branch changes.
    pub timeline: Option<String>,
}

/// A PostgreSQL data directory, and a database in it.
///
/// LIMIT: a physical copy (`pg_basebackup`, a snapshot of the volume, every
/// branch of a Neon project) has the same identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// `system_identifier` of `pg_control_system()`, in decimal digits.
    pub system_identifier: String,
    /// The `oid` of the database.
    pub database_oid: u32,
}

/// The role of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// What it may do beyond its grants.
    pub rights: BTreeSet<Right>,
}

named! {
    /// Something that a role may do beyond its grants.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    #[non_exhaustive]
    pub enum Right {
        /// Everything, without being asked.
        Superuser = "superuser",
        /// It owns the database, or is a member of the role that does.
        Owner = "owner",
        /// Row-level security does not hold for it.
        BypassRls = "bypass-rls",
        /// It may write every table (`pg_write_all_data`).
        WriteAllData = "write-all-data",
        /// It may stream the whole cluster.
        Replication = "replication",
        /// It may make roles.
        CreateRole = "create-role",
        /// It may make databases.
        CreateDatabase = "create-database",
    }
}

/// A trace that a managed service leaves on its servers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Trace {
    /// The service, in the words of a policy's `provider`, or the name by which
    /// people know it.
    pub service: &'static str,
    /// What gave it away: the name of a role or of a setting.
    pub by: String,
}

/// What is in the place of a database's stamp.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StampState {
    /// There is no stamp.
    No {
        /// Whether there are tables of a user's.
        tables: Tables,
    },
    /// There is the table of the stamp, and no row in it: a copy of the schema
    /// alone, or one that somebody emptied.
    Emptied,
    /// There is a stamp.
    Stamped(Stamp),
    /// There is something that cannot be read as a stamp: another table of that
    /// name, several rows, no right to read it.
    Unreadable {
        /// Why, without a value.
        why: String,
    },
}

/// Whether a database has tables of a user's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tables {
    /// It has none.
    Absent,
    /// It has at least one.
    Present,
}

/// What `guard-cli stamp` wrote into a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The environment, by its name in the policy.
    pub environment: String,
    /// The database that it was written for. A copy of the data brings the
    /// stamp along, and so says whose copy it is.
    pub binding: Binding,
    /// When it was written, as the server says it.
    pub stamped_at: String,
    /// The version of the guard that wrote it.
    pub guard_version: String,
    /// The environment of the stamp that was adopted, where this database began
    /// as a copy.
    pub parent_environment: Option<String>,
}

/// Which database a stamp was written for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Binding {
    /// A branch of a Neon project.
    Neon {
        /// The project.
        project: String,
        /// The branch.
        branch: String,
    },
    /// A database of a PostgreSQL cluster.
    Plain {
        /// The cluster.
        system_identifier: String,
        /// The database's `oid`.
        database_oid: u32,
        /// The database's name.
        database: String,
    },
}

impl Identity {
    /// What a stamp for this database would be bound to; `None` where the
    /// server does not say enough of itself.
    pub fn binding(&self) -> Option<Binding> {
        match &self.server {
            Server::Postgres { neon: Some(neon), .. } => {
                Some(Binding::Neon { project: neon.project.clone()?, branch: neon.branch.clone()? })
            }
            Server::Postgres { neon: None, cluster } => {
                let Cluster { system_identifier, database_oid } = cluster.clone()?;
                let database = self.database.clone();
                Some(Binding::Plain { system_identifier, database_oid, database })
            }
            Server::MySql { .. } => None,
        }
    }

    /// Whether two identities are of one database, as far as the servers report.
    ///
    /// A copy of a server's files keeps its identifiers until one of the two is
    /// stamped; a Neon branch has an id of its own.
    pub(crate) fn is_same_database(&self, other: &Self) -> bool {
        let of_one_server = match (&self.server, &other.server) {
            (Server::MySql { hostname, uuid }, Server::MySql { hostname: host, uuid: id }) => {
                match (uuid, id) {
                    (Some(uuid), Some(id)) => uuid == id,
                    (Some(_) | None, None) | (None, Some(_)) => hostname == host,
                }
            }
            (Server::Postgres { .. } | Server::MySql { .. }, _) => {
                self.binding().is_some() && self.binding() == other.binding()
            }
        };
        of_one_server && self.database == other.database && self.stamp.may_be(&other.stamp)
    }
}

impl StampState {
    fn may_be(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Unreadable { .. }, _) | (_, Self::Unreadable { .. }) => true,
            (Self::No { .. } | Self::Emptied | Self::Stamped(_), _) => self == other,
        }
    }
}

/// A table of the policy's tripwire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The table, as the policy writes it.
    pub table: String,
    /// What was found.
    pub rows: Rows,
}

/// The rows of a table of the policy's tripwire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rows {
    /// The table is not there.
    NoTable,
    /// It was looked at.
    Seen {
        /// Whether there are more rows than the policy allows.
        too_many: bool,
        /// Whether a row is younger than a day; `false` where the policy does
        /// not ask.
        recent: bool,
    },
    /// It could not be looked at.
    Unreadable {
        /// Why, without a value.
        why: String,
    },
}
