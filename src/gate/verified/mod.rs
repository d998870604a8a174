//! A connection together with the proof that *it* was judged.

mod asynchronous;
mod blocking;

use std::fmt;

use super::{Permit, Refusal, Seed};
use crate::assertion;
use crate::facts::{Facts, Identity};
use crate::policy::Policy;

/// A connection to a database that may be seeded.
///
/// The server said who it is on this very connection, and the seed gate opened.
/// Every statement runs in a transaction that begins with an assertion of that
/// identity: behind a pooler, the next transaction may be another server's. The
/// server then raises, and nothing is written.
///
/// A seed that takes it cannot be called without the guard:
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
/// Not with a plain connection:
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
/// Not with leave to start, or with a leave and a connection that have nothing
/// to do with each other:
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
/// Not with a connection that was swapped for another, or taken out:
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
/// And not with a copy:
///
/// ```compile_fail,E0599
/// # use koomy_guard::Verified;
/// # use postgres::Client;
/// fn twice(db: Verified<Client>) -> (Verified<Client>, Verified<Client>) {
///     (db.clone(), db)
/// }
/// ```
///
/// LIMIT: what cannot run in a transaction (`VACUUM`, `CREATE DATABASE`) cannot
/// run through it. A `COMMIT` in the middle of a text ends the protection of
/// what follows it.
#[must_use = "a verified connection does nothing until a seed takes it"]
pub struct Verified<C> {
    client: C,
    assertion: String,
    permit: Permit<Seed>,
}

impl<C: Seedable> Verified<C> {
    /// Asks the server of `client` who it is, on `client` itself, and the seed
    /// gate whether that is the database to which the variables of the policy's
    /// `connection` lead, and may be seeded.
    ///
    /// A [`postgres::Client`](::postgres::Client) gives a `Result`, a
    /// [`tokio_postgres::Client`] the future of one.
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
    /// [`Refusal`] when a rule refuses or could not look; the connection is
    /// closed then.
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
    /// The leave, with what was judged.
    pub fn permit(&self) -> &Permit<Seed> {
        &self.permit
    }

    fn sealed(client: C, identity: &Identity, permit: Permit<Seed>) -> Result<Self, Refusal> {
        match assertion::of_seed(identity, permit.environment()) {
            Some(assertion) => Ok(Self { client, assertion, permit }),
            None => Err(Refusal::Unassertable),
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
/// Sealed: a connection of one's own would say of itself what it likes.
pub trait Seedable: sealed::Sealed + Sized + 'static {
    /// What verifying gives: a `Result`, or the future of one.
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
    /// Only the connections of this crate's drivers.
    pub trait Sealed {}
    impl Sealed for ::postgres::Client {}
    impl Sealed for tokio_postgres::Client {}
}
