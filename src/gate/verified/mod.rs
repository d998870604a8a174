//! A connection together with the proof that this very connection was judged.

mod asynchronous;
mod blocking;

use std::fmt;

use super::subject::Subject;
use super::{Permit, Refusal, Seed};
use crate::assertion;
use crate::facts::{Facts, Identity};
use crate::policy::Policy;

/// A connection to a database that may be seeded.
///
/// The server said who it is on this very connection, and the seed gate opened. Every
/// statement runs in a transaction that begins with an assertion of that identity,
/// because a pooler may send the next transaction to another server. That server then
/// raises an error, and nothing is written.
///
/// A seed function that takes a `Verified` cannot be called without the guard:
///
/// ```
/// use koomy_guard::Verified;
/// use postgres::Client;
///
/// fn seed(db: &mut Verified<Client>) -> Result<(), postgres::Error> {
///     db.batch_execute("INSERT INTO public.cities (name) VALUES ('Nantes')")
/// }
///
/// fn run(mut db: Verified<Client>) -> Result<(), postgres::Error> {
///     seed(&mut db)
/// }
/// ```
///
/// It cannot be called with a plain connection:
///
/// ```compile_fail,E0308
/// # use koomy_guard::Verified;
/// # use postgres::Client;
/// # fn seed(db: &mut Verified<Client>) -> Result<(), postgres::Error> { Ok(()) }
/// fn run(mut db: Client) -> Result<(), postgres::Error> {
///     seed(&mut db)
/// }
/// ```
///
/// Nor with a permit to start, or with a permit and a connection that have nothing to do
/// with each other:
///
/// ```compile_fail,E0308
/// # use koomy_guard::{Boot, Permit, Verified};
/// # use postgres::Client;
/// # fn seed(db: &mut Verified<Client>) -> Result<(), postgres::Error> { Ok(()) }
/// fn run(mut permit: Permit<Boot>) -> Result<(), postgres::Error> {
///     seed(&mut permit)
/// }
/// ```
///
/// ```compile_fail,E0451
/// # use koomy_guard::{Permit, Seed, Verified};
/// # use postgres::Client;
/// fn forge(client: Client, permit: Permit<Seed>) -> Verified<Client> {
///     Verified { client, permit, assertion: String::new() }
/// }
/// ```
///
/// Nor with a connection that was swapped for another, or taken out:
///
/// ```compile_fail,E0614
/// # use koomy_guard::Verified;
/// # use postgres::Client;
/// fn swap(db: &mut Verified<Client>, other: &mut Client) {
///     std::mem::swap(&mut **db, other)
/// }
/// ```
///
/// ```compile_fail,E0616
/// # use koomy_guard::Verified;
/// # use postgres::Client;
/// fn swap(db: &mut Verified<Client>, other: &mut Client) {
///     std::mem::swap(&mut db.client, other)
/// }
/// ```
///
/// ```
/// # use koomy_guard::Verified;
/// # use postgres::Client;
/// fn swap(db: &mut Verified<Client>, other: &mut Verified<Client>) {
///     std::mem::swap(db, other) // each with its own proof
/// }
/// ```
///
/// Nor with a copy:
///
/// ```compile_fail,E0599
/// # use koomy_guard::Verified;
/// # use postgres::Client;
/// fn twice(db: Verified<Client>) -> (Verified<Client>, Verified<Client>) {
///     (db.clone(), db)
/// }
/// ```
///
/// LIMIT: what cannot run in a transaction (`VACUUM`, `CREATE DATABASE`) cannot run
/// through it. Statements that follow a `COMMIT` in the same text are not protected.
#[must_use = "a verified connection does nothing until a seed takes it"]
pub struct Verified<C> {
    client: C,
    assertion: String,
    permit: Permit<Seed>,
}

impl<C: Seedable> Verified<C> {
    /// Asks the server of `client` who it is, and the seed gate whether it may be seeded.
    ///
    /// The server is asked on `client` itself. It must be the database to which the
    /// variables of the policy's `connection` lead.
    ///
    /// For a [`postgres::Client`](::postgres::Client) this returns a `Result`, for a
    /// [`tokio_postgres::Client`] the future of one.
    ///
    /// LIMIT: if the policy has other connections, that future blocks its thread until
    /// their servers have answered. Where that matters, await it on a thread of its own.
    ///
    /// ```no_run
    /// use koomy_guard::policy::Phase;
    /// use koomy_guard::{Policy, Verified, observe};
    ///
    /// # async fn run(client: postgres::Client, other: tokio_postgres::Client)
    /// # -> Result<(), Box<dyn std::error::Error>> {
    /// let policy = Policy::built_in()?;
    /// let facts = observe::process(Phase::Seed);
    /// let db = Verified::for_seeding(client, &policy, &facts, "primary")?;
    /// let db = Verified::for_seeding(other, &policy, &facts, "primary").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// - [`Refusal::Shut`] when a rule refuses or could not look.
    /// - [`Refusal::Connection`] when the policy has no such connection, or it is not set,
    ///   or is not PostgreSQL.
    /// - [`Refusal::Unassertable`] when the server says too little about itself to be
    ///   recognised in each transaction.
    ///
    /// `client` is closed in each case.
    pub fn for_seeding<'a>(
        client: C,
        policy: &'a Policy,
        facts: &'a Facts,
        connection: &'a str,
    ) -> C::Verifying<'a> {
        C::verify(client, policy, facts, connection)
    }
}

impl<C> Verified<C> {
    /// The permit, with what was judged.
    pub fn permit(&self) -> &Permit<Seed> {
        &self.permit
    }

    /// Judges what the server of `client` said, and seals `client` if it may be seeded.
    fn sealed(client: C, subject: &Subject<'_>, identity: Identity) -> Result<Self, Refusal> {
        let permit = subject.judge(identity.clone())?;
        match assertion::of_seed(&identity, permit.environment()) {
            Some(assertion) => Ok(Self { client, assertion, permit }),
            None => Err(Refusal::Unassertable { connection: subject.connection().to_owned() }),
        }
    }
}

impl<C> fmt::Debug for Verified<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Verified(..)")
    }
}

/// A driver's connection that can be verified.
///
/// Sealed: a connection type from elsewhere could claim any identity.
pub trait Seedable: sealed::Sealed + Sized + 'static {
    /// What verification returns: a `Result`, or the future of one.
    type Verifying<'a>;

    /// See [`Verified::for_seeding`].
    #[doc(hidden)]
    fn verify<'a>(
        self,
        policy: &'a Policy,
        facts: &'a Facts,
        connection: &'a str,
    ) -> Self::Verifying<'a>;
}

mod sealed {
    /// Implemented only for the connections of this crate's drivers.
    pub trait Sealed {}
    impl Sealed for ::postgres::Client {}
    impl Sealed for tokio_postgres::Client {}
}
