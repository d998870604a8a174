//! A forwarder of TCP connections.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::listener::{Listener, close, drain};

/// Forwards the connections to its port, like a tunnel, until it is dropped.
pub struct Forwarder {
    listener: Listener,
    plan: Arc<Mutex<Plan>>,
}

/// What happens to a new connection.
#[derive(Clone, Copy)]
struct Plan {
    to: u16,
    delay: Duration,
    limit: Option<Limit>,
}

/// What ends the server's part of a connection.
#[derive(Clone, Copy)]
enum Limit {
    Cut(usize),
    Stall(usize),
}

impl Forwarder {
    /// Forwards to a port of the loopback.
    pub fn start(to: u16) -> Self {
        Self::delayed(to, Duration::ZERO)
    }

    /// Forwards with a delay in each direction, so a round trip takes twice as long.
    /// Opening the connection is not delayed.
    pub fn delayed(to: u16, delay: Duration) -> Self {
        let plan = Arc::new(Mutex::new(Plan { to, delay, limit: None }));
        let shared = Arc::clone(&plan);
        let listener = Listener::new(move |client| {
            let plan = *lock(&shared);
            forward(client, plan)
        });
        Self { listener, plan }
    }

    /// The port on `127.0.0.1`.
    pub fn port(&self) -> u16 {
        self.listener.port()
    }

    /// Forwards new connections to another port.
    pub fn lead_to(&self, to: u16) {
        lock(&self.plan).to = to;
    }

    /// Cuts off new connections after this many bytes from the server.
    pub fn cut_after(&self, bytes: usize) {
        lock(&self.plan).limit = Some(Limit::Cut(bytes));
    }

    /// Holds back the server's bytes after this many in new connections, which stay open.
    pub fn stall_after(&self, bytes: usize) {
        lock(&self.plan).limit = Some(Limit::Stall(bytes));
    }

    /// Ends every connection.
    pub fn hang_up(&self) {
        self.listener.hang_up();
    }

    /// How many connections there have been.
    pub fn accepted(&self) -> usize {
        self.listener.accepted()
    }

    /// How many connections are open.
    pub fn open(&self) -> usize {
        self.listener.open()
    }
}

fn lock(plan: &Mutex<Plan>) -> MutexGuard<'_, Plan> {
    plan.lock().unwrap_or_else(PoisonError::into_inner)
}

fn forward(client: &TcpStream, plan: Plan) -> io::Result<()> {
    let server = &TcpStream::connect(("127.0.0.1", plan.to))?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    std::thread::scope(|scope| {
        let questions = scope.spawn(move || pump(client, server, plan.delay, usize::MAX));
        match plan.limit {
            None => pump(server, client, plan.delay, usize::MAX),
            Some(Limit::Cut(bytes)) => {
                pump(server, client, plan.delay, bytes);
                close(client);
            }
            Some(Limit::Stall(bytes)) => {
                pump_and_hold(server, client, plan.delay, bytes);
                drain(server);
                // The client sees no end, and must give up by itself.
                let _ = questions.join();
            }
        }
    });
    close(server);
    Ok(())
}

/// Copies up to `limit` bytes and says that no more will come.
fn pump(from: &TcpStream, to: &TcpStream, delay: Duration, limit: usize) {
    pump_and_hold(from, to, delay, limit);
    let _ = to.shutdown(Shutdown::Write);
}

/// Copies up to `limit` bytes, each `delay` after its arrival.
fn pump_and_hold(from: &TcpStream, to: &TcpStream, delay: Duration, limit: usize) {
    let (sender, receiver) = channel();
    std::thread::scope(|scope| {
        scope.spawn(move || deliver(&receiver, to, from));
        let _ = collect(from, &sender, delay, limit);
        drop(sender);
    });
}

type Due = (Instant, Vec<u8>);

fn collect(
    mut from: &TcpStream,
    sender: &Sender<Due>,
    delay: Duration,
    mut limit: usize,
) -> io::Result<()> {
    let mut buffer = [0; 16 * 1024];
    while limit > 0 {
        let count = from.read(&mut buffer)?.min(limit);
        let bytes = buffer.get(..count).unwrap_or_default().to_vec();
        if bytes.is_empty() || sender.send((Instant::now() + delay, bytes)).is_err() {
            break;
        }
        limit -= count;
    }
    Ok(())
}

fn deliver(receiver: &Receiver<Due>, mut to: &TcpStream, from: &TcpStream) {
    for (due, bytes) in receiver {
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        if to.write_all(&bytes).is_err() {
            // Wakes the collecting thread, whose bytes nobody takes any more.
            let _ = from.shutdown(Shutdown::Read);
            return;
        }
    }
}
