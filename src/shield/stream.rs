//! A search in a text that comes in chunks.

use super::scan::{Found, Scan};
use super::{Leak, Shield};

/// A search in a text that comes in chunks, wherever it is divided.
pub struct Stream {
    shield: Shield,
    /// The last bytes, from where a form may have begun.
    context: Vec<u8>,
    /// How many of the last bytes must wait.
    waiting: usize,
    found: Option<Found>,
}

impl Stream {
    pub(super) const fn new(shield: Shield) -> Self {
        Self { shield, context: Vec::new(), waiting: 0, found: None }
    }

    /// Takes the next chunk, and returns how many of the last bytes so far must wait for
    /// the one after it.
    ///
    /// Bytes must wait if they are the first quarter of a form or more, and at least four
    /// bytes. All others may leave. At the end of the text, those that wait may leave,
    /// too.
    ///
    /// # Errors
    ///
    /// [`Leak`] when the text so far contains a secret. Bytes that wait must not leave
    /// then, and every later chunk gives the same error.
    pub fn feed(&mut self, chunk: &[u8]) -> Result<usize, Leak<'_>> {
        if self.found.is_none() && !self.shield.scanner().is_idle() {
            let fed = self.waiting + chunk.len();
            let (scan, length) = self.scan(chunk);
            self.found = scan.found;
            self.waiting = if scan.found.is_none() { fed.min(length - scan.shown) } else { 0 };
        }
        match self.found {
            Some(found) => Err(self.shield.leak(found)),
            None => Ok(self.waiting),
        }
    }

    /// Takes the last chunk, after which nothing waits.
    ///
    /// # Errors
    ///
    /// [`Leak`] as for any chunk.
    pub fn finish(&mut self, chunk: &[u8]) -> Result<(), Leak<'_>> {
        if self.context.is_empty() && self.found.is_none() {
            self.found = self.shield.scanner().find(chunk);
            return self.found.map_or(Ok(()), |found| Err(self.shield.leak(found)));
        }
        self.feed(chunk).map(drop)
    }

    /// Scans the context together with the chunk, or only the chunk if no form spans
    /// both; returns the scan and the length of what was scanned.
    fn scan(&mut self, chunk: &[u8]) -> (Scan, usize) {
        let scanner = self.shield.scanner();
        if chunk.len() < scanner.longest() {
            self.context.extend_from_slice(chunk);
            let scan = scanner.scan(&self.context);
            let length = self.context.len();
            self.context.drain(..scan.begun);
            return (scan, length);
        }
        let seam = self.seam(chunk);
        let scan = if seam.found.is_some() { seam } else { self.shield.scanner().scan(chunk) };
        self.context.clear();
        self.context.extend_from_slice(chunk.get(scan.begun..).unwrap_or_default());
        (scan, chunk.len())
    }

    /// Scans for what begins in the context and ends in the chunk.
    fn seam(&mut self, chunk: &[u8]) -> Scan {
        let scanner = self.shield.scanner();
        let until = self.context.len();
        let head = |length: usize| chunk.get(..length).unwrap_or(chunk);
        self.context.extend_from_slice(head(scanner.reach()));
        let scan = scanner.scan_from(&self.context, until);
        if scan.found.is_some() || scan.begun >= until {
            return scan;
        }
        self.context.truncate(until);
        self.context.extend_from_slice(head(scanner.longest()));
        scanner.scan_from(&self.context, until)
    }
}
