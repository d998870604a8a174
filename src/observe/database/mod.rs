//! Asks the servers behind the connections who they are.
//!
//! A connection is built with setters from the judged target, never from the text of a
//! URL. The questions are read-only and change nothing.

#[cfg(any(feature = "postgres", feature = "mysql"))]
mod common;
#[cfg_attr(not(feature = "postgres"), expect(dead_code, reason = "MySQL fails in fewer ways"))]
mod failure;
mod gather;
#[cfg(feature = "mysql")]
mod mysql;
#[cfg(not(all(feature = "postgres", feature = "mysql")))]
mod not_built;
#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod tls;

use std::time::Duration;

#[cfg(not(feature = "mysql"))]
use not_built as mysql;
#[cfg(not(feature = "postgres"))]
use not_built as postgres;

use crate::facts::{Answer, Cause, Causes, Identity, Live, Observed};
use crate::gate::{Gate, Verdict};
use crate::policy::{Connection, Policy, Tripwire};
use crate::rules::Destination;
use crate::source::Place;
use crate::target::Engine;

/// How long servers are waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// The limit for one connection, from the first packet until the session is ready.
    pub connect: Duration,
    /// The limit for one answer.
    pub answer: Duration,
    /// How often a server that cannot be reached is tried again. A database that sleeps
    /// needs seconds to wake up.
    pub retries: u32,
}

impl Default for Patience {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), answer: Duration::from_secs(5), retries: 3 }
    }
}

/// Asks the servers behind the connections of `verdict` who they are.
///
/// Nothing is contacted unless [`Verdict::may_ask_servers`] holds. For the verdict of a
/// seed gate, the tables of the environment's tripwire are counted, too. `notice` is
/// called, without any value, when a server is waited for.
///
/// All are asked at the same time, on threads of their own, so this does not panic inside
/// an asynchronous runtime; it blocks until the last has answered or `patience` is over.
///
/// # Process-wide effect
///
/// When a MySQL server is asked over TLS (feature `mysql`), its driver takes the
/// process's `rustls::crypto::CryptoProvider`, and *ring* is installed as that if there
/// is none. A program that installs its own must do so before.
pub fn identities(
    policy: &Policy,
    verdict: &Verdict<'_>,
    patience: Patience,
    notice: &dyn Fn(&str),
) -> Live {
    let destinations: Vec<_> = verdict.destinations().collect();
    let found = if verdict.may_ask_servers() {
        ask(policy, verdict, &destinations, patience, notice)
    } else {
        destinations.iter().map(|(_, destination)| Err(not_asked(&place(destination)))).collect()
    };
    let answers = destinations.iter().zip(found).map(|((connection, _), found)| Answer {
        connection: connection.name.value.clone(),
        identity: match found {
            Ok(identity) => Observed::Seen(identity),
            Err(first) => Observed::Unreadable(Causes { first, rest: Vec::new() }),
        },
    });
    Live::Asked(answers.collect())
}

fn ask(
    policy: &Policy,
    verdict: &Verdict<'_>,
    destinations: &[(&Connection, &Destination<'_>)],
    patience: Patience,
    notice: &dyn Fn(&str),
) -> Vec<Result<Identity, Cause>> {
    let tripwires = tripwires(verdict);
    let question = |to: &Destination<'_>| match to.target.engine() {
        Engine::Postgres => postgres::question(policy, to, tripwires, patience),
        Engine::MySql => mysql::question(policy, to, tripwires, patience),
    };
    let questions = destinations.iter().map(|(_, to)| question(to)).collect();
    let waiting = |index: usize, waiting: failure::Waiting| {
        if let Some((_, destination)) = destinations.get(index) {
            notice(&format!("the server of `{}` {waiting}", destination.variable.name));
        }
    };
    let found = gather::all(questions, patience.longest(), &waiting);
    let places = destinations.iter().map(|(_, destination)| place(destination));
    found.into_iter().zip(places).map(|(found, at)| found.map_err(|why| why.cause(&at))).collect()
}

fn tripwires<'a>(verdict: &Verdict<'a>) -> &'a [Tripwire] {
    match (verdict.gate, verdict.environment) {
        (Gate::Seed, Some(environment)) => &environment.tripwires,
        (Gate::Seed, None) | (Gate::Boot | Gate::Compare | Gate::Probe, _) => &[],
    }
}

fn place(destination: &Destination<'_>) -> Place {
    destination.variable.place.clone()
}

fn not_asked(place: &Place) -> Cause {
    Cause {
        message: "the server was not asked, because the environment is refused already".to_owned(),
        help: "resolve the other findings first".to_owned(),
        place: place.clone(),
    }
}

impl Patience {
    /// The longest that one server can take, with all tries and pauses.
    fn longest(self) -> Duration {
        let pauses = pause(u32::MAX).saturating_mul(self.retries);
        let tries = self.connect.saturating_mul(self.retries.saturating_add(1));
        tries.saturating_add(pauses).saturating_add(self.answer)
    }
}

/// The pause after the try of this number.
fn pause(tries: u32) -> Duration {
    FIRST_PAUSE.saturating_mul(1 << tries.saturating_sub(1).min(3))
}

const FIRST_PAUSE: Duration = Duration::from_millis(250);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_wait_has_every_try_and_every_pause() {
        for retries in 0..6 {
            let patience = Patience { retries, ..Patience::default() };
            let pauses: Duration = (1..=retries).map(pause).sum();
            let tries = patience.connect * (retries + 1);
            assert!(patience.longest() >= tries + pauses + patience.answer, "{retries}");
        }
        // Computed, not counted up.
        let endless = Patience { retries: u32::MAX, ..Patience::default() };
        assert!(endless.longest() > Duration::from_secs(60 * 60 * 24 * 365));
    }
}
