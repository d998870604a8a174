//! A connection together with the proof that *it* was judged.

use std::fmt;
use std::pin::Pin;

use ::postgres::types::ToSql;
use ::postgres::{Client, Error, Row, SimpleQueryMessage, ToStatement, Transaction};

use super::permit::log;
use super::subject::Subject;
use super::{Permit, Refusal, Seed};
use crate::assertion;
use crate::facts::{Facts, Identity};
use crate::observe::database::postgres::{identify, identify_async};
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

impl Seedable for Client {
    type Verifying<'a> = Result<Verified<Self>, Refusal>;

    fn verify<'a>(
        self,
        policy: &'a Policy,
        facts: &'a Facts,
        connection: &'a str,
    ) -> Self::Verifying<'a> {
        let verified = Subject::of(policy, facts, connection)
            .and_then(|subject| Verified::judged(self, &subject));
        log(policy, verified.as_ref().map(Verified::permit));
        verified
    }
}

impl Seedable for tokio_postgres::Client {
    type Verifying<'a> = Pin<Box<dyn Future<Output = Result<Verified<Self>, Refusal>> + Send + 'a>>;

    fn verify<'a>(
        self,
        policy: &'a Policy,
        facts: &'a Facts,
        connection: &'a str,
    ) -> Self::Verifying<'a> {
        Box::pin(async move {
            let verified = match Subject::of(policy, facts, connection) {
                Ok(subject) => Verified::judged_async(self, &subject).await,
                Err(refusal) => Err(refusal),
            };
            log(policy, verified.as_ref().map(Verified::permit));
            verified
        })
    }
}

impl Verified<Client> {
    pub(super) fn judged(mut client: Client, subject: &Subject<'_>) -> Result<Self, Refusal> {
        match identify(&mut client, subject.tripwires(), subject.place()) {
            Ok(identity) => {
                let permit = subject.judge(identity.clone())?;
                Self::sealed(client, &identity, permit)
            }
            Err(cause) => Err(subject.unreachable(cause)),
        }
    }

