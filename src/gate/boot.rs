//! The boot gate: may this process start with these variables?

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

/// Permission to start, with the snapshot that was judged.
///
/// The gate opens when all of this holds:
///
/// 1. The variables could be read, and there are some. Not knowing never permits.
/// 2. The variable that names the environment holds a name from the policy, to the byte,
///    and the runtime is one that this environment may have.
/// 3. Every required variable is set. Every variable that is set may be set here and has
///    its format and one of its values. Nothing that looks like a secret or a connection
///    is undeclared.
/// 4. Every connection has exactly one target, whatever driver reads it. That target is a
///    database of this environment, compared as a whole, and reached over TLS unless the
///    way there is private. Where data are not real, nothing in it looks like production.
/// 5. Every secret has the form of its kind and the class that the environment demands.
///    It is not a placeholder, is strong, and is used once.
/// 6. Every web address in a variable belongs to this environment.
/// 7. Where the policy says `live = true`, or the caller asks for it, each server
///    identifies itself as the database that its address claims.
///
/// *What this cannot see*: variables that the program loads by itself later; and, without
/// the seventh, whether the server behind an address is the one that it claims.
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
    /// What policy and facts mean for web requests.
    #[cfg(feature = "tower")]
    pub(crate) fn judged(&self) -> &crate::tower::Judged {
        &self.action().judged
    }

    /// Reads the program's settings from the snapshot that was judged, not from the
    /// process again.
    ///
    /// A field `database_url` takes the variable `DATABASE_URL`. A variable whose value
    /// is not text is left out. So is one, such as `database_url`, whose name differs
    /// from a name in the policy only in letter case: it was not judged as that variable.
    ///
    /// # Errors
    ///
    /// - [`SettingsError::Missing`] when a field without a default has no variable.
    /// - [`SettingsError::Unfit`] when a variable does not fit its field's type.
    ///
    /// The message names the field or the variable, and never a value.
    pub fn settings<T: DeserializeOwned>(&self) -> Result<T, SettingsError> {
        let pairs =
            self.snapshot().variables.iter().filter_map(|seen| {
                Some((seen.name.clone(), seen.value.text()?.expose().to_owned()))
            });
        envy::from_iter(pairs).map_err(|error| SettingsError::of(error, &self.snapshot().variables))
    }

    /// Connects to the target that the connection called `name` led to when it was
    /// judged, whatever its variable says now.
    ///
    /// If the server was asked who it is, the one that answers now must be the same. TLS
    /// is used as the target says, and the host name is always checked.
    ///
    /// Do not call this from inside an asynchronous runtime: the driver starts its own.
    ///
    /// # Errors
    ///
    /// - [`ConnectError::NoConnection`] when no connection called `name` was judged.
    /// - [`ConnectError::NotPostgres`] when it leads to MySQL.
    /// - [`ConnectError::Unreachable`] when the server cannot be reached, or not as the
    ///   target demands.
    /// - [`ConnectError::Another`] when another server answers than the one that was
    ///   asked, [`ConnectError::Unassertable`] when that one cannot be recognised, and
    ///   [`ConnectError::Lost`] when the connection breaks before it is.
    #[cfg(feature = "postgres")]
    pub fn connect(&self, name: &str) -> Result<::postgres::Client, ConnectError> {
        self.snapshot().connect(name)
    }
}

/// Why settings could not be read from the snapshot.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// A field without a default has no variable.
    #[error("no variable for the field `{field}`; set it, or give the field a default")]
    Missing {
        /// The field's name.
        field: &'static str,
    },
    /// A variable does not fit the type of its field.
    #[error("{} does not fit the type of its field", called(variable.as_deref()))]
    Unfit {
        /// The variable, if it is known.
        variable: Option<String>,
    },
}

impl SettingsError {
    fn of(error: envy::Error, variables: &Variables) -> Self {
        match error {
            envy::Error::MissingValue(field) => Self::Missing { field },
            // DELIBERATE: serde's message quotes the value, so that only the name of
            // the variable is kept.
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

/// Asks whether this process may start, according to the built-in policy.
///
/// The process is judged once: later calls return the first permit. A refusal is not
/// kept, so a later call looks again.
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
/// - [`Refusal::Policy`] when the policy cannot be used.
/// - [`Refusal::Shut`] when a rule refuses or could not look.
pub fn boot() -> Result<&'static Permit<Boot>, Refusal> {
    JUDGED.get_or_try_init(|| boot_with(&Policy::built_in()?))
}

/// Asks whether this process may start, according to a policy of the caller's.
///
/// Where the policy says `live = true` for the environment, this asks the servers who
/// they are and waits for their answers: see [`observe::live`] and [`boot_live`].
///
/// The decision is logged as one `tracing` event. If permitted, it holds the
/// environment, the policy and its SHA-256, the rules that were asked, and the database
/// that each connection leads to; if not, the rules that have findings.
///
/// # Errors
///
/// [`Refusal::Shut`] when a rule refuses or could not look.
pub fn boot_with(policy: &Policy) -> Result<Permit<Boot>, Refusal> {
    ask(policy, &Asking::where_demanded())
}

/// Does the same as [`boot_with`], and asks the servers who they are in every
/// environment.
///
/// # Process-wide effect
///
/// Asking a MySQL server may install a rustls `CryptoProvider`, as
/// [`identities`](observe::database::identities) explains. A program that installs its
/// own must do so before.
///
/// # Errors
///
/// [`Refusal::Shut`] when a rule refuses or could not look.
pub fn boot_live(policy: &Policy) -> Result<Permit<Boot>, Refusal> {
    ask(policy, &Asking::always())
}

fn ask(policy: &Policy, asking: &Asking<'_>) -> Result<Permit<Boot>, Refusal> {
    let permit = Permit::ask_live(policy, observe::process(Phase::Boot), asking);
    log(policy, permit.as_ref());
    permit
}

static JUDGED: OnceCell<Permit<Boot>> = OnceCell::new();
