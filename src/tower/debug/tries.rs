//! Wrong debug secrets.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::tower::pace::Pace;
use crate::tower::pause::Pause;

/// The failed tries of a process.
///
/// LIMIT: this slows guessing down, and does not stop it. The right secret is never
/// slowed, or a guesser could keep its owner out. When too many guesses are waiting
/// already, the next one is not delayed, or they could use up the memory. What makes
/// guessing hopeless is a strong secret.
#[derive(Debug)]
pub(super) struct Tries {
    count: AtomicU64,
    slow: Pace,
    logged: Pace,
}

impl Default for Tries {
    fn default() -> Self {
        Self {
            count: AtomicU64::new(0),
            slow: Pace::new(10, 500, 4_000),
            logged: Pace::new(10, 1_000, 1),
        }
    }
}

impl Tries {
    /// Counts and logs one, and returns the pause before its answer, if there must be
    /// one.
    pub(super) fn failed(&self) -> Option<Pause> {
        let count = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        if self.logged.next() == Duration::ZERO {
            tracing::warn!(failed_tries = count, "a request brought a wrong debug secret");
        }
        match self.slow.next() {
            Duration::ZERO => None,
            length => Pause::of(length),
        }
    }

    pub(super) fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }
}
