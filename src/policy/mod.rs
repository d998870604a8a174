//! The policy, which says what is allowed: one file, validated once.
//!
//! A [`Policy`] exists only if nothing is wrong with it: every name refers to
//! something, nothing is claimed twice, and everything knows its place in the
//! file, so that a finding can point at the line that decided.

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
mod quotable;
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
pub(crate) use quotable::may_be_shown;
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
    /// Computed when it is first used; most decisions never print it.
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
#[non_exhaustive]
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
    ///
    /// Not `#[non_exhaustive]`: whoever matches on it must decide about each.
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
#[non_exhaustive]
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
    /// Whether seeds may run, and where the policy says so; the name where it
    /// does not.
    pub seed: Spanned<bool>,
    /// Whether its servers must say who they are, and where the policy says so.
    pub live: Spanned<bool>,
    /// The rights that the role of a connection may not have.
    pub forbidden_rights: Spanned<Vec<Right>>,
    /// The tables whose rows show that a database is in use.
    pub tripwires: Vec<Tripwire>,
    /// The debug endpoints, if they are allowed.
    pub debug: Option<DebugRule>,
    /// How a web service treats requests and answers here.
    pub web: WebRule,
}

impl Environment {
    /// Whether connections may lead to `database` in this environment.
    pub(crate) fn has_database(&self, database: DatabaseId) -> bool {
        self.databases.iter().any(|id| id.value == database)
    }
}

/// Debug endpoints of an environment.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DebugRule {
    /// The paths below which they are served.
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
    /// Never, because the tests parse this file.
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

    /// Its origin as reports name it: `built-in`, `embedded`, or the name of the file.
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

    /// The place of its name.
    pub fn name_span(&self) -> Span {
        self.name.span
    }

    /// The person or role that approves changes.
    pub fn owner(&self) -> Option<&str> {
        self.owner.as_deref()
    }

    /// The prefix that is reserved for declared variables.
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

    /// The connection that is used when a command names none: the only one, or
    /// the one called `primary`.
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

    /// Whether the policy knows `name` only in another letter case.
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

    /// Whether the variable called `name` holds a connection or a part of one.
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

/// Compiles the text of a policy into the program and parses it when the macro
/// is evaluated.
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

/// The name of the connection that is used when there are several.
pub(crate) const PRIMARY: &str = "primary";

const BUILT_IN: &str = include_str!("../../policy.example.toml");
