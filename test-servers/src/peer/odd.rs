//! Peers that do not speak any protocol.

use std::io::{self, Write};
use std::net::{TcpListener, TcpStream};

use super::listener::{Listener, drain};

/// Accepts and says nothing, until it is dropped.
pub struct Silent(Listener);

impl Silent {
    /// Listens on a free port.
    pub fn start() -> Self {
        Self(Listener::new(|stream| {
            drain(stream);
            Ok(())
        }))
    }

    /// The port on `127.0.0.1`.
    pub fn port(&self) -> u16 {
        self.0.port()
    }

    /// How many connections there have been.
    pub fn accepted(&self) -> usize {
        self.0.accepted()
    }
}

/// Sends meaningless bytes without end, until it is dropped.
///
/// They are the same bytes each time.
pub struct Garbage(Listener);

impl Garbage {
    /// Sends garbage from the first byte on.
    pub fn start() -> Self {
        Self::after(b"")
    }

    /// Sends garbage after a meaningful first answer: `S` leads a PostgreSQL client into
    /// the TLS handshake, `N` past it.
    pub fn after(answer: &'static [u8]) -> Self {
        Self(Listener::new(move |stream| babble(stream, answer)))
    }

    /// The port on `127.0.0.1`.
    pub fn port(&self) -> u16 {
        self.0.port()
    }

    /// How many connections there have been.
    pub fn accepted(&self) -> usize {
        self.0.accepted()
    }
}

fn babble(mut stream: &TcpStream, answer: &[u8]) -> io::Result<()> {
    stream.write_all(answer)?;
    // A generator of the xorshift family.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    loop {
        let block: Vec<_> = (0..512)
            .flat_map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                state.to_le_bytes()
            })
            .collect();
        stream.write_all(&block)?;
    }
}

/// A port that refuses connections, and that no other program gets.
pub struct Refusing {
    port: u16,
    _holder: [TcpStream; 2],
}

impl Refusing {
    /// Takes a free port.
    pub fn start() -> Self {
        // The near end of a connection has a port on which nothing listens.
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
        let address = listener.local_addr().expect("the address is known");
        let near = TcpStream::connect(address).expect("the port is open");
        let (far, address) = listener.accept().expect("the connection is taken");
        Self { port: address.port(), _holder: [near, far] }
    }

    /// The port on `127.0.0.1`.
    pub fn port(&self) -> u16 {
        self.port
    }
}
