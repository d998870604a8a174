//! The driver's words in ours.

use std::error::Error as _;
use std::io;
use std::time::Duration;

use tokio_postgres::{Client, Error, SimpleQueryMessage, SimpleQueryRow};

use super::super::failure::{Code, Failure};
use super::read::read;
use super::{probe, tls};
use crate::facts::Identity;
use crate::policy::Tripwire;

/// Asks the server of a connection that is outside a transaction.
pub(super) async fn ask(
    client: &Client,
    tripwires: &[Tripwire],
    answer: Duration,
) -> Result<Identity, Failure> {
    let said = client.simple_query(&probe::text(tripwires, answer)).await;
    understood(said, tripwires)
}

/// Reads what the server said to a probe.
pub(super) fn understood(
    said: Result<Vec<SimpleQueryMessage>, Error>,
    tripwires: &[Tripwire],
) -> Result<Identity, Failure> {
    read(&rows::<4>(said)?, tripwires)
}

/// Whether a connection is outside a transaction, after [`probe::FREE`].
pub(super) fn is_free(said: Result<Vec<SimpleQueryMessage>, Error>) -> Result<(), Failure> {
    match rows::<2>(said)?.as_slice() {
        [[Some(transaction), Some(statement)]] if transaction == statement => Ok(()),
        [[Some(_), Some(_)]] => Err(Failure::InTransaction),
        _ => Err(Failure::Answer),
    }
}

fn rows<const N: usize>(
    said: Result<Vec<SimpleQueryMessage>, Error>,
) -> Result<Vec<[Option<String>; N]>, Failure> {
    let said = said.map_err(|error| failure(&error))?;
    let rows = said.iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(texts(row)),
        _ => None,
    });
    rows.collect()
}

fn texts<const N: usize>(row: &SimpleQueryRow) -> Result<[Option<String>; N], Failure> {
    if row.len() != N {
        return Err(Failure::Answer);
    }
    let mut texts = [const { None }; N];
    for (index, text) in texts.iter_mut().enumerate() {
        *text = row.try_get(index).map_err(|_| Failure::Answer)?.map(str::to_owned);
    }
    Ok(texts)
}

/// Why the driver failed.
///
/// MIRRORS: `tokio_postgres::Error` keeps its kind to itself and shows it as one
/// of a few fixed sentences; a test holds these to the driver's.
pub(super) fn failure(error: &Error) -> Failure {
    if let Some(refusal) = error.as_db_error() {
        return refused(refusal.code().code());
    }
    if let Some(error) = tls::below(error) {
        return tls::failure(error);
    }
    let cause = error.source().and_then(|cause| cause.downcast_ref::<io::Error>());
    match (error.to_string().as_str(), cause) {
        ("error connecting to server", Some(cause)) => Failure::of_dialing(cause),
        ("error performing TLS handshake", None) => Failure::NoTls,
        ("invalid configuration", _) => Failure::NoPassword,
        ("authentication error", None) => Failure::Method,
        ("authentication error", Some(_)) => Failure::Proof,
        ("connection closed", _) => Failure::Lost,
        ("timeout waiting for server", _) => Failure::Silent,
        (_, Some(cause)) => Failure::of_talking(cause),
        (_, None) => Failure::Protocol,
    }
}

fn refused(code: &str) -> Failure {
    match code {
        "28P01" => Failure::Credentials,
        "28000" => Failure::NotAdmitted,
        "3D000" => Failure::NoDatabase,
        "53300" => Failure::Full,
        "57P03" => Failure::Starting,
        "57014" => Failure::Silent,
        "57P01" | "57P02" => Failure::Lost,
        "42501" => Failure::Denied,
        "42704" => Failure::NoLanguage,
        "25P02" | "25001" => Failure::InTransaction,
        _ => Failure::Refused { code: Code::new(code) },
    }
}
