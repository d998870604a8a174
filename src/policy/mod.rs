//! What is allowed: one file, validated once.
//!
//! A [`Policy`] exists only if nothing is wrong with it: every name in it
//! stands for something, nothing is claimed twice, and everything knows where
//! it was written, so that a finding can point at the line that decided.

pub mod builder;
mod connection;
mod database;
pub mod diff;
#[cfg(test)]
mod diff_tests;
pub mod format;
mod lower;
mod outline;
mod problem;
mod reader;
#[cfg(feature = "report")]
pub mod schema;
pub mod show;
#[cfg(test)]
mod tests;
mod tripwire;
mod variable;
mod web;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use once_cell::sync::OnceCell;
use sha2::{Digest, Sha256};

pub use connection::{Connection, Given, PartVariables, Phase, Phases};
pub use database::{Database, Network};
pub use problem::{PolicyError, Problem, ProblemKind};
pub use tripwire::{SqlName, TableName, Tripwire};
pub use variable::{
    Declared, Is, Matcher, NamePattern, Pattern, PerEnvironment, SecretRule, Variable,
    VariableKind, Where,
};
pub use web::{AddressRange, EncodedResponses, ForeignOrigins, WebRule};

use crate::facts::Right;
use crate::named::named;
use crate::source::{Source, Span, Spanned};

/// A validated policy.
#[derive(Clone, Debug)]
pub struct Policy {
    source: Arc<Source>,
    origin: Origin,
    /// Computed when it is first asked for: most decisions never print it.
    sha256: OnceCell<String>,
    name: Spanned<String>,
    owner: Option<String>,
    prefix: Option<Spanned<String>>,
    environments: Vec<Environment>,
    environment_ids: BTreeMap<String, EnvironmentId>,
    databases: Vec<Database>,
    connections: Vec<Connection>,
    variables: BTreeMap<String, Variable>,
    patterns: Vec<Pattern>,
    environment_variable: String,
}

/// Where a policy comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A file, or text with a name.
    File,
    /// Text that was compiled into the program, or built in code.
    Embedded,
    /// Koomy's own, which is compiled into this crate.
    BuiltIn,
}

/// An environment of one policy, by position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EnvironmentId(usize);

/// A database of one policy, by position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DatabaseId(usize);

named! {
    /// What an environment's databases hold.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Data {
        /// Data of real people.
        Real = "real",
        /// Copies of real data with the people taken out.
        Masked = "masked",
        /// Made up; may be lost.
        Synthetic = "synthetic",
    }
}

/// An environment that exists.
#[derive(Clone, Debug)]
pub struct Environment {
    /// Its name, which is the value of the environment variable.
    pub name: Spanned<String>,
    /// Its position.
    pub id: EnvironmentId,
    /// What its databases hold.
    pub data: Data,
    /// The runtimes it may have, and where the policy says so.
    pub runtime: Option<Spanned<Vec<String>>>,
    /// The databases that connections may lead to.
    pub databases: Vec<Spanned<DatabaseId>>,
    /// Where the policy lists the databases; the name where it lists none.
    pub databases_span: Span,
    /// Its host names.
    pub domains: Vec<Spanned<String>>,
    /// Where the policy lists the domains; the name where it lists none.
    pub domains_span: Span,
    /// The branches it is released from.
    pub branches: Vec<Spanned<String>>,
    /// The environment that a release must have passed.
    pub after: Option<Spanned<EnvironmentId>>,
    /// Whether seeds may run, and where the policy says so; its name where it
    /// does not.
    pub seed: Spanned<bool>,
    /// Whether its servers must have been asked, and where the policy says so.
    pub live: Spanned<bool>,
    /// What the role of a connection may not be or have.
    pub forbidden_rights: Spanned<Vec<Right>>,
    /// The tables whose rows give away a database in use.
    pub tripwires: Vec<Tripwire>,
    /// Debug endpoints, where they are allowed.
    pub debug: Option<DebugRule>,
    /// What it says of requests and answers.
    pub web: WebRule,
}

impl Environment {
    /// Whether connections may lead to a database of this policy's here.
    pub(crate) fn has_database(&self, database: DatabaseId) -> bool {
        self.databases.iter().any(|id| id.value == database)
    }
}

/// Debug endpoints of an environment.
#[derive(Clone, Debug)]
pub struct DebugRule {
    /// The paths they live below.
    pub paths: Vec<String>,
    /// The header that carries the secret.
    pub header: String,
    /// The variable that holds the secret.
    pub secret: Spanned<String>,
}

impl Policy {
    /// Reads a policy from TOML text.
    ///
    /// `name` is only for messages; nothing is opened.
    ///
    /// # Errors
    ///
    /// [`PolicyError`] holds every [`Problem`] found, in file order; it is
    /// never empty.
    ///
    /// # Source
    ///
    /// The format is described in `docs/policy.md`; `policy.example.toml` is
    /// parsed by this function in the tests, so it cannot go stale.
    pub fn parse(name: &str, text: &str) -> Result<Self, PolicyError> {
        lower::policy(name, text, Origin::File)
    }

