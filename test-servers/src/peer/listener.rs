//! A port where each connection has a thread.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

/// Listens until it is dropped, which also ends every connection.
pub(super) struct Listener {
    port: u16,
    connections: Arc<Mutex<Connections>>,
    accepting: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Connections {
    accepted: usize,
    open: BTreeMap<usize, TcpStream>,
    is_stopped: bool,
}

impl Listener {
    /// Handles each connection on a thread, and closes it afterwards.
    pub(super) fn new(
        handle: impl Fn(&TcpStream) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
        let port = listener.local_addr().expect("the port is known").port();
        let connections = Arc::<Mutex<Connections>>::default();
        let shared = Arc::clone(&connections);
        let accepting = std::thread::spawn(move || accept(&listener, &shared, &Arc::new(handle)));
        Self { port, connections, accepting: Some(accepting) }
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// How many connections there have been.
    pub(super) fn accepted(&self) -> usize {
        lock(&self.connections).accepted
    }

    /// How many connections are open.
    pub(super) fn open(&self) -> usize {
        lock(&self.connections).open.len()
    }

    /// Ends every connection.
    pub(super) fn hang_up(&self) {
        for stream in lock(&self.connections).open.values() {
            close(stream);
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        lock(&self.connections).is_stopped = true;
        self.hang_up();
        // Wakes the accepting thread, which then sees that it must stop.
        let woken = TcpStream::connect(("127.0.0.1", self.port));
        if let (Ok(_), Some(accepting)) = (woken, self.accepting.take()) {
            let _ = accepting.join();
        }
    }
}

fn accept<H>(listener: &TcpListener, connections: &Arc<Mutex<Connections>>, handle: &Arc<H>)
where
    H: Fn(&TcpStream) -> io::Result<()> + Send + Sync + 'static,
{
    for stream in listener.incoming().map_while(Result::ok) {
        let mut known = lock(connections);
        if known.is_stopped {
            return;
        }
        let Ok(copy) = stream.try_clone() else { continue };
        known.accepted += 1;
        let id = known.accepted;
        known.open.insert(id, copy);
        let (connections, handle) = (Arc::clone(connections), Arc::clone(handle));
        std::thread::spawn(move || {
            // Broken connections are what these peers are for.
            let _ = handle(&stream);
            close(&stream);
            lock(&connections).open.remove(&id);
        });
    }
}

/// Reads until the other side closes.
pub(super) fn drain(mut stream: &TcpStream) {
    let mut buffer = [0; 4096];
    while stream.read(&mut buffer).is_ok_and(|count| count > 0) {}
}

/// Ends a connection, even if others hold it.
pub(super) fn close(stream: &TcpStream) {
    // A connection that is already closed stays closed.
    let _ = stream.shutdown(Shutdown::Both);
}

fn lock(connections: &Mutex<Connections>) -> MutexGuard<'_, Connections> {
    connections.lock().unwrap_or_else(PoisonError::into_inner)
}
