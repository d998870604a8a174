//! Which database of the policy a server is, by what it says of itself.

use crate::facts::{Cluster, Identity, Neon, Server};
use crate::policy::{Database, Policy};

/// The database of `policy` that a server is by what it says: by the id of its
/// branch, of its endpoint, of its cluster, or by its host name, in this order.
///
/// The address by which it was reached does not count. `None` where no pin
/// matches; where several databases are on one server, the one of that name.
pub fn database_of<'a>(policy: &'a Policy, identity: &Identity) -> Option<&'a Database> {
    match &identity.server {
        Server::Postgres { neon: Some(neon), .. } => {
            let Neon { branch, endpoint, .. } = neon;
            let by_branch = branch
                .as_deref()
                .and_then(|id| named(policy, identity, |database| has_branch(database, id)));
            by_branch.or_else(|| {
                let id = endpoint.as_deref()?;
                named(policy, identity, |database| endpoints(database).any(|known| known == id))
            })
        }
        Server::Postgres { neon: None, cluster } => {
            let Cluster { system_identifier, .. } = cluster.as_ref()?;
            named(policy, identity, |database| has_cluster(database, system_identifier))
        }
        Server::MySql { hostname, .. } => {
            named(policy, identity, |database| has_hostname(database, hostname))
        }
    }
}

/// Whether a server that was recognised as `database` is that one, and not another
/// database of the same cluster. A branch counts as one database.
pub(crate) fn is_whole(database: &Database, identity: &Identity) -> bool {
    match &identity.server {
        Server::Postgres { neon: Some(_), .. } => true,
        Server::Postgres { neon: None, .. } | Server::MySql { .. } => {
            database.database.value == identity.database
        }
    }
}

/// The first that `fits`, preferably one with the name of the server's database.
fn named<'a>(
    policy: &'a Policy,
    identity: &Identity,
    fits: impl Fn(&Database) -> bool,
) -> Option<&'a Database> {
    let mut fitting = policy.databases().iter().filter(|database| fits(database));
    let first = fitting.next()?;
    let mut all = std::iter::once(first).chain(fitting);
    all.find(|database| database.database.value == identity.database).or(Some(first))
}

/// Whether a branch is pinned for `database`.
pub(super) fn has_branch(database: &Database, id: &str) -> bool {
    database.branch_id.as_ref().is_some_and(|pin| pin.value == id)
}

/// Whether a cluster is pinned for `database`.
pub(super) fn has_cluster(database: &Database, identifier: &str) -> bool {
    database.system_identifier.as_ref().is_some_and(|pin| pin.value == identifier)
}

/// Whether a host name is pinned for `database`.
pub(super) fn has_hostname(database: &Database, hostname: &str) -> bool {
    database.server_hostname.as_ref().is_some_and(|pin| pin.value == hostname)
}

/// The ids of the Neon endpoints in a database's addresses.
pub(super) fn endpoints(database: &Database) -> impl Iterator<Item = &str> {
    let hosts = database.endpoints.iter().chain(&database.hosts);
    hosts.filter_map(|host| endpoint_of(&host.value))
}

/// The id of a Neon endpoint in a host: its first label, without `-pooler`.
pub(crate) fn endpoint_of(host: &str) -> Option<&str> {
    let (label, _) = host.split_once('.')?;
    let label = label.strip_suffix("-pooler").unwrap_or(label);
    label.strip_prefix("ep-").filter(|rest| !rest.is_empty()).map(|_| label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_label_is_the_endpoint() {
        let table = [
            ("ep-a-b-1.eu-central-1.aws.neon.tech", Some("ep-a-b-1")),
            ("ep-a-b-1-pooler.c-3.eu-central-1.aws.neon.tech", Some("ep-a-b-1")),
            ("ep-a-b-1", None),
            ("ep-.x", None),
            ("ep--pooler.x", None), // nothing is left of it
            ("xep-a.x", None),
            ("localhost", None),
            ("127.0.0.1", None),
        ];
        for (host, endpoint) in table {
            assert_eq!(endpoint_of(host), endpoint, "{host}");
        }
    }
}
