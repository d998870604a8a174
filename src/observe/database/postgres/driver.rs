//! Translates the driver's words into the guard's.

use std::error::Error as _;
use std::future::{Future, poll_fn};
use std::io;
use std::task::Poll;
use std::time::Duration;

use tokio_postgres::{Client, Error, SimpleQueryMessage};

use super::super::failure::{Code, Failure};
use super::super::tls;
use super::answer::Answer;
use super::probe;
use super::read::read;
use crate::facts::Identity;
use crate::policy::Tripwire;

/// Asks the server of a connection that is outside a transaction, everything at once in
/// one round trip.
pub(super) async fn ask(
    client: &Client,
    tripwires: &[Tripwire],
    answer: Duration,
) -> Result<Identity, Failure> {
    let messages = probe::messages(tripwires, answer);
    let asked = messages.iter().map(|message| client.simple_query(message));
    let answers: Result<Vec<_>, _> = together(asked).await.into_iter().map(Answer::of).collect();
    read(&answers?, tripwires)
}

/// Does the same as [`ask`], one message after the other.
pub(super) fn ask_in_turn(
    client: &mut ::postgres::Client,
    tripwires: &[Tripwire],
    answer: Duration,
) -> Result<Identity, Failure> {
    let messages = probe::messages(tripwires, answer);
    let answers = messages.iter().map(|message| Answer::of(client.simple_query(message)));
    read(&answers.collect::<Result<Vec<_>, _>>()?, tripwires)
}

/// Whether a connection is outside a transaction, by its answer to [`probe::FREE`].
pub(super) fn is_free(said: Result<Vec<SimpleQueryMessage>, Error>) -> Result<(), Failure> {
    let rows = Answer::rows(said)?;
    match rows.as_slice() {
        [row] => match row.as_slice() {
            [Some(transaction), Some(statement)] if transaction == statement => Ok(()),
            [Some(_), Some(_)] => Err(Failure::InTransaction),
            _ => Err(Failure::Answer),
        },
        _ => Err(Failure::Answer),
    }
}

/// Starts all in their order, and waits for all.
async fn together<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut running: Vec<_> = futures.map(|future| (Box::pin(future), None)).collect();
    poll_fn(|context| {
        let mut pending = false;
        for (future, done) in &mut running {
            if done.is_none() {
                match future.as_mut().poll(context) {
                    Poll::Ready(output) => *done = Some(output),
                    Poll::Pending => pending = true,
                }
            }
        }
        if pending {
            return Poll::Pending;
        }
        Poll::Ready(running.drain(..).filter_map(|(_, done)| done).collect())
    })
    .await
}

/// Translates the driver's error.
///
/// MIRRORS: `tokio_postgres::Error` hides its kind and shows it as one of a few fixed
/// sentences; `tests/live` checks these against the driver.
pub(super) fn failure(error: &Error) -> Failure {
    if let Some(refusal) = error.as_db_error() {
        return refused(refusal.code().code(), refusal.message());
    }
    if let Some(error) = tls::below(error) {
        return tls::failure(error);
    }
    let cause = error.source().and_then(|cause| cause.downcast_ref::<io::Error>());
    match (error.to_string().as_str(), cause) {
        ("error connecting to server", Some(cause)) => Failure::of_dialing(cause),
        ("error performing TLS handshake", None) => no_handshake(error),
        ("invalid configuration", _) => Failure::NoPassword,
        ("authentication error", None) => Failure::Method,
        ("authentication error", Some(_)) => Failure::Proof,
        ("connection closed", _) => Failure::Lost,
        ("timeout waiting for server", _) => Failure::Silent,
        (_, Some(cause)) => Failure::of_talking(cause),
        (_, None) => Failure::Protocol,
    }
}

/// MIRRORS: the driver's words for a server that declines TLS. Any other failure is one
/// of a server that does not.
fn no_handshake(error: &Error) -> Failure {
    match error.source().map(ToString::to_string).as_deref() {
        Some("server does not support TLS") => Failure::NoTls,
        Some(_) | None => Failure::Handshake,
    }
}

fn refused(code: &str, said: &str) -> Failure {
    match code {
        "08P01" => pooled(said),
        "28P01" => Failure::Credentials,
        "28000" => Failure::NotAdmitted,
        "3D000" => Failure::NoDatabase,
        "53300" => Failure::Full,
        "57P03" => Failure::Starting,
        "57014" => Failure::Silent,
        "57P01" | "57P02" => Failure::Lost,
        "42501" => Failure::Denied,
        "25P02" | "25001" => Failure::InTransaction,
        _ => Failure::Refused { code: Code::new(code) },
    }
}

/// MIRRORS: older versions of PgBouncer have one code for all refusals, and distinguish
/// them only by these words.
fn pooled(said: &str) -> Failure {
    let says = |words: &str| said.contains(words);
    if says("authentication failed") || says("no such user") {
        Failure::Credentials
    } else if says("no such database") || says("does not exist") {
        Failure::NoDatabase
    } else if says("SSL required") {
        Failure::NotAdmitted
    } else {
        Failure::Refused { code: Code::new("08P01") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_the_guards_own_words() {
        let other = |code: &str| Failure::Refused { code: Code::new(code) };
        let table = [
            ("28P01", "", Failure::Credentials),
            ("28000", "", Failure::NotAdmitted),
            ("3D000", "", Failure::NoDatabase),
            ("57P03", "", Failure::Starting),
            ("57P01", "", Failure::Lost),
            ("57014", "", Failure::Silent),
            ("53300", "", Failure::Full),
            ("42501", "", Failure::Denied),
            ("25P02", "", Failure::InTransaction),
            ("08P01", "password authentication failed", Failure::Credentials),
            ("08P01", "no such user: x", Failure::Credentials),
            ("08P01", "no such database: x", Failure::NoDatabase),
            ("08P01", "SSL required", Failure::NotAdmitted),
            ("08P01", "something", other("08P01")),
            ("XX000", "password authentication failed", other("XX000")),
        ];
        for (code, said, expected) in table {
            assert_eq!(refused(code, said), expected, "{code} {said}");
        }
    }
}
