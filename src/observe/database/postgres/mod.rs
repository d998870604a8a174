//! PostgreSQL.
//!
//! [`identify`] and [`connect`] are for a program that goes on to use the connection;
//! [`identities`](super::identities) opens its own connections.

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
use super::common::retry;
use super::failure::{Failure, Waiting};
use super::gather::Question;
use crate::facts::{Cause, Identity};
use crate::policy::{Policy, Tripwire};
use crate::rules::Destination;
use crate::source::Place;

/// Connects to a judged target.
///
/// If the address demands encryption, the server's certificate is fully verified, chain
/// and host name, and there is no connection without it. A server that cannot be reached
/// is tried again; `notice` is called about each wait, without any value.
///
/// LIMIT: the driver cannot be interrupted. A server that accepts and says nothing keeps
/// one thread waiting until it hangs up; this function returns in time.
///
/// # Errors
///
/// The [`Cause`], without a value and at the variable's place, if the server cannot be
/// reached, fails the checks of TLS, or refuses the user, the password or the database.
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

    /// Does the same as [`connect`].
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
/// LIMIT: the server itself ends a statement that takes too long. If the server hangs in
/// that very moment, this waits for it.
///
/// # Errors
///
/// The [`Cause`], without a value and at `place`, if the connection is inside a
/// transaction, is lost, or its server gives no usable answer.
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

/// Does the same as [`identify`] for an asynchronous connection.
///
/// LIMIT: this waits for a server that says nothing at all; a time-out around it is up to
/// the caller, who knows the runtime.
///
/// # Errors
///
/// Those of [`identify`].
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

/// Makes the question that the thread of one connection asks.
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
        // A name look-up that hangs is not waited for.
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
    retry(patience, waiting, || once(settings, tls.clone(), patience.connect))
}

/// DELIBERATE: on a thread of its own, because the driver waits without limit for a
/// server that says nothing, and panics inside asynchronous code.
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
        // If the time is over, nobody receives the connection, and it is closed.
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
