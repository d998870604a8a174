//! Which database of the policy a server says that it is.

use crate::facts::{Cluster, Identity, Neon, Server};
use crate::policy::{Database, Policy};
use crate::source::Spanned;

/// The database of the policy that is pinned to be this one, by what the server
/// says and not by where it was dialed.
pub(super) fn database_of<'a>(policy: &'a Policy, identity: &Identity) -> Option<&'a Database> {
    let mut databases = policy.databases().iter();
    databases.find(|database| is_it(database, identity))
}

/// The environments that a database belongs to.
pub(super) fn environments_of<'a>(policy: &'a Policy, database: &Database) -> Vec<&'a str> {
    policy.environments_of(database.id).map(|environment| environment.name.value.as_str()).collect()
}

fn is_it(database: &Database, identity: &Identity) -> bool {
    database.database.value == identity.database
        && match &identity.server {
            Server::Postgres { neon: Some(neon), cluster: _ } => {
                let Neon { project, branch, endpoint: _, timeline: _ } = neon;
                is_pinned(&database.project, project) && is_pinned(&database.branch_id, branch)
            }
            Server::Postgres { neon: None, cluster } => {
                let said =
                    cluster.as_ref().map(|Cluster { system_identifier, .. }| system_identifier);
                is_pinned(&database.system_identifier, &said.cloned())
            }
            Server::MySql { hostname, uuid: _ } => {
                is_pinned(&database.server_hostname, &Some(hostname.clone()))
            }
        }
}

/// Whether the policy pins what the server says; a pin that is not there, or a
/// server that says nothing, is no match.
fn is_pinned(pin: &Option<Spanned<String>>, said: &Option<String>) -> bool {
    matches!((pin, said), (Some(pin), Some(said)) if pin.value == *said)
}
