//! Connects to one server and asks it, with a limit on everything.

use std::future::{Future, poll_fn};
use std::net::SocketAddr;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tokio_postgres::NoTls;
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::super::failure::{Failure, Waiting};
use super::super::{Patience, pause};
use super::metered::{Metered, Wire};
use super::settings::Settings;
use super::{driver, encryption};
use crate::facts::Identity;
use crate::policy::Tripwire;
use crate::target::Address;

/// Connects to the server and asks who it is; tries again if it may be waking up.
pub(super) async fn ask(
    settings: &Settings,
    tripwires: &[Tripwire],
    patience: Patience,
    waiting: &dyn Fn(Waiting),
) -> Result<Identity, Failure> {
    let tls = settings.tls.as_ref().map(encryption::client).transpose()?;
    let tls = tls.map(MakeRustlsConnect::new);
    for number in 1..=patience.retries {
        match once(settings, tls.clone(), tripwires, patience).await {
            Err(failure) if failure.may_pass() => {}
            found @ (Ok(_) | Err(_)) => return found,
        }
        waiting(Waiting { number, most: patience.retries });
        sleep(pause(number)).await;
    }
    once(settings, tls, tripwires, patience).await
}

async fn once(
    settings: &Settings,
    tls: Option<MakeRustlsConnect>,
    tripwires: &[Tripwire],
    patience: Patience,
) -> Result<Identity, Failure> {
    let until = Instant::now() + patience.connect.min(MAX_WAIT);
    let wire = Metered::new(open(&settings.address, until).await?);
    // INVARIANT: encrypted if and only if the settings say so; the driver's mode does not
    // fall back either.
    match (tls, &settings.address) {
        (Some(mut tls), Address::Tcp { host, .. }) => {
            let Ok(tls) = MakeTlsConnect::<Metered>::make_tls_connect(&mut tls, host);
            session(settings, wire, tls, until, tripwires, patience).await
        }
        (Some(_), Address::Socket { .. }) => Err(Failure::NoTls),
        (None, _) => session(settings, wire, NoTls, until, tripwires, patience).await,
    }
}

async fn session<T>(
    settings: &Settings,
    wire: Metered,
    tls: T,
    until: Instant,
    tripwires: &[Tripwire],
    patience: Patience,
) -> Result<Identity, Failure>
where
    T: TlsConnect<Metered>,
    T::Stream: Unpin,
{
    let ready = timeout_at(until, settings.driver.connect_raw(wire, tls)).await;
    let ready = ready.map_err(|_| Failure::Silent)?;
    let (client, connection) = ready.map_err(|error| driver::failure(&error))?;
    let mut connection = pin!(connection);
    let found = {
        let question = driver::ask(&client, tripwires, patience.answer);
        let found = timeout(patience.answer, beside(&mut connection, question));
        found.await.unwrap_or(Err(Failure::Silent))
    };
    // Says goodbye, so that the server does not have to notice the end by itself.
    drop(client);
    let _goodbye = timeout(GOODBYE, connection).await;
    found
}

/// Runs `question` while `connection` runs; neither goes on without the other.
async fn beside<T>(
    connection: &mut (impl Future<Output = Result<(), tokio_postgres::Error>> + Unpin),
    question: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let mut question = pin!(question);
    let mut connection = pin!(connection);
    poll_fn(|context| {
        let end = connection.as_mut().poll(context);
        match (question.as_mut().poll(context), end) {
            (Poll::Ready(found), _) => Poll::Ready(found),
            (Poll::Pending, Poll::Ready(Ok(()))) => Poll::Ready(Err(Failure::Lost)),
            (Poll::Pending, Poll::Ready(Err(error))) => Poll::Ready(Err(driver::failure(&error))),
            (Poll::Pending, Poll::Pending) => Poll::Pending,
        }
    })
    .await
}

async fn open(address: &Address, until: Instant) -> Result<Box<dyn Wire>, Failure> {
    match address {
        Address::Tcp { host, port } => {
            let found = timeout_at(until, lookup_host((host.as_str(), *port))).await;
            let found = found.map_err(|_| Failure::NoAddress)?;
            let addresses: Vec<_> = found.map_err(|_| Failure::NoAddress)?.collect();
            first(&addresses, until).await
        }
        #[cfg(unix)]
        Address::Socket { directory } => {
            // MIRRORS: a socket is named after the port, here the default one.
            let path = format!("{directory}/.s.PGSQL.5432");
            let opened = timeout_at(until, tokio::net::UnixStream::connect(path)).await;
            let opened = opened.map_err(|_| Failure::ConnectTimeout)?;
            Ok(Box::new(opened.map_err(|error| Failure::of_dialing(&error))?))
        }
        #[cfg(not(unix))]
        Address::Socket { .. } => Err(Failure::Unreachable),
    }
}

/// Connects to the first of several addresses that accepts. Each gets its share of the
/// time, so that one that drops packets does not hide the next.
async fn first(addresses: &[SocketAddr], until: Instant) -> Result<Box<dyn Wire>, Failure> {
    let mut failure = Failure::NoAddress;
    for (tried, address) in addresses.iter().enumerate() {
        let left = u32::try_from(addresses.len() - tried).unwrap_or(u32::MAX);
        let share = until.saturating_duration_since(Instant::now()) / left;
        failure = match timeout(share, TcpStream::connect(address)).await {
            Err(_) => Failure::ConnectTimeout,
            Ok(Err(error)) => Failure::of_dialing(&error),
            Ok(Ok(stream)) => {
                // A connection that stays slower still works.
                let _ = stream.set_nodelay(true);
                return Ok(Box::new(stream));
            }
        };
    }
    Err(failure)
}

const GOODBYE: Duration = Duration::from_millis(250);

/// The longest wait that is allowed, since a clock cannot hold any time.
const MAX_WAIT: Duration = Duration::from_secs(24 * 60 * 60);
