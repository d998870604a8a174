//! What servers say of themselves that is as the policy has it.

use std::collections::BTreeSet;

use crate::facts::{
    Answer, Cluster, Counted, Facts, Identity, Live, Marked, Neon, Observed, Role, Rows, Server,
    Stamp, Tables,
};
use crate::policy::{Database, Environment, Policy};
use crate::rules::{Case, endpoint_of};
use crate::source::Spanned;
use crate::target::{Engine, Target};

/// `facts` with an answer of each server that the connections lead to; no rule
/// holds anything against it.
pub(crate) fn answered(policy: &Policy, facts: Facts) -> Facts {
    let Some(variables) = facts.variables.seen() else { return facts };
    let case = Case::new(policy, &facts, variables);
    let answers = case.destinations().filter_map(|(connection, destination)| {
        let identity =
            identity(policy, case.environment?, destination.database?, &destination.target);
        Some(Answer {
            connection: connection.name.value.clone(),
            identity: Observed::Seen(identity),
        })
    });
    let live = Live::Asked(answers.collect());
    Facts { live, ..facts }
}

fn identity(
    policy: &Policy,
    environment: &Environment,
    database: &Database,
    target: &Target,
) -> Identity {
    let tripwires = environment.tripwires.iter().map(|tripwire| Counted {
        table: tripwire.table.value.to_string(),
        rows: Rows::Seen { too_many: false, recent: false },
    });
    let mut identity = Identity {
        server: server(policy, database, target),
        version: "17".to_owned(),
        database: database.database.value.clone(),
        role: Role { name: target.user().to_owned(), rights: BTreeSet::new() },
        address: None,
        read_only: false,
        traces: BTreeSet::new(),
        stamp: Marked::No { tables: Tables::Absent },
        tripwires: tripwires.collect(),
    };
    if let Some(binding) = identity.binding() {
        identity.stamp = Marked::Stamped(Stamp {
            environment: environment.name.value.clone(),
            binding,
            stamped_at: "2026-01-01 00:00:00+00".to_owned(),
            guard_version: env!("CARGO_PKG_VERSION").to_owned(),
            parent_environment: None,
        });
    }
    identity
}

fn server(policy: &Policy, database: &Database, target: &Target) -> Server {
    let pin = |pin| pin_or_new(policy, database, pin);
    match database.engine {
        Engine::MySql => {
            Server::MySql { hostname: pin(|known| known.server_hostname.as_ref()), uuid: None }
        }
        Engine::Postgres if database.is_neons() => {
            let own = database.endpoints.iter().chain(&database.hosts);
            let mut ids = own.filter_map(|host| endpoint_of(&host.value));
            let dialed = target.host().and_then(endpoint_of).or_else(|| ids.next());
            let neon = Neon {
                project: Some(pin(|known| known.project.as_ref())),
                branch: Some(pin(|known| known.branch_id.as_ref())),
                endpoint: Some(dialed.unwrap_or("ep-1").to_owned()),
                timeline: None,
            };
            Server::Postgres { neon: Some(neon), cluster: None }
        }
        Engine::Postgres => {
            let system_identifier = pin(|known| known.system_identifier.as_ref());
            let cluster = Some(Cluster { system_identifier, database_oid: 16_384 });
            Server::Postgres { neon: None, cluster }
        }
    }
}

/// What is pinned for `database`; or else something that is for no other.
fn pin_or_new(
    policy: &Policy,
    database: &Database,
    pin: fn(&Database) -> Option<&Spanned<String>>,
) -> String {
    let is_free = |word: &String| {
        let mut pins = policy.databases().iter().filter_map(pin);
        !pins.any(|pin| pin.value == *word)
    };
    match pin(database) {
        Some(pin) => pin.value.clone(),
        None => (1_u64..).map(|n| n.to_string()).find(is_free).unwrap_or_default(),
    }
}
