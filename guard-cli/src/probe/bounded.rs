//! A connection that is given up at a moment, however much still comes.
#![expect(clippy::disallowed_methods, reason = "what is bounded is time")]

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// A connection whose reads and writes fail with [`ErrorKind::TimedOut`] once its
/// time is over.
///
/// DELIBERATE: a timeout of each read alone bounds nothing. A server that sends a
/// byte now and then keeps a handshake open for ever.
#[derive(Debug)]
pub(super) struct Bounded {
    stream: TcpStream,
    until: Instant,
}

impl Bounded {
    /// Connects within `patience`, for use until then.
    pub(super) fn connect(
        address: &SocketAddr,
        patience: Duration,
        until: Instant,
    ) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(address, patience.min(left(until)?))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, until })
    }
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(Some(left(self.until)?))?;
        self.stream.read(buffer).map_err(timed_out)
    }
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(left(self.until)?))?;
        self.stream.write(bytes).map_err(timed_out)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// The time that is left; there is some.
fn left(until: Instant) -> io::Result<Duration> {
    let left = until.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(ErrorKind::TimedOut.into()) } else { Ok(left) }
}

/// A socket says of a timeout that it would block.
fn timed_out(error: io::Error) -> io::Error {
    match error.kind() {
        ErrorKind::WouldBlock => ErrorKind::TimedOut.into(),
        _ => error,
    }
}
