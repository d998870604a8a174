//! What a rule sees: policy and facts, and what follows from both.

use std::convert::identity;
use std::sync::Arc;

use crate::facts::{Facts, Seen, Variables};
use crate::gate::Gate;
use crate::policy::{
    Connection, Database, Declared, Environment, Given, PartVariables, Policy, SecretRule, Variable,
};
use crate::secret::{Placeholder, Secret, means_nothing, placeholder, withstands};
use crate::source::{Place, Source, Spanned};
use crate::target::{Ambiguity, Engine, Part, Parts, Target};

/// One environment to judge.
#[derive(Clone, Debug)]
pub struct Case<'a> {
    /// The gate that asks.
    pub gate: Gate,
    /// What is allowed.
    pub policy: &'a Policy,
    /// What was seen.
    pub facts: &'a Facts,
    /// The variables that were seen.
    pub variables: &'a Variables,
    /// The environment that they name; `None` if it is none of the policy's,
    /// which `variable-is-set` and `variable-is-allowed` refuse.
    pub environment: Option<&'a Environment>,
    /// The connections of the policy, each with what its variables say.
    pub connections: Vec<ConnectionReading<'a>>,
    /// Every variable that was seen, with what the policy knows of it.
    pub(crate) matched: Vec<Matched<'a>>,
    /// The declared secrets that are set, each looked at once.
    pub(crate) secrets: Vec<SetSecret<'a>>,
}

/// A variable that was seen, with what the policy knows of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Matched<'a> {
    /// What was seen.
    pub(crate) seen: &'a Seen,
    /// What is declared of it.
    pub(crate) declared: Option<Declared<'a>>,
    /// Whether a connection is made of it.
    pub(crate) connects: bool,
}

impl<'a> Matched<'a> {
    /// What is declared of it by its name.
    pub(crate) fn variable(&self) -> Option<&'a Variable> {
        self.declared.and_then(Declared::variable)
    }

    /// Whether the policy cares what the value is.
    pub(crate) fn is_judged(&self) -> bool {
        self.declared.is_some() || self.connects
    }
}

/// A declared secret that is set, and how good its value is.
#[derive(Clone, Debug)]
pub(crate) struct SetSecret<'a> {
    /// The variable.
    pub(crate) variable: &'a Variable,
    /// What is declared of it as a secret.
    pub(crate) rule: &'a SecretRule,
    /// What was seen.
    pub(crate) seen: &'a Seen,
    /// The value.
    pub(crate) secret: &'a Secret,
    /// How good the value is.
    pub(crate) quality: Quality,
}

impl<'a> SetSecret<'a> {
    fn of(matched: &Matched<'a>) -> Option<Self> {
        let (variable, seen) = (matched.variable()?, matched.seen);
        let (rule, secret) = (variable.secret()?, seen.text()?);
        let quality = match Quality::of(secret) {
            Quality::Own
                if !rule.kind.has_form() && !withstands(secret.expose(), rule.min_bits) =>
            {
                Quality::Weak
            }
            quality @ (Quality::Nothing
            | Quality::Placeholder(_)
            | Quality::Weak
            | Quality::Own) => quality,
        };
        Some(Self { variable, rule, seen, secret, quality })
    }
}

/// How good a secret's value is, as far as it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quality {
    /// A word for nothing, such as `null`.
    Nothing,
    /// A value that somebody was to replace.
    Placeholder(Placeholder),
    /// Home-made, and too easy to guess.
    Weak,
    /// A value of its own.
    Own,
}

impl Quality {
    pub(crate) fn of(secret: &Secret) -> Self {
        let value = secret.expose();
        if means_nothing(value) {
            return Self::Nothing;
        }
        placeholder(value).map_or(Self::Own, Self::Placeholder)
    }
}

/// A connection, and what its variables say.
#[derive(Clone, Debug)]
pub struct ConnectionReading<'a> {
    /// The connection.
    pub connection: &'a Connection,
    /// What they say.
    pub reading: Reading<'a>,
}

impl<'a> ConnectionReading<'a> {
    /// Where it leads, if that is one target.
    pub fn destination(&self) -> Option<(&'a Connection, &Destination<'a>)> {
        match &self.reading {
            Reading::Target(destination) => Some((self.connection, destination.as_ref())),
            Reading::Unset
            | Reading::Partial { .. }
            | Reading::Ambiguous { .. }
            | Reading::NotText(_) => None,
        }
    }

