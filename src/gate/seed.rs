//! May this process fill this database with data of its own?
//!
//! The gate opens when all of this holds:
//!
//! 1. everything that the boot gate asks of the variables;
//! 2. the environment is one that the policy lets seed, and its data are not
//!    real;
//! 3. each server says of itself that it is the database that its address
//!    claims, and takes writes;
//! 4. the stamp in the database, where there is one, was written for that very
//!    database and this environment; a database that is not fresh has one;
//! 5. the tables of the policy's tripwire look as those of a database that
//!    nobody uses.
//!
//! *What this cannot see*: a physical copy of a plain server at a pinned
//! address; a database without a pin that has the right name on the right host.

#[cfg(feature = "postgres")]
use ::postgres::Client;

use super::permit::{Action, sealed::Sealed};
use super::snapshot::Snapshot;
use super::{Gate, Verdict};
#[cfg(feature = "postgres")]
use super::{Refusal, Verified, permit::log, refusal::NoConnection, subject::Subject};
use crate::facts::Facts;
use crate::policy::Policy;
#[cfg(feature = "postgres")]
use crate::{
    observe::{
        self,
        database::{Patience, postgres::connect},
    },
    policy::{PRIMARY, Phase},
};

/// Leave to seed.
///
/// Of itself it says nothing of a connection: [`Verified`](super::Verified)
/// holds the connection that was asked, together with this leave.
pub struct Seed(Snapshot);

impl Action for Seed {
    const GATE: Gate = Gate::Seed;
}

impl Sealed for Seed {
    fn granted(policy: &Policy, verdict: &Verdict<'_>, facts: &Facts) -> Self {
        Self(Snapshot::of(policy, verdict, facts))
    }

    fn snapshot(&self) -> &Snapshot {
        &self.0
    }
}

/// Connects to the database of this process's environment and hands the
/// connection out, if it may be seeded; by the built-in policy.
///
/// The connection is the policy's only one, or the one called `primary`. Not from
/// inside an asynchronous runtime: the driver brings its own.
///
/// ```no_run
/// use koomy_guard::Verified;
///
/// fn seed(db: &mut Verified<postgres::Client>) -> Result<(), postgres::Error> {
///     let mut transaction = db.transaction()?;
///     transaction.execute("INSERT INTO public.cities (name) VALUES ($1)", &[&"Nantes"])?;
///     transaction.commit()
/// }
///
/// let mut db = koomy_guard::seed()?;
/// seed(&mut db)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`Refusal`] when a rule refuses or could not look.
#[cfg(feature = "postgres")]
pub fn seed() -> Result<Verified<Client>, Refusal> {
    seed_with(&Policy::built_in()?)
}

/// As [`seed()`], by a policy of the caller's.
///
/// # Errors
///
/// [`Refusal`] when a rule refuses or could not look.
#[cfg(feature = "postgres")]
pub fn seed_with(policy: &Policy) -> Result<Verified<Client>, Refusal> {
    let connection = usual(policy).map_err(Refusal::Connection)?;
    seed_connection(policy, connection, &observe::process(Phase::Seed))
}

/// As [`seed_with`], through the connection of that name and with facts of the
/// caller's, such as [`observe::process`] or [`observe::env_files`].
///
/// # Errors
///
/// [`Refusal`] when a rule refuses or could not look.
#[cfg(feature = "postgres")]
pub fn seed_connection(
    policy: &Policy,
    connection: &str,
    facts: &Facts,
) -> Result<Verified<Client>, Refusal> {
    let verified = verify(policy, connection, facts);
    log(policy, verified.as_ref().map(Verified::permit));
    verified
}

#[cfg(feature = "postgres")]
fn verify(policy: &Policy, connection: &str, facts: &Facts) -> Result<Verified<Client>, Refusal> {
    let subject = Subject::of(policy, facts, connection)?;
    match connect(policy, &subject.destination, Patience::default(), &observe::told) {
        Ok(client) => Verified::judged(client, &subject),
        Err(cause) => Err(subject.unreachable(cause)),
    }
}

#[cfg(feature = "postgres")]
fn usual(policy: &Policy) -> Result<&str, NoConnection> {
    match (policy.usual_connection(), policy.connections()) {
        (Some(usual), _) => Ok(&usual.name.value),
        (None, []) => Err(NoConnection::Unknown { name: PRIMARY.to_owned() }),
        (None, [..]) => Err(NoConnection::Unnamed),
    }
}
