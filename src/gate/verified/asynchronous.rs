//! Connections of the asynchronous driver.

use std::pin::Pin;

use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Error, Row, SimpleQueryMessage, ToStatement, Transaction};

use super::super::permit::log;
use super::super::subject::Subject;
use super::{Refusal, Seedable, Verified};
use crate::facts::Facts;
use crate::observe::database::postgres::identify_async;
use crate::policy::Policy;

impl Seedable for Client {
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
    async fn judged_async(client: Client, subject: &Subject<'_>) -> Result<Self, Refusal> {
        match identify_async(&client, subject.tripwires(), subject.place()).await {
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
    pub async fn transaction(&mut self) -> Result<Transaction<'_>, Error> {
        let transaction = self.client.transaction().await?;
        transaction.batch_execute(&self.assertion).await?;
        Ok(transaction)
    }

    /// Calls the driver's `execute` in a transaction of its own.
    ///
    /// # Errors
    ///
    /// As for [`transaction`](Self::transaction), and when the statement fails.
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

    /// Calls the driver's `query` in a transaction of its own.
    ///
    /// # Errors
    ///
    /// As for [`transaction`](Self::transaction), and when the statement fails.
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

    /// Calls the driver's `query_one` in a transaction of its own.
    ///
    /// # Errors
    ///
    /// As for [`transaction`](Self::transaction), and when the statement fails.
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

    /// Calls the driver's `query_opt` in a transaction of its own.
    ///
    /// # Errors
    ///
    /// As for [`transaction`](Self::transaction), and when the statement fails.
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

    /// Calls the driver's `batch_execute` in a transaction of its own.
    ///
    /// # Errors
    ///
    /// As for [`transaction`](Self::transaction), and when the statement fails.
    pub async fn batch_execute(&mut self, text: &str) -> Result<(), Error> {
        let transaction = self.transaction().await?;
        transaction.batch_execute(text).await?;
        transaction.commit().await
    }

    /// Calls the driver's `simple_query` in a transaction of its own.
    ///
    /// # Errors
    ///
    /// As for [`transaction`](Self::transaction), and when the statement fails.
    pub async fn simple_query(&mut self, text: &str) -> Result<Vec<SimpleQueryMessage>, Error> {
        let transaction = self.transaction().await?;
        let done = transaction.simple_query(text).await?;
        transaction.commit().await?;
        Ok(done)
    }
}