    /// Whether a part of another connection moves this one.
    fn is_led_astray_by(&self, seen: &Seen) -> bool {
        let (name, engine) = (seen.name.as_str(), self.connection.engine);
        let is_own = self.connection.variables().any(|variable| variable.value == name);
        if is_own || seen.is_empty() || engine.always_says(name) {
            return false;
        }
        match (name, &self.reading) {
            ("PGPORT" | "MYSQL_TCP_PORT", Reading::Target(destination)) => {
                let Destination { target, .. } = &**destination;
                let port = target.port().to_string();
                !target.states_port() && seen.text().is_none_or(|text| text.expose() != port)
            }
            // Without TLS a connection is local or private, or refused.
            ("PGSSLMODE", _) => false,
            (_, _) => true,
        }
    }
}

/// What the variables of a connection say.
#[derive(Clone, Debug)]
pub enum Reading<'a> {
    /// None of them is set.
    Unset,
    /// Some are set, and these that are needed are not.
    Partial {
        /// One that is set.
        set: &'a Seen,
        /// Those that are not.
        missing: Vec<&'a Spanned<String>>,
    },
    /// One of them can be read in two ways, or in none.
    Ambiguous {
        /// That one.
        variable: &'a Seen,
        /// Where the ambiguity is.
        ambiguity: Ambiguity,
    },
    /// One of them is no text, so no URL either.
    NotText(&'a Seen),
    /// Exactly one target.
    Target(Box<Destination<'a>>),
}

/// Where a connection leads.
#[derive(Clone, Debug)]
pub struct Destination<'a> {
    /// The variable that says so: the URL, or the host.
    pub variable: &'a Seen,
    /// The one target.
    pub target: Target,
    /// The database of the policy that this is.
    pub database: Option<&'a Database>,
}

impl<'a> Case<'a> {
    /// Puts policy and facts together, for the boot gate.
    pub fn new(policy: &'a Policy, facts: &'a Facts, variables: &'a Variables) -> Self {
        Self::at(Gate::Boot, policy, facts, variables)
    }

    /// Puts policy and facts together, for `gate`.
    pub fn at(gate: Gate, policy: &'a Policy, facts: &'a Facts, variables: &'a Variables) -> Self {
        let environment = variables
            .find(policy.environment_variable())
            .and_then(Seen::text)
            .and_then(|name| policy.environment(name.expose()));
        let connections = policy
            .connections()
            .iter()
            .map(|connection| ConnectionReading {
                connection,
                reading: read(connection, policy, variables),
            })
            .collect();
        let matched = match_declarations(policy, variables);
        let secrets = matched.iter().filter_map(SetSecret::of).collect();
        Self { gate, policy, facts, variables, environment, connections, matched, secrets }
    }

    /// The policy's text, to point at.
    pub fn source(&self) -> &'a Arc<Source> {
        self.policy.source()
    }

    /// The variable called `name`, if it is there.
    pub fn find(&self, name: &str) -> Option<&'a Seen> {
        self.variables.find(name)
    }

    /// The place of the variable called `name`, or of what was looked at where it
    /// is not there.
    pub fn place_of(&self, name: &str) -> Place {
        self.find(name).map_or_else(|| self.nowhere(), |seen| seen.place.clone())
    }

    /// The place of a variable that is not there: what was looked at.
    pub fn nowhere(&self) -> Place {
        Place::whole(&self.facts.source)
    }

    /// The connections that have exactly one target.
    pub fn destinations(&self) -> impl Iterator<Item = (&'a Connection, &Destination<'a>)> {
        self.connections.iter().filter_map(ConnectionReading::destination)
    }

    /// The variables, such as `PGPORT`, that would move a connection elsewhere.
    pub fn movers(&self) -> impl Iterator<Item = &'a Seen> + '_ {
        self.matched.iter().filter(|matched| self.moves(matched)).map(|matched| matched.seen)
    }

    /// Whether a variable would move a connection elsewhere.
    pub(super) fn moves(&self, matched: &Matched<'a>) -> bool {
        let name = matched.seen.name.as_str();
        if !(name.starts_with("PG") || name.starts_with("MYSQL_")) {
            return false;
        }
        let Some(engine) = Engine::moved_by(name) else { return false };
        let mut set = self.connections.iter().filter(|reached| {
            reached.connection.engine == engine && !matches!(reached.reading, Reading::Unset)
        });
        if matched.connects {
            set.any(|reached| reached.is_led_astray_by(matched.seen))
        } else {
            set.next().is_some()
        }
    }
}

