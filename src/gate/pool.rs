//! Connections of a pool, verified one by one as they are opened.

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

/// Verifies the connections of a pool, by reference: for `after_connect`,
/// `post_create` and the like.
///
/// LIMIT: it proves who the server is at that moment. A pool that reconnects
/// calls its hook again; a pooler in front of the server does not. Where there
/// is one, run [`assertion`](Self::assertion) first in each transaction too.
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
    /// Asks the seed gate about all but the servers.
    ///
    /// # Errors
    ///
    /// [`Refusal`] when a rule refuses or could not look.
    pub fn new(
        policy: Policy,
        facts: Facts,
        connection: impl Into<String>,
    ) -> Result<Self, Refusal> {
        let asked = Asked { policy, facts, connection: connection.into() };
        asked.subject()?;
        Ok(Self(Arc::new(asked)))
    }

    /// Asks the server of `client` who it is, and the seed gate.
    ///
    /// # Errors
    ///
    /// [`Refusal`] when a rule refuses or could not look. The pool must not
    /// hand the connection out then.
    pub fn verify(&self, client: &mut Client) -> Result<Permit<Seed>, Refusal> {
        let subject = self.0.subject()?;
        let identity = identify(client, subject.tripwires(), subject.place());
        self.0.judge(&subject, identity)
    }

    /// As [`verify`](Self::verify), of an asynchronous connection.
    ///
    /// # Errors
    ///
    /// [`Refusal`] when a rule refuses or could not look. The pool must not
    /// hand the connection out then.
    pub async fn verify_async(
        &self,
        client: &tokio_postgres::Client,
    ) -> Result<Permit<Seed>, Refusal> {
        let subject = self.0.subject()?;
        let identity = identify_async(client, subject.tripwires(), subject.place()).await;
        self.0.judge(&subject, identity)
    }

    /// A statement for any driver that raises on every database that the
    /// policy's connection may not lead to: see [`assertion::of_policy`].
    ///
    /// # Errors
    ///
    /// [`NoAssertion`] where the policy pins too little.
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