    /// Begins a transaction on the server that was verified: the driver's own,
    /// with all that it can do.
    ///
    /// A seed of more than a few statements takes one.
    ///
    /// # Errors
    ///
    /// The driver's, and the server's when it is another.
    pub fn transaction(&mut self) -> Result<Transaction<'_>, Error> {
        let mut transaction = self.client.transaction()?;
        transaction.batch_execute(&self.assertion)?;
        Ok(transaction)
    }

    /// As the driver's `execute`, in a transaction.
    ///
    /// # Errors
    ///
    /// The driver's, and the server's when it is another.
    pub fn execute<T>(
        &mut self,
        statement: &T,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<u64, Error>
    where
        T: ?Sized + ToStatement,
    {
        self.in_transaction(|transaction| transaction.execute(statement, params))
    }

    /// As the driver's `query`, in a transaction.
    ///
    /// # Errors
    ///
    /// The driver's, and the server's when it is another.
    pub fn query<T>(
        &mut self,
        statement: &T,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, Error>
    where
        T: ?Sized + ToStatement,
    {
        self.in_transaction(|transaction| transaction.query(statement, params))
    }

    /// As the driver's `query_one`, in a transaction.
    ///
    /// # Errors
    ///
    /// The driver's, and the server's when it is another.
    pub fn query_one<T>(
        &mut self,
        statement: &T,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Row, Error>
    where
        T: ?Sized + ToStatement,
    {
        self.in_transaction(|transaction| transaction.query_one(statement, params))
    }

    /// As the driver's `query_opt`, in a transaction.
    ///
    /// # Errors
    ///
    /// The driver's, and the server's when it is another.
    pub fn query_opt<T>(
        &mut self,
        statement: &T,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Option<Row>, Error>
    where
        T: ?Sized + ToStatement,
    {
        self.in_transaction(|transaction| transaction.query_opt(statement, params))
    }

    /// As the driver's `batch_execute`, in a transaction.
    ///
    /// # Errors
    ///
    /// The driver's, and the server's when it is another.
    pub fn batch_execute(&mut self, text: &str) -> Result<(), Error> {
        self.in_transaction(|transaction| transaction.batch_execute(text))
    }

    /// As the driver's `simple_query`, in a transaction.
    ///
    /// # Errors
    ///
    /// The driver's, and the server's when it is another.
    pub fn simple_query(&mut self, text: &str) -> Result<Vec<SimpleQueryMessage>, Error> {
        self.in_transaction(|transaction| transaction.simple_query(text))
    }

    fn in_transaction<R>(
        &mut self,
        run: impl FnOnce(&mut Transaction<'_>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let mut transaction = self.transaction()?;
        let done = run(&mut transaction)?;
        transaction.commit()?;
        Ok(done)
    }
}

impl Verified<tokio_postgres::Client> {
    async fn judged_async(
        client: tokio_postgres::Client,
        subject: &Subject<'_>,
    ) -> Result<Self, Refusal> {
        match identify_async(&client, subject.tripwires(), subject.place()).await {
            Ok(identity) => {
                let permit = subject.judge(identity.clone())?;
                Self::sealed(client, &identity, permit)
            }
            Err(cause) => Err(subject.unreachable(cause)),
        }
    }

    /// Begins a transaction on the server that was verified: the driver's own,
    /// with all that it can do.
    ///
    /// A seed of more than a few statements takes one.
    ///
    /// # Errors
    ///
    /// The driver's, and the server's when it is another.
    pub async fn transaction(&mut self) -> Result<tokio_postgres::Transaction<'_>, Error> {
        let transaction = self.client.transaction().await?;
        transaction.batch_execute(&self.assertion).await?;
        Ok(transaction)
    }

    /// As the driver's `execute`, in a transaction.
    ///
    /// # Errors
    ///
    /// The driver's, and the server's when it is another.
    pub async fn execute<T>(
        &mut self,
        statement: &T,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<u64, Error>
    where
        T: ?Sized + ToStatement,
    {
        let transaction = self.transaction().await?;
        let done = transaction.execute(statement, params).await?;
        transaction.commit().await?;
        Ok(done)
    }

    /// As the driver's `query`, in a transaction.
    ///
    /// # Errors
    ///
    /// The driver's, and the server's when it is another.
    pub async fn query<T>(
        &mut self,
        statement: &T,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, Error>
    where
        T: ?Sized + ToStatement,
    {
        let transaction = self.transaction().await?;
        let done = transaction.query(statement, params).await?;
        transaction.commit().await?;
        Ok(done)
    }

    /// As the driver's `query_one`, in a transaction.
    ///
    /// # Errors
    ///
    /// The driver's, and the server's when it is another.
    pub async fn query_one<T>(
        &mut self,
        statement: &T,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Row, Error>
    where
        T: ?Sized + ToStatement,
    {
        let transaction = self.transaction().await?;
        let done = transaction.query_one(statement, params).await?;
        transaction.commit().await?;
        Ok(done)
    }

    /// As the driver's `query_opt`, in a transaction.
    ///
    /// # Errors
    ///
    /// The driver's, and the server's when it is another.
    pub async fn query_opt<T>(
        &mut self,
        statement: &T,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Option<Row>, Error>
    where
        T: ?Sized + ToStatement,
    {
        let transaction = self.transaction().await?;
        let done = transaction.query_opt(statement, params).await?;
        transaction.commit().await?;
        Ok(done)
    }

    /// As the driver's `batch_execute`, in a transaction.
    ///
    /// # Errors
    ///
    /// The driver's, and the server's when it is another.
    pub async fn batch_execute(&mut self, text: &str) -> Result<(), Error> {
        let transaction = self.transaction().await?;
        transaction.batch_execute(text).await?;
        transaction.commit().await
    }

    /// As the driver's `simple_query`, in a transaction.
    ///
    /// # Errors
    ///
    /// The driver's, and the server's when it is another.
    pub async fn simple_query(&mut self, text: &str) -> Result<Vec<SimpleQueryMessage>, Error> {
        let transaction = self.transaction().await?;
        let done = transaction.simple_query(text).await?;
        transaction.commit().await?;
        Ok(done)
    }
}