/// DELIBERATE: both lists are sorted by name and walked once, side by side.
fn match_declarations<'a>(policy: &'a Policy, variables: &'a Variables) -> Vec<Matched<'a>> {
    let mut exact = policy.variables().peekable();
    let matched = |seen: &'a Seen| {
        let name = seen.name.as_str();
        while exact.next_if(|variable| variable.name.value.as_str() < name).is_some() {}
        let by_name = exact.peek().copied().filter(|variable| variable.name.value == name);
        Matched {
            seen,
            declared: by_name.map(Declared::ByName).or_else(|| policy.by_pattern(name)),
            connects: policy.is_part_of_connection(name),
        }
    };
    variables.iter().map(matched).collect()
}

fn read<'a>(
    connection: &'a Connection,
    policy: &'a Policy,
    variables: &'a Variables,
) -> Reading<'a> {
    let found = match &connection.given {
        Given::Url(name) => of_url(connection.engine, name, variables),
        Given::Parts(names) => of_parts(connection.engine, names, variables),
    };
    found.map_or_else(identity, |(variable, target)| {
        // INVARIANT: at most one; a policy in which two databases share an
        // address does not exist.
        let database = policy.databases().iter().find(|d| d.is_reached_by(&target));
        Reading::Target(Box::new(Destination { variable, target, database }))
    })
}

/// The variable that says where a connection leads and that one target, or what
/// its variables say instead.
type Found<'a> = Result<(&'a Seen, Target), Reading<'a>>;

fn of_url<'a>(engine: Engine, name: &Spanned<String>, variables: &'a Variables) -> Found<'a> {
    let variable = set(variables, name).ok_or(Reading::Unset)?;
    let url = variable.text().ok_or(Reading::NotText(variable))?;
    let target = Target::parse(engine, url);
    let target = target.map_err(|ambiguity| Reading::Ambiguous { variable, ambiguity })?;
    Ok((variable, target))
}

fn of_parts<'a>(engine: Engine, names: &'a PartVariables, variables: &'a Variables) -> Found<'a> {
    let PartVariables { host, port, database, user, password, encryption } = names;
    let optional =
        |name: &Option<Spanned<String>>| name.as_ref().and_then(|name| set(variables, name));
    let needed = [host, database, user];
    let (port, password, encryption) = (optional(port), optional(password), optional(encryption));
    let [Some(host), Some(database), Some(user)] = needed.map(|name| set(variables, name)) else {
        let mut found = needed.into_iter().filter_map(|name| set(variables, name));
        let one = found.next().or(password).ok_or(Reading::Unset)?;
        let missing = needed.into_iter().filter(|name| set(variables, name).is_none()).collect();
        return Err(Reading::Partial { set: one, missing });
    };

    let text = |seen: &'a Seen| seen.text().ok_or(Reading::NotText(seen));
    let parts = Parts {
        host: text(host)?,
        port: port.map(text).transpose()?,
        database: text(database)?,
        user: text(user)?,
        password: password.map(text).transpose()?,
        encryption: encryption.map(text).transpose()?,
    };
    let target = Target::from_parts(engine, parts).map_err(|ambiguity| {
        let blamed = match ambiguity.part() {
            Part::Port => port,
            Part::Database => Some(database),
            Part::User => Some(user),
            Part::Password => password,
            Part::Encryption => encryption,
            Part::Host | Part::Whole | Part::Scheme | Part::Query => None,
        };
        Reading::Ambiguous { variable: blamed.unwrap_or(host), ambiguity }
    })?;
    Ok((host, target))
}

fn set<'a>(variables: &'a Variables, name: &Spanned<String>) -> Option<&'a Seen> {
    variables.find(&name.value).filter(|seen| !seen.is_empty())
}
