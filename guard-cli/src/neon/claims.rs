//! What two environments would have in common, if the policy said so.

use koomy_guard::Policy;
use koomy_guard::policy::{Database, EnvironmentId};
use koomy_guard::source::{Place, Spanned};

use super::finding::{Finding, Kind, Pinned};

/// A branch or an endpoint under two databases of different environments, after
/// the pins are written.
pub(super) fn clashes(policy: &Policy, pinned: &[Pinned<'_>]) -> Vec<Finding> {
    let claims: Vec<_> =
        policy.databases().iter().map(|database| Claim::of(policy, database, pinned)).collect();
    let mut findings = Vec::new();
    for (at, second) in claims.iter().enumerate() {
        for first in claims.iter().take(at).filter(|it| it.environments != second.environments) {
            if let Some(shared) = first.shared(second) {
                findings.push(clash(policy, first.database, second.database, &shared));
            }
        }
    }
    findings
}

/// The environments that may use a database.
pub(super) fn environments(policy: &Policy, database: &Database) -> Vec<EnvironmentId> {
    policy.environments_of(database.id).map(|environment| environment.id).collect()
}

/// What one database claims: as it will be pinned, or else as it is written.
struct Claim<'a> {
    database: &'a Database,
    environments: Vec<EnvironmentId>,
    branch: Option<&'a str>,
    hosts: Vec<&'a str>,
}

impl<'a> Claim<'a> {
    fn of(policy: &Policy, database: &'a Database, pinned: &'a [Pinned<'_>]) -> Self {
        let value = |written: &'a Spanned<String>| written.value.as_str();
        let pin = pinned.iter().find(|pin| pin.database.id == database.id);
        let mut hosts = match pin {
            Some(pin) => pin.endpoints.list(),
            None => database.endpoints.iter().map(value).collect(),
        };
        hosts.extend(database.hosts.iter().map(value));
        let written = database.branch_id.as_ref().map(value);
        Self {
            database,
            environments: environments(policy, database),
            branch: pin.map(|pin| pin.branch.as_str()).or(written),
            hosts,
        }
    }

    fn shared(&self, other: &Self) -> Option<String> {
        if let (Some(branch), true) = (self.branch, self.branch == other.branch) {
            return Some(format!("branch `{branch}`"));
        }
        // What both call a host that leads elsewhere, too, isolates nothing.
        let is_shared = |host: &&&str| other.hosts.contains(*host);
        let is_endpoint = |host: &&&str| !(self.is_host(host) && other.is_host(host));
        let host = self.hosts.iter().filter(is_shared).find(is_endpoint)?;
        Some(format!("endpoint `{host}`"))
    }

    fn is_host(&self, host: &str) -> bool {
        self.database.hosts.iter().any(|written| written.value == host)
    }
}

fn clash(policy: &Policy, first: &Database, second: &Database, shared: &str) -> Finding {
    Finding {
        kind: Kind::ClaimedTwice,
        database: second.name.value.clone(),
        key: None,
        message: format!(
            "{shared} would be that of `{}` and of `{}`, which are of different environments",
            first.name.value, second.name.value
        ),
        help: "give each environment a branch of its own; a shared one isolates neither".to_owned(),
        place: Place::at(policy.source(), second.name.span),
    }
}
