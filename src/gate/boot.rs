//! May this process start with these variables?
//!
//! The gate opens when all of this holds:
//!
//! 1. the variable that names the environment holds a name of the policy, to
//!    the byte, and the runtime is one that the environment may have;
//! 2. every required variable is set, every variable that is set may be set
//!    here and has its format, and nothing that looks like a secret or a
//!    connection is undeclared;
//! 3. every connection has exactly one target, whatever the driver, and that
//!    target is a database of this environment, reached over TLS where it is
//!    remote;
//! 4. every secret has the class that the environment demands, is no
//!    placeholder, is strong, and is used once;
//! 5. every address in a variable belongs to this environment.
//!
//! *What this cannot see*: whether the server at the other end is what its
//! address claims, and variables that the program loads by itself later.

use once_cell::sync::OnceCell;
use serde::de::DeserializeOwned;

use super::permit::{Action, Permit, name_of, sealed::Sealed};
use super::{Gate, Refusal, Verdict};
use crate::facts::{Facts, Observed, Variables};
use crate::observe;
use crate::policy::{Phase, Policy};
use crate::target::Target;

/// Leave to start, with the snapshot that was judged.
pub struct Boot {
    environment: String,
    rules_asked: Vec<&'static str>,
    variables: Variables,
    connections: Vec<Connected>,
}

/// Where a connection leads.
struct Connected {
    connection: String,
    /// The database's name in the policy.
    database: String,
    target: Target,
}

impl Action for Boot {
    const GATE: Gate = Gate::Boot;
}

impl Sealed for Boot {
    fn granted(policy: &Policy, verdict: &Verdict<'_>, facts: &Facts) -> Self {
        let mut variables = match &facts.variables {
            Observed::Seen(variables) => variables.clone(),
            Observed::Absent | Observed::Unreadable(_) => Variables::default(),
        };
        variables.retain(|name| !policy.knows_in_another_case(name));
        let connections = verdict.destinations().map(|(connection, destination)| Connected {
            connection: connection.name.value.clone(),
            database: destination
                .database
                .map(|known| known.name.value.clone())
                .unwrap_or_default(),
            target: destination.target.clone(),
        });
        Self {
            environment: name_of(verdict.environment),
            rules_asked: verdict.rules_asked.clone(),
            connections: connections.collect(),
            variables,
        }
    }
}

impl Boot {
    /// `connection:database`, for each connection.
    fn databases(&self) -> String {
        let pair = |known: &Connected| format!("{}:{}", known.connection, known.database);
        self.connections.iter().map(pair).collect::<Vec<_>>().join(",")
    }
}

impl Permit<Boot> {
    /// The environment, as the policy names it.
    pub fn environment(&self) -> &str {
        &self.action().environment
    }

    /// The settings of the program, read from the snapshot that was judged and
    /// not from the process a second time.
    ///
    /// A field `database_url` takes the variable `DATABASE_URL`. A variable
    /// whose value is not text is left out; so is one, such as `database_url`,
    /// that differs in letter case alone from a name of the policy: it was not
    /// judged as that.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] when a field without default has no variable, or a
    /// variable does not fit its field's type. The message names the field at
    /// most, and no value.
    pub fn settings<T: DeserializeOwned>(&self) -> Result<T, SettingsError> {
        let pairs =
            self.action().variables.iter().filter_map(|seen| {
                Some((seen.name.clone(), seen.value.text()?.expose().to_owned()))
            });
        envy::from_iter(pairs).map_err(SettingsError::from)
    }

    /// The target that the connection called `name` in the policy was judged
    /// to lead to; `None` if the policy has no such connection or it is unset.
    pub fn target(&self, name: &str) -> Option<&Target> {
        let mut connections = self.action().connections.iter();
        connections.find(|known| known.connection == name).map(|known| &known.target)
    }
}

/// Settings that do not fit their type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// A field without default has no variable.
    #[error("no variable for the field `{field}`; set it, or give the field a default")]
    Missing {
        /// The field's name.
        field: &'static str,
    },
    /// A variable does not fit the type of its field.
    #[error("a variable does not fit the type of its field")]
    Unfit,
}

// DELIBERATE: what serde says of a value that does not fit quotes the value.
impl From<envy::Error> for SettingsError {
    fn from(error: envy::Error) -> Self {
        match error {
            envy::Error::MissingValue(field) => Self::Missing { field },
            envy::Error::Custom(_) => Self::Unfit,
        }
    }
}

/// Asks whether this process may start, by the built-in policy.
///
/// The process is judged once: a later call returns the permit of the first.
/// A refusal is not kept, and a later call looks again.
///
/// ```no_run
/// #[derive(serde::Deserialize)]
/// struct Settings {
///     port: u16,
/// }
///
/// let boot = koomy_guard::boot()?;
/// let settings: Settings = boot.settings()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`Refusal`] when a rule refuses or could not look.
pub fn boot() -> Result<&'static Permit<Boot>, Refusal> {
    JUDGED.get_or_try_init(|| boot_with(&Policy::built_in()?))
}

/// Asks whether this process may start, by a policy of the caller's.
///
/// What was decided is one `tracing` event: permitted, with the environment,
/// the policy and its SHA-256, the rules that were asked, and the database that
/// each connection leads to; or not, with the rules that spoke.
///
/// # Errors
///
/// [`Refusal`] when a rule refuses or could not look.
pub fn boot_with(policy: &Policy) -> Result<Permit<Boot>, Refusal> {
    let facts = observe::process(Phase::Boot);
    let permit = Permit::<Boot>::ask(policy, &facts);
    match &permit {
        Ok(permit) => tracing::info!(
            outcome = "permitted",
            environment = permit.environment(),
            policy = policy.name(),
            sha256 = policy.sha256(),
            rules_asked = permit.action().rules_asked.join(","),
            targets = permit.action().databases(),
            "boot"
        ),
        Err(refusal) => tracing::error!(
            outcome = refusal.outcome().name(),
            policy = policy.name(),
            sha256 = policy.sha256(),
            rules = rules_of(refusal),
            "boot"
        ),
    }
    permit
}

fn rules_of(refusal: &Refusal) -> String {
    let rules: Vec<_> = refusal.findings().iter().map(|finding| finding.rule().id).collect();
    rules.join(",")
}

static JUDGED: OnceCell<Permit<Boot>> = OnceCell::new();