    /// Reads a policy that is compiled into the program, as
    /// [`embed_policy!`](crate::embed_policy) does.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    pub fn parse_embedded(name: &str, text: &str) -> Result<Self, PolicyError> {
        lower::policy(name, text, Origin::Embedded)
    }

    /// Koomy's own policy: `policy.example.toml`, compiled in.
    ///
    /// # Errors
    ///
    /// Never in a released version: the file is parsed in the tests.
    pub fn built_in() -> Result<Self, PolicyError> {
        lower::policy("policy.example.toml", BUILT_IN, Origin::BuiltIn)
    }

    /// The text that was parsed, with its name.
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// Whether it was read from a file or compiled in.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// What documents call its origin: `built-in`, `embedded`, or the name of the file.
    pub fn origin_name(&self) -> &str {
        match self.origin() {
            Origin::BuiltIn => "built-in",
            Origin::Embedded => "embedded",
            Origin::File => self.source().name(),
        }
    }

    /// The SHA-256 of the text, in lower-case hexadecimal digits.
    pub fn sha256(&self) -> &str {
        self.sha256.get_or_init(|| {
            let mut digits = String::with_capacity(64);
            for byte in Sha256::digest(self.source.shown().unwrap_or_default()) {
                let _infallible = write!(digits, "{byte:02x}");
            }
            digits
        })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name.value
    }

    /// Where its name stands.
    pub fn name_span(&self) -> Span {
        self.name.span
    }

    /// Who validates changes.
    pub fn owner(&self) -> Option<&str> {
        self.owner.as_deref()
    }

    /// The prefix of the policy's own variables.
    pub fn prefix(&self) -> Option<&Spanned<String>> {
        self.prefix.as_ref()
    }

    /// The environments, in file order.
    pub fn environments(&self) -> &[Environment] {
        &self.environments
    }

    /// The environment called `name`, to the byte.
    pub fn environment(&self, name: &str) -> Option<&Environment> {
        let id = self.environment_ids.get(name)?;
        self.environments.get(id.0)
    }

    /// The name of an environment of this policy.
    pub fn environment_name(&self, id: EnvironmentId) -> Option<&str> {
        self.environments.get(id.0).map(|environment| environment.name.value.as_str())
    }

    /// The databases, in file order.
    pub fn databases(&self) -> &[Database] {
        &self.databases
    }

    /// A database of this policy.
    pub fn database(&self, id: DatabaseId) -> Option<&Database> {
        self.databases.get(id.0)
    }

    /// The environments that may use a database.
    pub fn environments_of(&self, database: DatabaseId) -> impl Iterator<Item = &Environment> {
        self.environments.iter().filter(move |environment| environment.has_database(database))
    }

    /// The connections, in file order.
    pub fn connections(&self) -> &[Connection] {
        &self.connections
    }

    /// The connection that is meant where none is named: the only one, or the
    /// one called `primary`.
    pub fn usual_connection(&self) -> Option<&Connection> {
        match self.connections() {
            [only] => Some(only),
            all => all.iter().find(|connection| connection.name.value == PRIMARY),
        }
    }

    /// The variables that are declared by name, sorted by name.
    pub fn variables(&self) -> impl Iterator<Item = &Variable> {
        self.variables.values()
    }

    /// The variables that are declared by pattern, in file order.
    pub fn patterns(&self) -> &[Pattern] {
        &self.patterns
    }

    /// The variable that is declared by this name.
    pub fn variable(&self, name: &str) -> Option<&Variable> {
        self.variables.get(name)
    }

    /// What is declared of the variable called `name`: by name, or else by the
    /// first pattern that fits.
    pub fn declared(&self, name: &str) -> Option<Declared<'_>> {
        self.variable(name).map(Declared::ByName).or_else(|| self.by_pattern(name))
    }

    pub(crate) fn by_pattern(&self, name: &str) -> Option<Declared<'_>> {
        self.patterns.iter().find(|pattern| pattern.names.fits(name)).map(Declared::ByPattern)
    }

    /// Whether `name` is none of the policy's, and is one in another letter case.
    pub(crate) fn knows_in_another_case(&self, name: &str) -> bool {
        if self.declared(name).is_some() || self.is_part_of_connection(name) {
            return false;
        }
        let is_it = |known: &str| known.eq_ignore_ascii_case(name);
        let mut parts = self.connections.iter().flat_map(Connection::variables);
        self.variables.keys().any(|known| is_it(known))
            || parts.any(|part| is_it(&part.value))
            || self.patterns.iter().any(|pattern| pattern.names.fits_in_some_case(name))
    }

    /// Whether a connection is given by the variable called `name`.
    pub fn is_part_of_connection(&self, name: &str) -> bool {
        self.connections
            .iter()
            .any(|connection| connection.variables().any(|variable| variable.value == name))
    }

    /// The variable that names the environment.
    pub fn environment_variable(&self) -> &str {
        &self.environment_variable
    }
}

/// Reads a policy at compile time into the program, as text; it is parsed when
/// it is first used.
///
/// ```
/// let policy = koomy_guard::embed_policy!("../../policy.example.toml")?;
/// assert_eq!(policy.name(), "koomy");
/// # Ok::<(), koomy_guard::policy::PolicyError>(())
/// ```
#[macro_export]
macro_rules! embed_policy {
    ($path:literal) => {
        $crate::policy::Policy::parse_embedded($path, include_str!($path))
    };
}

/// The name of the connection that is meant among several.
pub(crate) const PRIMARY: &str = "primary";

const BUILT_IN: &str = include_str!("../../policy.example.toml");
