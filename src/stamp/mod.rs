//! A stamp in a database, by which a copy of it is recognised as a copy.
//!
//! A row of the table `koomy_guard.stamp` names the environment of a database, and the
//! database that the row was written for: a branch of Neon, or a cluster with an `oid`
//! and a name. A copy of the data contains the same row, but is not the database that the
//! row was written for. A stamp only ever refuses; it permits nothing that pins and live
//! identity do not.
//!
//! [`plan`] decides, and opens nothing. [`write()`] runs [`Plan::sql`]: one transaction
//! that begins with an assertion that the server is still the one that the plan was made
//! for.

mod pins;
mod refusal;
mod sql;

pub use refusal::StampRefusal;

use std::fmt::Write as _;

use crate::assertion;
use crate::facts::{Binding, Identity, Stamp, StampState};
use crate::policy::{Data, Database, Environment, Policy};
use crate::target::Target;

/// A stamp that may be written.
#[derive(Clone, Debug)]
pub struct Plan {
    environment: String,
    database: String,
    identity: Identity,
    binding: Binding,
    assertion: String,
    change: Change,
}

/// What happens to the existing stamp.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Change {
    /// There is no stamp yet.
    First,
    /// It is this environment's and this database's, and is renewed.
    Renew,
    /// It was written for another database of the same environment, or of one without
    /// real data; the new one remembers it.
    Rebind(Stamp),
    /// The database may be a copy of real data; the new stamp remembers the old one, and
    /// the reason.
    Adopt(Stamp, String),
}

/// Decides whether the database with `identity` may be stamped as `database` of
/// `environment`.
///
/// `target` is the judged address at which the server was asked; what the server says
/// must fit it, too. `adopt` is the reason why a copy of another database may be used
/// here, and must not be given where there is nothing to adopt.
///
/// # Errors
///
/// [`StampRefusal`] when the server is not the database that the policy means, cannot be
/// written to or recognised, or has a stamp that may not be replaced; and when `adopt` is
/// given without need, is needed and not given, or is not one short line.
pub fn plan(
    policy: &Policy,
    environment: &Environment,
    database: &Database,
    target: &Target,
    identity: &Identity,
    adopt: Option<&str>,
) -> Result<Plan, StampRefusal> {
    pins::compare(policy, environment, database, target, identity)?;
    let (binding, assertion) =
        identity.binding().zip(assertion::of_identity(identity)).ok_or(StampRefusal::Unbound)?;
    let change = change(policy, environment, identity, &binding, adopt)?;
    Ok(Plan {
        environment: environment.name.value.clone(),
        database: database.name.value.clone(),
        identity: identity.clone(),
        binding,
        assertion,
        change,
    })
}

fn change(
    policy: &Policy,
    environment: &Environment,
    identity: &Identity,
    binding: &Binding,
    adopt: Option<&str>,
) -> Result<Change, StampRefusal> {
    let change = match &identity.stamp {
        StampState::No { .. } | StampState::Emptied => Change::First,
        StampState::Unreadable { why } => {
            return Err(StampRefusal::Unreadable { why: why.clone() });
        }
        StampState::Stamped(stamp) if stamp.binding == *binding => {
            if stamp.environment != environment.name.value {
                return Err(StampRefusal::Contradiction { stamped: stamp.environment.clone() });
            }
            Change::Renew
        }
        StampState::Stamped(stamp) => return replace(policy, environment, stamp, adopt),
    };
    if adopt.is_some() { Err(StampRefusal::NothingToAdopt) } else { Ok(change) }
}

/// Decides about a stamp that was written for another database.
///
/// DELIBERATE: an environment that the policy does not know counts as real.
fn replace(
    policy: &Policy,
    environment: &Environment,
    stamp: &Stamp,
    adopt: Option<&str>,
) -> Result<Change, StampRefusal> {
    let origin = policy.environment(&stamp.environment);
    let is_real = origin.is_none_or(|origin| origin.data == Data::Real);
    let is_own = stamp.environment == environment.name.value;
    let stamped = stamp.environment.clone();
    match (environment.data, adopt) {
        (_, None) if is_own || !is_real => Ok(Change::Rebind(stamp.clone())),
        (_, Some(_)) if is_own => Err(StampRefusal::NothingToAdopt),
        (Data::Real, _) => Err(StampRefusal::CopyInReal { stamped }),
        (Data::Masked | Data::Synthetic, None) => Err(StampRefusal::Copy { stamped }),
        (Data::Masked | Data::Synthetic, Some(reason)) => {
            Ok(Change::Adopt(stamp.clone(), line(reason)?))
        }
    }
}

/// A reason that can be read in one line.
fn line(text: &str) -> Result<String, StampRefusal> {
    let text = text.trim();
    let is_reason = !text.is_empty()
        && text.chars().count() <= MAX_REASON_CHARS
        && !text.contains(char::is_control);
    is_reason.then(|| text.to_owned()).ok_or(StampRefusal::NoReason)
}

impl Plan {
    /// Describes what will be written, in lines of text without a value.
    pub fn describe(&self) -> String {
        let Self { environment, database, identity, binding, .. } = self;
        let mut text = format!("stamps `{database}` as a database of `{environment}`\n");
        let bound = match binding {
            Binding::Neon { project, branch } => {
                format!("branch {} of project {}", shown(branch), shown(project))
            }
            Binding::Plain { system_identifier, database_oid, .. } => {
                format!("oid {database_oid} of cluster {}", shown(system_identifier))
            }
        };
        let name = shown(&identity.database);
        let _infallible =
            writeln!(text, "  for the database {name}, {bound}, not for a copy of it");
        let _infallible = writeln!(text, "  {}", self.change.describe());
        text.push_str(
            "  in the table `koomy_guard.stamp`, which is created if it does not exist\n",
        );
        text
    }

    /// Whether the existing stamp says the same, so that there is nothing to write.
    pub fn is_written(&self) -> bool {
        match self.change {
            Change::Renew => true,
            Change::First | Change::Rebind(_) | Change::Adopt(..) => false,
        }
    }

    /// The statements that write the stamp, in one transaction of their own.
    pub fn sql(&self) -> String {
        format!("BEGIN;\n{}COMMIT;\n", self.body())
    }

    fn body(&self) -> String {
        sql::body(self)
    }
}

impl Change {
    fn describe(&self) -> String {
        match self {
            Self::First => "there is no stamp yet".to_owned(),
            Self::Renew => "the existing stamp says the same".to_owned(),
            Self::Rebind(stamp) => format!(
                "the existing stamp is of {}, for another database; it is kept as the parent",
                shown(&stamp.environment)
            ),
            Self::Adopt(stamp, reason) => format!(
                "a copy of {} is adopted, and its stamp is kept as the parent; the reason: {}",
                shown(&stamp.environment),
                shown(reason)
            ),
        }
    }
}

/// A name from a server or a caller, quoted so that it cannot forge a line.
fn shown(text: &str) -> String {
    format!("`{}`", text.escape_debug().to_string().replace('`', "'"))
}

/// Writes a stamp, in one transaction.
///
/// # Errors
///
/// The driver's error. The server raises one if it is not the server that the plan was
/// made for, if the stamp has changed in the meantime, or if the role lacks a right.
#[cfg(feature = "postgres")]
pub fn write(client: &mut ::postgres::Client, plan: &Plan) -> Result<(), ::postgres::Error> {
    let mut transaction = client.transaction()?;
    transaction.batch_execute(&plan.body())?;
    transaction.commit()
}

const MAX_REASON_CHARS: usize = 200;
