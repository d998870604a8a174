//! Variables, and answers of servers, that a policy permits, made from the
//! policy alone.

use super::answers::answered;
use crate::facts::{Assumed, Facts, Identity, Live, Observed, Seen};
use crate::policy::{
    Connection, Database, Environment, Given, Network, Policy, Variable, VariableKind,
};
use crate::secret::{Class, Kind};
use crate::source::Place;
use crate::target::Engine;

/// An environment with variables that the policy should permit, ready to have
/// a violation planted in it.
#[derive(Clone, Debug)]
pub(crate) struct Baseline<'a> {
    policy: &'a Policy,
    environment: &'a Environment,
    variables: Vec<(String, String)>,
    addresses: Vec<(&'a Connection, Address)>,
    /// What the servers say.
    live: Live,
}

/// A connection's address, before it is written to variables.
#[derive(Clone, Debug)]
pub(crate) struct Address {
    /// The host, or a socket's directory.
    pub(crate) host: String,
    /// The port.
    pub(crate) port: u16,
    /// The database.
    pub(crate) database: String,
    /// The user.
    pub(crate) user: String,
    /// The password.
    pub(crate) password: String,
    /// The parameters of the URL, with their question mark.
    pub(crate) parameters: String,
}

impl<'a> Baseline<'a> {
    /// Makes the variables of `environment`.
    pub(super) fn of(policy: &'a Policy, environment: &'a Environment) -> Self {
        let mut baseline = Self {
            policy,
            environment,
            variables: Vec::new(),
            addresses: Vec::new(),
            live: Live::NotAsked,
        };
        for variable in policy.variables() {
            if policy.is_part_of_connection(&variable.name.value) {
                continue;
            }
            if let Some(value) = baseline.value_for(variable) {
                baseline.variables.push((variable.name.value.clone(), value));
            }
        }
        for connection in policy.connections() {
            let Some(database) = baseline.database_for(connection) else { continue };
            let address = address(database, connection, baseline.seed(&connection.name.value));
            baseline.variables.extend(written(connection, &address));
            baseline.addresses.push((connection, address));
        }
        baseline.live = answered(policy, baseline.facts()).live;
        baseline
    }

    /// The policy.
    pub(crate) fn policy(&self) -> &'a Policy {
        self.policy
    }

    /// The environment.
    pub(crate) fn environment(&self) -> &'a Environment {
        self.environment
    }

    /// The facts, without a violation.
    pub(crate) fn facts(&self) -> Facts {
        self.answered(self.assumed())
    }

    /// The facts with a variable set to something else.
    pub(crate) fn with(&self, name: &str, value: impl Into<Vec<u8>>) -> Facts {
        self.answered(self.assumed().variable(name, value))
    }

    /// The facts without a variable.
    pub(crate) fn without(&self, name: &str) -> Facts {
        self.answered(self.assumed().without(name))
    }

    /// The facts with a variable set twice.
    pub(crate) fn with_twice(&self, name: &str) -> Option<Facts> {
        let mut facts = self.facts();
        let place = Place::whole(&facts.source);
        let crate::facts::Observed::Seen(variables) = &mut facts.variables else { return None };
        let seen = variables.find(name)?.clone();
        variables.set(Seen { also: vec![place], ..seen });
        Some(facts)
    }

    /// The value of a variable.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        let (_, value) = self.variables.iter().find(|(known, _)| known == name)?;
        Some(value)
    }

    /// The declared variables that are set here.
    pub(crate) fn declared(&self) -> impl Iterator<Item = &'a Variable> {
        let names = &self.variables;
        self.policy
            .variables()
            .filter(|variable| names.iter().any(|(name, _)| *name == variable.name.value))
    }

    /// The facts with another address for the first connection.
    pub(crate) fn with_address(&self, change: impl FnOnce(&mut Address)) -> Option<Facts> {
        let (connection, address) = self.addresses.first()?;
        let mut address = address.clone();
        change(&mut address);
        let mut assumed = self.assumed();
        for (name, value) in written(connection, &address) {
            assumed = assumed.variable(&name, value);
        }
        Some(self.answered(assumed))
    }

    /// The facts with this environment's connections replaced by `other`'s.
    pub(crate) fn with_connections_of(&self, other: &Self) -> Option<Facts> {
        let (connection, address) = other.addresses.first()?;
        self.addresses.iter().find(|(known, _)| known.name == connection.name)?;
        self.with_address(|own| *own = address.clone())
    }

    /// The facts with something else said by the first server.
    pub(crate) fn with_identity(&self, change: impl FnOnce(&mut Identity)) -> Option<Facts> {
        let mut facts = self.facts();
        let Live::Asked(answers) = &mut facts.live else { return None };
        match &mut answers.first_mut()?.identity {
            Observed::Seen(identity) => change(identity),
            Observed::Absent | Observed::Unreadable(_) => return None,
        }
        Some(facts)
    }

    /// The variables.
    fn assumed(&self) -> Assumed {
        let pairs = self.variables.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        Facts::assume().variables(pairs)
    }

    /// With the answers of the servers.
    fn answered(&self, assumed: Assumed) -> Facts {
        Facts { live: self.live.clone(), ..assumed.facts() }
    }

    fn seed(&self, name: &str) -> u64 {
        let text = format!("{}/{name}", self.environment.name.value);
        // FNV-1a: any spread will do, the values open nothing.
        text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
    }

    fn value_for(&self, variable: &Variable) -> Option<String> {
        let here = self.environment.id;
        if !variable.allowed.contains(here) {
            return None;
        }
        if let Some(values) = &variable.values {
            let values = &values.of(here)?.value;
            return match (&variable.kind, &self.environment.runtime) {
                (VariableKind::Runtime, Some(runtime)) => {
                    values.iter().find(|value| runtime.value.contains(value)).cloned()
                }
                (_, _) => values.first().cloned(),
            };
        }
        if let Some(example) = &variable.example {
            return Some(example.value.clone());
        }
        let host = || match &variable.hosts {
            Some(hosts) => hosts.of(here)?.value.first().cloned(),
            None => self.environment.domains.first().map(|domain| domain.value.clone()),
        };
        match &variable.kind {
            VariableKind::Environment => Some(self.environment.name.value.clone()),
            VariableKind::Runtime => self.environment.runtime.as_ref()?.value.first().cloned(),
            VariableKind::Secret(rule) => {
                let class = match &rule.class {
                    None => None,
                    Some(classes) => Some(classes.of(here)?.value),
                };
                sample(rule.kind, class, self.seed(&variable.name.value))
            }
            VariableKind::Url | VariableKind::Urls => Some(format!("https://{}/", host()?)),
            VariableKind::Host | VariableKind::Hosts => host(),
            VariableKind::Email => Some("someone@mail.example".to_owned()),
            VariableKind::Port => Some("8080".to_owned()),
            VariableKind::Integer => Some("1".to_owned()),
            VariableKind::Boolean => Some("false".to_owned()),
            VariableKind::Text => Some("text".to_owned()),
        }
    }

    fn database_for(&self, connection: &Connection) -> Option<&'a Database> {
        let own = self.environment.databases.iter().filter_map(|id| self.policy.database(id.value));
        own.filter(|database| database.engine == connection.engine).find(|database| {
            connection.databases.as_ref().is_none_or(|ids| ids.contains(&database.id))
        })
    }
}

