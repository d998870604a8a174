//! The seed gate: may this process fill this database with data of its own?

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

/// Permission to fill a database with made-up data.
///
/// The gate opens when all of this holds:
///
/// 1. Everything holds that [`Boot`](super::Boot) demands of the variables.
/// 2. The policy lets the environment seed, and its data are not real.
/// 3. Each server identifies itself as the database that its address claims, and takes
///    writes.
/// 4. The stamp in the database, if there is one, was written for that very database
///    and this environment. A database that has tables has a stamp.
/// 5. The tables of the policy's tripwire look like those of a database that nobody
///    uses.
///
/// *What this cannot see*: a physical copy of a self-hosted server at a pinned address; a
/// database without a pin that has the right name on the right host.
///
/// A permit alone says nothing about a connection: [`Verified`](super::Verified) holds the
/// connection whose server was asked, together with its permit.
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

/// Connects to the database of this process's environment and returns the connection
/// if the database may be seeded.
///
/// The built-in policy decides. The connection is the policy's only one, or the one
/// called `primary`. Do not call this from inside an asynchronous runtime: the driver
/// starts its own.
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
/// Those of [`seed_connection`], and:
///
/// - [`Refusal::Policy`] when the policy cannot be used.
/// - [`Refusal::Connection`] also when the policy has several connections and none is
///   called `primary`.
#[cfg(feature = "postgres")]
pub fn seed() -> Result<Verified<Client>, Refusal> {
    seed_with(&Policy::built_in()?)
}

/// Does the same as [`seed()`] with a policy of the caller's.
///
/// # Errors
///
/// Those of [`seed_connection`]; [`Refusal::Connection`] also when the policy has
/// several connections and none is called `primary`.
#[cfg(feature = "postgres")]
pub fn seed_with(policy: &Policy) -> Result<Verified<Client>, Refusal> {
    let connection = usual(policy)?;
    seed_connection(policy, connection, &observe::process(Phase::Seed))
}

/// Does the same as [`seed_with`] with a connection and facts of the caller's choice.
///
/// The facts come from [`observe::process`] or [`observe::env_files`], for example.
///
/// # Errors
///
/// - [`Refusal::Shut`] when a rule refuses or could not look, which includes a server
///   that cannot be reached.
/// - [`Refusal::Connection`] when the policy has no such connection, or it is not set,
///   or is not PostgreSQL.
/// - [`Refusal::Unassertable`] when the server says too little about itself to be
///   recognised in each transaction.
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
    match connect(policy, &subject.destination, Patience::default(), &observe::log_wait) {
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
