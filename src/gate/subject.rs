//! The one connection that a seed is to go through, while it is judged.

use super::{Gate, NoConnection, Permit, Refusal, Seed, Verdict, decide};
use crate::facts::{Answer, Cause, Causes, Facts, Identity, Live, Observed};
use crate::finding::Outcome;
use crate::observe::database::{Patience, identities};
use crate::observe::told;
use crate::policy::{Environment, Policy, Tripwire};
use crate::rules::{ConnectionReading, Destination, Reading};
use crate::source::Place;
use crate::target::Engine;

/// A connection with one obstacle left: its server has not been asked who it is.
pub(super) struct Subject<'a> {
    policy: &'a Policy,
    facts: &'a Facts,
    connection: &'a str,
    /// Where its variables lead.
    pub(super) destination: Destination<'a>,
    /// The verdict without this connection.
    others: Verdict<'a>,
}

impl<'a> Subject<'a> {
    /// Decides without the servers.
    pub(super) fn of(
        policy: &'a Policy,
        facts: &'a Facts,
        connection: &'a str,
    ) -> Result<Self, Refusal> {
        known(policy, connection).map_err(Refusal::Connection)?;
        let mut verdict = decide(Gate::Seed, policy, facts);
        if !verdict.may_ask_servers() {
            let outcome = verdict.ruling().permitted().err().unwrap_or(Outcome::Undecided);
            return Err(Refusal::new(policy, outcome, verdict));
        }
        let is_it = |reading: &ConnectionReading<'_>| reading.connection.name.value == connection;
        let own = verdict.connections.extract_if(.., |reading| is_it(reading)).next();
        // INVARIANT: without a target of its own, nothing would say which
        // database the server has to be.
        match own.map(|own| own.reading) {
            Some(Reading::Target(destination)) => {
                let others = verdict;
                Ok(Self { policy, facts, connection, destination: *destination, others })
            }
            Some(
                Reading::Unset
                | Reading::Partial { .. }
                | Reading::Ambiguous { .. }
                | Reading::NotText(_),
            )
            | None => Err(Refusal::Connection(NoConnection::Unset { name: connection.to_owned() })),
        }
    }

    /// Where the target was read.
    pub(super) fn place(&self) -> &Place {
        &self.destination.variable.place
    }

    /// The environment that the variables name.
    pub(super) fn environment(&self) -> Option<&'a Environment> {
        self.others.environment
    }

    /// The tables whose rows give away a database in use.
    pub(super) fn tripwires(&self) -> &'a [Tripwire] {
        self.others.environment.map_or(&[], |environment| &environment.tripwires)
    }

    /// Decides with what the server said on the connection itself, and with
    /// what the servers of the other connections say.
    pub(super) fn judge(&self, identity: Identity) -> Result<Permit<Seed>, Refusal> {
        self.ask(Observed::Seen(identity))
    }

    /// The refusal of a connection whose server could not be asked.
    pub(super) fn unreachable(&self, cause: Cause) -> Refusal {
        let unseen = Observed::Unreadable(Causes { first: cause, rest: Vec::new() });
        match self.ask(unseen) {
            Err(refusal) => refusal,
            // Cannot happen: the seed gate is undecided while a server is unreadable.
            // Fails closed all the same.
            Ok(_) => Refusal::Connection(NoConnection::Unset { name: self.connection.to_owned() }),
        }
    }

    fn ask(&self, identity: Observed<Identity>) -> Result<Permit<Seed>, Refusal> {
        let own = Answer { connection: self.connection.to_owned(), identity };
        let mut answers = match self.of_others() {
            Live::Asked(answers) => answers,
            Live::NotAsked => Vec::new(),
        };
        answers.retain(|answer| answer.connection != self.connection);
        answers.push(own);
        let facts = Facts { live: Live::Asked(answers), ..self.facts.clone() };
        Permit::ask(self.policy, &facts)
    }

    fn of_others(&self) -> Live {
        identities(self.policy, &self.others, Patience::default(), &told)
    }
}

fn known(policy: &Policy, name: &str) -> Result<(), NoConnection> {
    let mut connections = policy.connections().iter();
    let found = connections.find(|connection| connection.name.value == name);
    match found.map(|connection| connection.engine) {
        Some(Engine::Postgres) => Ok(()),
        Some(Engine::MySql) => Err(NoConnection::NotPostgres { name: name.to_owned() }),
        None => Err(NoConnection::Unknown { name: name.to_owned() }),
    }
}
