//! PostgreSQL.

use std::sync::Arc;

use super::Patience;
use crate::facts::{Cause, Identity};
use crate::policy::{Database, Tripwire};
use crate::source::{Place, Source};
use crate::target::Target;

/// Connects to a judged target.
///
/// # Errors
///
/// Why not, without a value; at `place`.
pub fn connect(
    policy: &Arc<Source>,
    database: Option<&Database>,
    target: &Target,
    place: &Place,
    patience: Patience,
    notice: &dyn Fn(&str),
) -> Result<::postgres::Client, Cause> {
    let _ = (policy, database, target, patience, notice);
    Err(Cause { message: String::new(), help: String::new(), place: place.clone() })
}

/// Asks the server of a connection who it is.
///
/// # Errors
///
/// Why not, without a value; at `place`.
pub fn identify(
    client: &mut ::postgres::Client,
    tripwires: &[Tripwire],
    place: &Place,
) -> Result<Identity, Cause> {
    let _ = (client, tripwires);
    Err(Cause { message: String::new(), help: String::new(), place: place.clone() })
}

/// As [`identify`], of an asynchronous connection.
///
/// # Errors
///
/// Why not, without a value; at `place`.
pub async fn identify_async(
    client: &tokio_postgres::Client,
    tripwires: &[Tripwire],
    place: &Place,
) -> Result<Identity, Cause> {
    let _ = (client, tripwires);
    Err(Cause { message: String::new(), help: String::new(), place: place.clone() })
}
