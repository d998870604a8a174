//! A rate limit in one word of memory.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use once_cell::sync::OnceCell;

/// A burst of so many at once, and then one each interval.
#[derive(Debug)]
pub(super) struct Pace {
    /// When the next one would be due without a burst, in milliseconds since the process
    /// first asked.
    due: AtomicU64,
    interval: u64,
    burst: u64,
    longest: u64,
}

impl Pace {
    /// Allows `burst` at once, then one each `interval`, and lets nobody wait longer than
    /// `longest`.
    pub(super) const fn new(burst: u64, interval: u64, longest: u64) -> Self {
        Self { due: AtomicU64::new(0), interval, burst, longest }
    }

    /// How long the next one must wait.
    pub(super) fn next(&self) -> Duration {
        Duration::from_millis(self.next_at(now()))
    }

    fn next_at(&self, now: u64) -> u64 {
        let allowance = self.burst.saturating_mul(self.interval);
        let step = |due: u64| {
            let latest = now.saturating_add(allowance).saturating_add(self.longest);
            Some(due.max(now).saturating_add(self.interval).min(latest))
        };
        let before = match self.due.fetch_update(Ordering::Relaxed, Ordering::Relaxed, step) {
            Ok(due) | Err(due) => due.max(now),
        };
        let wait = (before.saturating_add(self.interval) - now).saturating_sub(allowance);
        wait.min(self.longest)
    }
}

/// Milliseconds since the process first asked.
fn now() -> u64 {
    static START: OnceCell<Instant> = OnceCell::new();
    let now = instant();
    let elapsed = now.saturating_duration_since(*START.get_or_init(|| now));
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}

#[expect(clippy::disallowed_methods, reason = "a pace is kept in time")]
pub(super) fn instant() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_what_follows_waits_its_turn() {
        let pace = Pace::new(3, 100, 250);
        let waits = |now| [(); 6].map(|()| pace.next_at(now));
        assert_eq!(waits(0), [0, 0, 0, 100, 200, 250]);
        assert_eq!(waits(0)[5], 250, "nobody waits longer");
        assert_eq!(pace.next_at(10_000), 0, "what is over is forgotten");
    }

    #[test]
    fn events_slower_than_the_pace_never_wait() {
        let pace = Pace::new(1, 100, 1000);
        for now in (0..10_000).step_by(100) {
            assert_eq!(pace.next_at(now), 0, "{now}");
        }
        assert_eq!(pace.next_at(9_900), 100);
    }
}
