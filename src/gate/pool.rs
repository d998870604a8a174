//! A check for the connections of a pool, one by one as they are opened.

use std::fmt;
use std::sync::Arc;

use ::postgres::Client;

use super::permit::log;
use super::subject::Subject;
use super::{Permit, Refusal, Seed};
use crate::assertion::{self, NoAssertion};
use crate::facts::{Cause, Facts, Identity};
use crate::observe::database::postgres::{identify, identify_async};
use crate::policy::Policy;

/// Verifies the connections of a pool by reference, from `after_connect`, `post_create`
/// and similar hooks.
///
/// LIMIT: it proves who the server is at that moment. A pool that reconnects calls its
/// hook again; a pooler in front of the server does not. Behind such a pooler, also run
/// [`assertion`](Self::assertion) first in each transaction.
///
/// ```no_run
/// use koomy_guard::policy::Phase;
/// use koomy_guard::{Policy, SeedCheck, observe};
///
/// # async fn opened(client: &tokio_postgres::Client) -> Result<(), Box<dyn std::error::Error>> {
/// let facts = observe::process(Phase::Seed);
/// let check = SeedCheck::new(Policy::built_in()?, facts, "primary")?;
/// // In the hook of the pool, with each connection that it opened:
/// check.verify_async(client).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct SeedCheck(Arc<Asked>);

struct Asked {
    policy: Policy,
    facts: Facts,
    connection: String,
}

impl SeedCheck {
    /// Asks the seed gate about everything but the servers.
    ///
    /// # Errors
    ///
    /// - [`Refusal::Shut`] when a rule refuses or could not look.
    /// - [`Refusal::Connection`] when the policy has no such connection, or it is not
    ///   set, or is not PostgreSQL.
    pub fn new(
        policy: Policy,
        facts: Facts,
        connection: impl Into<String>,
    ) -> Result<Self, Refusal> {
        let asked = Asked { policy, facts, connection: connection.into() };
        asked.subject()?;
        Ok(Self(Arc::new(asked)))
    }

    /// Asks the server of `client` who it is, and the seed gate whether it may be seeded.
    ///
    /// # Errors
    ///
    /// [`Refusal::Shut`] when a rule refuses or could not look. The pool must then not
    /// hand out the connection.
    pub fn verify(&self, client: &mut Client) -> Result<Permit<Seed>, Refusal> {
        let subject = self.0.subject()?;
        let identity = identify(client, subject.tripwires(), subject.place());
        self.0.judge(&subject, identity)
    }

    /// Does the same as [`verify`](Self::verify) for an asynchronous connection.
    ///
    /// LIMIT: if the policy has other connections, this blocks the executor's thread
    /// until their servers have answered. Where that matters, await it on a thread of its
    /// own.
    ///
    /// # Errors
    ///
    /// [`Refusal::Shut`] when a rule refuses or could not look. The pool must then not
    /// hand out the connection.
    pub async fn verify_async(
        &self,
        client: &tokio_postgres::Client,
    ) -> Result<Permit<Seed>, Refusal> {
        let subject = self.0.subject()?;
        let identity = identify_async(client, subject.tripwires(), subject.place()).await;
        self.0.judge(&subject, identity)
    }

    /// Returns a statement for any driver that raises an error on every database to which
    /// the policy's connection may not lead.
    ///
    /// See [`assertion::of_policy`].
    ///
    /// # Errors
    ///
    /// [`NoAssertion`] when the policy says too little to tell its databases from others.
    pub fn assertion(&self) -> Result<String, NoAssertion> {
        let subject = self.0.subject().ok();
        let environment = subject.and_then(|subject| subject.environment());
        let environment = environment.ok_or(NoAssertion::NotSeedable)?;
        assertion::of_policy(&self.0.policy, environment, &self.0.connection)
    }
}

impl Asked {
    fn subject(&self) -> Result<Subject<'_>, Refusal> {
        Subject::of(&self.policy, &self.facts, &self.connection)
    }

    fn judge(
        &self,
        subject: &Subject<'_>,
        identity: Result<Identity, Cause>,
    ) -> Result<Permit<Seed>, Refusal> {
        let permit = match identity {
            Ok(identity) => subject.judge(identity),
            Err(cause) => Err(subject.unreachable(cause)),
        };
        log(&self.policy, permit.as_ref());
        permit
    }
}

impl fmt::Debug for SeedCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SeedCheck(..)")
    }
}
