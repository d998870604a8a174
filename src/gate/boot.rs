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
//! 4. every secret has the class that the environment demands, is not a
//!    placeholder, is strong, and is used once;
//! 5. every address in a variable belongs to this environment;
//! 6. where the policy says `live = true`, or the caller asks, each server says
//!    of itself that it is the database that its address claims.
//!
//! *What this cannot see*: whether the server at the other end is what its address
//! claims, unless it is asked (6); and variables that the program loads by itself
//! later.

use once_cell::sync::OnceCell;
use serde::de::DeserializeOwned;

#[cfg(feature = "postgres")]
use super::ConnectError;
use super::permit::{Action, Permit, log, sealed::Sealed};
use super::snapshot::Snapshot;
use super::{Gate, Refusal, Verdict};
use crate::facts::{Facts, Variables};
use crate::observe::{self, Asking};
use crate::policy::{Phase, Policy};
use crate::visible::visible;

/// Leave to start, with the snapshot that was judged.
pub struct Boot {
    snapshot: Snapshot,
    #[cfg(feature = "tower")]
    judged: crate::tower::Judged,
}

impl Action for Boot {
    const GATE: Gate = Gate::Boot;
}

impl Sealed for Boot {
    fn granted(policy: &Policy, verdict: &Verdict<'_>, facts: &Facts) -> Self {
        Self {
            snapshot: Snapshot::of(policy, verdict, facts),
            #[cfg(feature = "tower")]
            judged: crate::tower::Judged::of(policy, verdict, facts),
        }
    }

    fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }
}

impl Permit<Boot> {
    /// What the layers need to judge requests.
    #[cfg(feature = "tower")]
    pub(crate) fn judged(&self) -> &crate::tower::Judged {
        &self.action().judged
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
    /// variable does not fit its field's type. The message names the field or the
    /// variable, and no value.
    pub fn settings<T: DeserializeOwned>(&self) -> Result<T, SettingsError> {
        let pairs =
            self.snapshot().variables.iter().filter_map(|seen| {
                Some((seen.name.clone(), seen.value.text()?.expose().to_owned()))
            });
        envy::from_iter(pairs).map_err(|error| SettingsError::of(error, &self.snapshot().variables))
    }

    /// Connects to the target that the connection called `name` was judged to
    /// lead to, and not to what its variable may say by now.
    ///
    /// Where the server was asked who it is, the one that answers now must be
    /// the same. TLS is as the target says; a name is always checked.
    ///
    /// Not from inside an asynchronous runtime: the driver brings its own.
    ///
    /// # Errors
    ///
    /// [`ConnectError`], without a value.
    #[cfg(feature = "postgres")]
    pub fn connect(&self, name: &str) -> Result<::postgres::Client, ConnectError> {
        self.snapshot().connect(name)
    }
}

/// Settings that do not fit their type.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// A field without default has no variable.
    #[error("no variable for the field `{field}`; set it, or give the field a default")]
    Missing {
        /// The field's name.
        field: &'static str,
    },
    /// A variable does not fit the type of its field.
    #[error("{} does not fit the type of its field", called(variable.as_deref()))]
    Unfit {
        /// The variable, where it is known.
        variable: Option<String>,
    },
}

impl SettingsError {
    fn of(error: envy::Error, variables: &Variables) -> Self {
        match error {
            envy::Error::MissingValue(field) => Self::Missing { field },
            // DELIBERATE: the message of `serde` quotes the value. Only the name
            // of the variable is kept of it.
            // MIRRORS envy: `… while parsing value 'VALUE' provided by NAME`.
            envy::Error::Custom(message) => Self::Unfit {
                variable: message
                    .rsplit_once(" provided by ")
                    .and_then(|(_, name)| variables.find(name))
                    .map(|seen| seen.name.clone()),
            },
        }
    }
}

fn called(variable: Option<&str>) -> String {
    variable.map_or_else(|| "a variable".to_owned(), |name| format!("`{}`", visible(name)))
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
/// Where the policy says `live = true` of the environment, the servers are
/// asked who they are, and waited for: see [`observe::live`] and [`boot_live`].
///
/// What was decided is one `tracing` event: permitted, with the environment,
/// the policy and its SHA-256, the rules that were asked, and the database that
/// each connection leads to; or not, with the rules that spoke.
///
/// # Errors
///
/// [`Refusal`] when a rule refuses or could not look.
pub fn boot_with(policy: &Policy) -> Result<Permit<Boot>, Refusal> {
    ask(policy, &Asking::where_demanded())
}

/// As [`boot_with`], and asks the servers who they are in every environment.
///
/// # Process-wide effect
///
/// As [`identities`](observe::database::identities) has, where a MySQL server is
/// asked: a program that installs a rustls `CryptoProvider` does so before.
///
/// # Errors
///
/// [`Refusal`] when a rule refuses or could not look.
pub fn boot_live(policy: &Policy) -> Result<Permit<Boot>, Refusal> {
    ask(policy, &Asking::always())
}

fn ask(policy: &Policy, asking: &Asking<'_>) -> Result<Permit<Boot>, Refusal> {
    let permit = Permit::ask_live(policy, observe::process(Phase::Boot), asking);
    log(policy, permit.as_ref());
    permit
}

static JUDGED: OnceCell<Permit<Boot>> = OnceCell::new();
