//! Connections of the blocking driver.

use ::postgres::types::ToSql;
use ::postgres::{Client, Error, Row, SimpleQueryMessage, ToStatement, Transaction};

use super::super::permit::log;
use super::super::subject::Subject;
use super::{Refusal, Seedable, Verified};
use crate::facts::Facts;
use crate::observe::database::postgres::identify;
use crate::policy::Policy;

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

impl Verified<Client> {
    pub(in crate::gate) fn judged(
        mut client: Client,
        subject: &Subject<'_>,
    ) -> Result<Self, Refusal> {
        match identify(&mut client, subject.tripwires(), subject.place()) {
            Ok(identity) => Self::sealed(client, subject, identity),
            Err(cause) => Err(subject.unreachable(cause)),
        }
    }

    /// Begins a transaction of the driver's own on the server that was verified.
    ///
    /// Use one for a seed of more than a few statements.
    ///
    /// # Errors
    ///
    /// The driver's error, also when another server answers than the one that was verified.
    pub fn transaction(&mut self) -> Result<Transaction<'_>, Error> {
        let mut transaction = self.client.transaction()?;
        transaction.batch_execute(&self.assertion)?;
        Ok(transaction)
    }

    /// Calls the driver's `execute` in a transaction of its own.
    ///
    /// # Errors
    ///
    /// As for [`transaction`](Self::transaction), and when the statement fails.
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

    /// Calls the driver's `query` in a transaction of its own.
    ///
    /// # Errors
    ///
    /// As for [`transaction`](Self::transaction), and when the statement fails.
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

    /// Calls the driver's `query_one` in a transaction of its own.
    ///
    /// # Errors
    ///
    /// As for [`transaction`](Self::transaction), and when the statement fails.
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

    /// Calls the driver's `query_opt` in a transaction of its own.
    ///
    /// # Errors
    ///
    /// As for [`transaction`](Self::transaction), and when the statement fails.
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

    /// Calls the driver's `batch_execute` in a transaction of its own.
    ///
    /// # Errors
    ///
    /// As for [`transaction`](Self::transaction), and when the statement fails.
    pub fn batch_execute(&mut self, text: &str) -> Result<(), Error> {
        self.in_transaction(|transaction| transaction.batch_execute(text))
    }

    /// Calls the driver's `simple_query` in a transaction of its own.
    ///
    /// # Errors
    ///
    /// As for [`transaction`](Self::transaction), and when the statement fails.
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
