//! Waiting that needs no particular runtime.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use once_cell::sync::OnceCell;

use super::pace::instant;

/// A moment to wait for, forgotten when dropped.
///
/// One thread serves all of them, so that nothing depends on the service's runtime, or on
/// whether its timers are enabled.
#[derive(Debug)]
pub(super) struct Pause {
    id: u64,
    until: Instant,
}

impl Pause {
    /// `None` if too many wait already, or no thread could be started.
    pub(super) fn of(length: Duration) -> Option<Self> {
        let clock = Clock::running()?;
        let until = instant().checked_add(length)?;
        let mut waiting = clock.waiting();
        if waiting.wakers.len() >= MOST_WAITING {
            return None;
        }
        waiting.last_id += 1;
        let id = waiting.last_id;
        waiting.wakers.insert(id, (until, Waker::noop().clone()));
        drop(waiting);
        Some(Self { id, until })
    }

    pub(super) fn poll_over(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Some(clock) = Clock::running() else { return Poll::Ready(()) };
        if instant() >= self.until {
            return Poll::Ready(());
        }
        clock.waiting().wakers.insert(self.id, (self.until, cx.waker().clone()));
        clock.changed.notify_one();
        Poll::Pending
    }
}

impl Drop for Pause {
    fn drop(&mut self) {
        if let Some(clock) = Clock::running() {
            clock.waiting().wakers.remove(&self.id);
        }
    }
}

#[derive(Default)]
struct Clock {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    last_id: u64,
    wakers: BTreeMap<u64, (Instant, Waker)>,
}

impl Waiting {
    /// Takes out the wakers whose moment has come, each once.
    fn due(&mut self, now: Instant) -> Vec<Waker> {
        let due = self.wakers.values_mut().filter(|(until, _)| *until <= now);
        due.map(|(_, waker)| std::mem::replace(waker, Waker::noop().clone())).collect()
    }
}

impl Clock {
    fn running() -> Option<&'static Arc<Self>> {
        static CLOCK: OnceCell<Option<Arc<Clock>>> = OnceCell::new();
        CLOCK.get_or_init(Self::start).as_ref()
    }

    fn start() -> Option<Arc<Self>> {
        let clock = Arc::new(Self::default());
        let thread = std::thread::Builder::new().name("guard-pause".to_owned());
        let its_own = Arc::clone(&clock);
        thread.spawn(move || its_own.run()).ok()?;
        Some(clock)
    }

    fn run(&self) {
        loop {
            let now = instant();
            // INVARIANT: wakers are called without the lock, which the woken task may
            // need.
            self.waiting().due(now).into_iter().for_each(Waker::wake);
            let waiting = self.waiting();
            let next = waiting.wakers.values().map(|(until, _)| *until).filter(|it| *it > now);
            let length = next.min().map_or(IDLE, |until| until - now);
            drop(self.changed.wait_timeout(waiting, length));
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many may wait at the same time.
pub(super) const MOST_WAITING: usize = 64;

const IDLE: Duration = Duration::from_secs(3600);

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    #[tokio::test]
    async fn it_waits_as_long_as_asked_and_only_so_many_at_a_time() {
        let start = instant();
        let mut pause = Pause::of(Duration::from_millis(60)).unwrap();
        poll_fn(|cx| Pin::new(&mut pause).poll_over(cx)).await;
        assert!(start.elapsed() >= Duration::from_millis(60));
        drop(pause);

        let length = Duration::from_secs(3600);
        let many: Vec<_> = std::iter::from_fn(|| Pause::of(length)).take(1000).collect();
        assert!(many.len() <= MOST_WAITING, "{}", many.len());
        drop(many);
        assert!(Pause::of(length).is_some(), "a place is given back");
    }
}
