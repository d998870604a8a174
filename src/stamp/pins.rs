//! Whether a server is the one that a stamp is for.

use super::StampRefusal;
use crate::facts::{Cluster, Identity, Neon, Server};
use crate::policy::{Database, Environment, Policy};
use crate::rules::{endpoint_said, foreign_trace};
use crate::target::{Engine, Target};

/// Whether a server is the database that the policy means, pin by pin.
///
/// DELIBERATE: stricter than a boot. A branch that is not pinned, as after a restore,
/// must be pinned first.
pub(super) fn compare(
    policy: &Policy,
    environment: &Environment,
    database: &Database,
    target: &Target,
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
    match difference(policy, database, target, identity) {
        Some(Difference::Pin) => Err(StampRefusal::Unpinned { database: name() }),
        Some(Difference::Of(what)) => Err(StampRefusal::Another { database: name(), what }),
        None if identity.read_only => Err(StampRefusal::ReadOnly),
        None => Ok(()),
    }
}

/// Why a server is not the right one.
enum Difference {
    /// It reports another value than the pin.
    Of(&'static str),
    /// The policy does not pin what it should report.
    Pin,
}

fn difference(
    policy: &Policy,
    database: &Database,
    target: &Target,
    identity: &Identity,
) -> Option<Difference> {
    if !database.is_reached_by(target) {
        return Some(Difference::Of("address"));
    }
    if identity.database != database.database.value {
        return Some(Difference::Of("database's name"));
    }
    if foreign_trace(database, target, identity).is_some() {
        return Some(Difference::Of("provider"));
    }
    match (&identity.server, database.is_on_neon()) {
        (Server::Postgres { neon: Some(neon), .. }, true) => of_neon(database, target, neon),
        (Server::Postgres { neon: Some(_), .. }, false)
        | (Server::Postgres { neon: None, .. }, true) => Some(Difference::Of("provider")),
        (Server::Postgres { neon: None, cluster }, false) => {
            of_cluster(policy, database, cluster.as_ref())
        }
        (Server::MySql { .. }, _) => Some(Difference::Of("engine")),
    }
}

fn of_neon(database: &Database, target: &Target, neon: &Neon) -> Option<Difference> {
    let (Some(project), Some(branch)) = (&database.project, &database.branch_id) else {
        return Some(Difference::Pin);
    };
    if neon.project.as_ref() != Some(&project.value) {
        return Some(Difference::Of("project"));
    }
    if neon.branch.as_ref() != Some(&branch.value) {
        return Some(Difference::Of("branch"));
    }
    let said = neon.endpoint.as_deref();
    let known = said.and_then(|said| endpoint_said(database, target, said));
    known.is_none().then_some(Difference::Of("endpoint"))
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
