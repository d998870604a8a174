//! The connection that a seed will use, while it is being judged.

use super::{Gate, NoConnection, Permit, Refusal, Seed, Verdict, decide};
use crate::facts::{Answer, Cause, Causes, Facts, Identity, Live, Observed};
use crate::finding::Outcome;
use crate::observe::database::{Patience, identities};
use crate::observe::log_wait;
use crate::policy::{Environment, Policy, Tripwire};
use crate::rules::{ConnectionReading, Destination, Reading};
use crate::source::Place;
use crate::target::Engine;

/// A connection with one obstacle left: its server has not been asked who it is.
pub(super) struct Subject<'a> {
    policy: &'a Policy,
    facts: &'a Facts,
    connection: &'a str,
    /// Where its variables lead to.
    pub(super) destination: Destination<'a>,
    /// The verdict, with only the other connections in it.
    others: Verdict<'a>,
}

impl<'a> Subject<'a> {
    /// Decides without asking any server.
    pub(super) fn of(
        policy: &'a Policy,
        facts: &'a Facts,
        connection: &'a str,
    ) -> Result<Self, Refusal> {
        known(policy, connection)?;
        let mut verdict = decide(Gate::Seed, policy, facts);
        if !verdict.may_ask_servers() {
            let outcome = verdict.ruling().permitted().err().unwrap_or(Outcome::Undecided);
            return Err(Refusal::new(policy, outcome, verdict));
        }
        let is_it = |reading: &ConnectionReading<'_>| reading.connection.name.value == connection;
        let own = verdict.connections.extract_if(.., |reading| is_it(reading)).next();
        // INVARIANT: without exactly one target, nothing would say which database the
        // server has to be.
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
            | None => Err(NoConnection::Unset { name: connection.to_owned() }.into()),
        }
    }

    /// The connection's name in the policy.
    pub(super) fn connection(&self) -> &'a str {
        self.connection
    }

    /// Where the target was read from.
    pub(super) fn place(&self) -> &Place {
        &self.destination.variable.place
    }

    /// The environment that the variables name.
    pub(super) fn environment(&self) -> Option<&'a Environment> {
        self.others.environment
    }

    /// The tables whose rows show that a database is in use.
    pub(super) fn tripwires(&self) -> &'a [Tripwire] {
        self.others.environment.map_or(&[], |environment| &environment.tripwires)
    }

    /// Decides with what the server said on the connection itself, and with what the
    /// servers of the other connections say. Blocks until those have answered.
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
        identities(self.policy, &self.others, Patience::default(), &log_wait)
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