fn sample(kind: &Kind, class: Option<Class>, seed: u64) -> Option<String> {
    match class {
        Some(class) => kind.sample(Some(class), seed),
        // Where the policy asks for no class, any form of the kind will do.
        None => {
            let classes = [None, Some(Class::Test), Some(Class::Live)];
            classes.into_iter().find_map(|class| kind.sample(class, seed))
        }
    }
}

fn address(database: &Database, connection: &Connection, seed: u64) -> Address {
    let mut hosts = database.endpoints.iter().chain(&database.hosts).chain(&database.sockets);
    let host = hosts.next().map(|host| host.value.clone()).unwrap_or_default();
    let remote = database.network == Network::Public && !host.starts_with('/');
    let user = database.users.first().map_or("app", |user| user.value.as_str());
    Address {
        port: database.ports.first().copied().unwrap_or(connection.engine.default_port()),
        database: database.database.value.clone(),
        user: user.to_owned(),
        password: Kind::HOME_MADE.sample(None, seed).unwrap_or_default(),
        parameters: match (connection.engine, remote) {
            (Engine::Postgres, true) => "?sslmode=require".to_owned(),
            (Engine::MySql, true) => "?ssl-mode=REQUIRED".to_owned(),
            (Engine::Postgres | Engine::MySql, false) => String::new(),
        },
        host,
    }
}

/// The variables that say `address`.
fn written(connection: &Connection, address: &Address) -> Vec<(String, String)> {
    let Address { host, port, database, user, password, parameters } = address;
    let scheme = match connection.engine {
        Engine::Postgres => "postgresql",
        Engine::MySql => "mysql",
    };
    match &connection.given {
        Given::Url(url) if host.starts_with('/') => vec![(
            url.value.clone(),
            format!("{scheme}://{user}:{password}@/{database}?host={host}"),
        )],
        Given::Url(url) => vec![(
            url.value.clone(),
            format!("{scheme}://{user}:{password}@{host}:{port}/{database}{parameters}"),
        )],
        Given::Parts(parts) => {
            let encryption = parameters.split_once('=').map_or("", |(_, mode)| mode);
            let optional = [
                (&parts.port, port.to_string()),
                (&parts.password, password.clone()),
                (&parts.encryption, encryption.to_owned()),
            ];
            let optional = optional
                .into_iter()
                .filter_map(|(name, value)| Some((name.as_ref()?.value.clone(), value)));
            [(&parts.host, host), (&parts.database, database), (&parts.user, user)]
                .into_iter()
                .map(|(name, value)| (name.value.clone(), value.clone()))
                .chain(optional)
                .collect()
        }
    }
}
