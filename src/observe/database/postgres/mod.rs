//! PostgreSQL.
//!
//! [`identify`] and [`connect`] are for a program that goes on to use the
//! connection; [`identities`](super::identities) asks on one of its own.

mod answer;
mod dial;
mod driver;
mod encryption;
mod metered;
mod probe;
mod read;
#[cfg(test)]
mod read_tests;
mod settings;

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use ::postgres::{Client, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use self::settings::Settings;
use super::Patience;
use super::common::again;
use super::failure::{Failure, Waiting};
use super::gather::Question;
use crate::facts::{Cause, Identity};
use crate::policy::{Policy, Tripwire};
use crate::rules::Destination;
use crate::source::Place;

/// Connects to a judged target.
///
/// Where the address demands encryption, the server's certificate is verified
/// in full, chain and host name, and there is no connection without. A server
/// that cannot be reached is tried again; `notice` is told, without a value.
///
/// LIMIT: the driver cannot be interrupted. The thread on which it waits for a
/// server that accepts and says nothing stays until that server hangs up; this
/// function does not.
///
/// # Errors
///
/// Why not, without a value; at the variable.
pub fn connect(
    policy: &Policy,
    to: &Destination<'_>,
    patience: Patience,
    notice: &dyn Fn(&str),
) -> Result<Client, Cause> {
    Prepared::of(policy, to, patience).connect(notice)
}

/// What is needed to connect to a judged target later.
pub(crate) struct Prepared {
    settings: Settings,
    place: Place,
    patience: Patience,
}

impl Prepared {
    pub(crate) fn of(policy: &Policy, to: &Destination<'_>, patience: Patience) -> Self {
        let settings = Settings::of(policy, to, patience.connect);
        Self { settings, place: to.variable.place.clone(), patience }
    }

    /// As [`connect`].
    pub(crate) fn connect(&self, notice: &dyn Fn(&str)) -> Result<Client, Cause> {
        let Self { settings, place, patience } = self;
        let notice = |waiting: Waiting| notice(&format!("the server {waiting}"));
        open(settings, *patience, &notice).map_err(|failure| failure.cause(place))
    }
}

/// Asks the server of a connection who it is.
///
/// The connection must be outside a transaction, and is left as it was.
///
/// LIMIT: the server itself ends a statement that takes too long. One that is
/// well when asked and hangs in the same moment is waited for.
///
/// # Errors
///
/// Why not, without a value; at `place`.
pub fn identify(
    client: &mut Client,
    tripwires: &[Tripwire],
    place: &Place,
) -> Result<Identity, Cause> {
    ask(client, tripwires).map_err(|failure| failure.cause(place))
}

fn ask(client: &mut Client, tripwires: &[Tripwire]) -> Result<Identity, Failure> {
    client.is_valid(ANSWER).map_err(|error| driver::failure(&error))?;
    driver::is_free(client.simple_query(probe::FREE))?;
    driver::ask_in_turn(client, tripwires, ANSWER)
}

/// As [`identify`], of an asynchronous connection.
///
/// LIMIT: a server that says nothing at all is waited for; a time-out around it
/// is the caller's, who knows the runtime.
///
/// # Errors
///
/// Why not, without a value; at `place`.
pub async fn identify_async(
    client: &tokio_postgres::Client,
    tripwires: &[Tripwire],
    place: &Place,
) -> Result<Identity, Cause> {
    let answer = async {
        driver::is_free(client.simple_query(probe::FREE).await)?;
        driver::ask(client, tripwires, ANSWER).await
    };
    answer.await.map_err(|failure: Failure| failure.cause(place))
}

/// What the thread of one connection does.
pub(super) fn question(
    policy: &Policy,
    to: &Destination<'_>,
    tripwires: &[Tripwire],
    patience: Patience,
) -> Question {
    let settings = Settings::of(policy, to, patience.connect);
    let tripwires = tripwires.to_vec();
    Box::new(move |waiting| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|_| Failure::NoRuntime)?;
        let found = runtime.block_on(dial::ask(&settings, &tripwires, patience, waiting));
        // A look-up that hangs is not waited for.
        runtime.shutdown_background();
        found
    })
}

fn open(
    settings: &Settings,
    patience: Patience,
    waiting: &dyn Fn(Waiting),
) -> Result<Client, Failure> {
    let tls = settings.tls.as_ref().map(encryption::client).transpose()?;
    let tls = tls.map(MakeRustlsConnect::new);
    again(patience, waiting, || once(settings, tls.clone(), patience.connect))
}

/// DELIBERATE: on a thread of its own, since the driver waits without end for a
/// server that says nothing, and panics within asynchronous code.
fn once(
    settings: &Settings,
    tls: Option<MakeRustlsConnect>,
    within: Duration,
) -> Result<Client, Failure> {
    let driver = ::postgres::Config::from(settings.driver.clone());
    let (sender, opened) = mpsc::channel();
    let dial = move || {
        let opened = match tls {
            Some(tls) => driver.connect(tls),
            None => driver.connect(NoTls),
        };
        // Nobody takes it once the time is over; then it is closed.
        let _ = sender.send(opened);
    };
    let thread = thread::Builder::new().name("koomy-guard".to_owned());
    thread.spawn(dial).map_err(|_| Failure::NoThread)?;
    match opened.recv_timeout(within) {
        Ok(opened) => opened.map_err(|error| driver::failure(&error)),
        Err(RecvTimeoutError::Timeout) => Err(Failure::Silent),
        Err(RecvTimeoutError::Disconnected) => Err(Failure::Panicked),
    }
}

const ANSWER: Duration = Duration::from_secs(5);
