//! A policy built in code.
//!
//! The builder writes TOML and hands it to [`Policy::parse`](Policy::parse):
//! a policy in code and a policy in a file are one model, with one set of
//! checks. [`PolicyBuilder::build`] reports every problem at once, with places in
//! the text that [`PolicyBuilder::to_toml`] prints.
//!
//! ```
//! use koomy_guard::Policy;
//! use koomy_guard::facts::Facts;
//! use koomy_guard::gate::{Boot, Permit};
//! use koomy_guard::policy::Data;
//! use koomy_guard::policy::builder::Is;
//!
//! let policy = Policy::builder("shop")
//!     .environment("production", |e| e.data(Data::Real).databases(["main"]))
//!     .environment("test", |e| e.data(Data::Synthetic).databases(["scratch"]))
//!     .database("main", |d| d.endpoints(["db.shop.example"]).database("shop"))
//!     .database("scratch", |d| d.hosts(["localhost"]).database("shop_test"))
//!     .connection_url("primary", "DATABASE_URL")
//!     .variable("APP_ENV", |v| v.is(Is::Environment))
//!     .variable("PORT", |v| v.is(Is::Port).required_in(["production"]))
//!     .build()?;
//!
//! let here = Facts::assume().variables([
//!     ("APP_ENV", "test"),
//!     ("DATABASE_URL", "postgresql://app:pw@localhost/shop_test"),
//! ]);
//! assert!(Permit::<Boot>::ask(&policy, &here.clone().facts()).is_ok());
//!
//! let there = here.variable("APP_ENV", "production").facts();
//! let refusal = Permit::<Boot>::ask(&policy, &there).unwrap_err();
//! let rules: Vec<_> = refusal.findings().iter().map(|finding| finding.rule().id).collect();
//! assert!(rules.contains(&"database-belongs-to-environment"));
//! assert!(rules.contains(&"variable-is-set"));
//! # Ok::<(), koomy_guard::policy::PolicyError>(())
//! ```
//!
//! A key that is set twice is a problem, as it is in a file; neither value
//! wins. Names and values may hold any text: none of it becomes a key.

mod tables;
#[cfg(test)]
mod tests;
mod text;

pub use super::Is;
pub use tables::{ConnectionBuilder, DatabaseBuilder, EnvironmentBuilder, VariableBuilder};

use self::text::{Item, Table};
use super::{Policy, PolicyError};

impl Policy {
    /// Starts a policy that is built in code.
    ///
    /// See [`builder`](self) for an example.
    pub fn builder(name: impl Into<String>) -> PolicyBuilder {
        let top = Table::top().set("version", Item::Integer(1)).text("name", name);
        PolicyBuilder { top, tables: Vec::new() }
    }
}

/// A policy that is being built; order matters where it does in a file.
#[derive(Clone, Debug)]
#[must_use = "nothing is built before `build`"]
pub struct PolicyBuilder {
    top: Table,
    tables: Vec<Table>,
}

impl PolicyBuilder {
    /// Says who approves a change of the policy.
    pub fn owner(self, owner: impl Into<String>) -> Self {
        Self { top: self.top.text("owner", owner), ..self }
    }

    /// Reserves the variables that start with `prefix` for this policy.
    pub fn prefix(self, prefix: impl Into<String>) -> Self {
        Self { top: self.top.text("prefix", prefix), ..self }
    }

    /// Declares an environment.
    pub fn environment(
        self,
        name: impl Into<String>,
        fill: impl FnOnce(EnvironmentBuilder) -> EnvironmentBuilder,
    ) -> Self {
        self.with(fill(EnvironmentBuilder(Table::named("environments", name.into()))).0)
    }

    /// Declares a database.
    pub fn database(
        self,
        name: impl Into<String>,
        fill: impl FnOnce(DatabaseBuilder) -> DatabaseBuilder,
    ) -> Self {
        self.with(fill(DatabaseBuilder(Table::named("databases", name.into()))).0)
    }

    /// Declares a connection.
    pub fn connection(
        self,
        name: impl Into<String>,
        fill: impl FnOnce(ConnectionBuilder) -> ConnectionBuilder,
    ) -> Self {
        self.with(fill(ConnectionBuilder(Table::named("connections", name.into()))).0)
    }

    /// Declares a PostgreSQL connection whose URL is in one variable.
    pub fn connection_url(self, name: impl Into<String>, variable: impl Into<String>) -> Self {
        self.connection(name, |connection| connection.url(variable))
    }

    /// Declares a variable, or the variables of a pattern such as `DEBUG*`.
    pub fn variable(
        self,
        name: impl Into<String>,
        fill: impl FnOnce(VariableBuilder) -> VariableBuilder,
    ) -> Self {
        self.with(fill(VariableBuilder(Table::named("variables", name.into()))).0)
    }

    /// Prints the policy as a file would hold it.
    pub fn to_toml(&self) -> String {
        let mut out = String::new();
        self.top.write(&mut out);
        self.tables.iter().for_each(|table| table.write(&mut out));
        out
    }

    /// Checks the policy, as if it had been read from a file.
    ///
    /// # Errors
    ///
    /// [`PolicyError`] holds every problem, as [`Policy::parse`] reports them.
    pub fn build(&self) -> Result<Policy, PolicyError> {
        Policy::parse_embedded(NAME, &self.to_toml())
    }

    fn with(mut self, table: Table) -> Self {
        self.tables.push(table);
        self
    }
}

/// The name of the text in messages.
const NAME: &str = "policy built in code";
