//! Asks several servers at the same time, each for a limited time.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::failure::{Failure, Waiting};
use crate::facts::Identity;

/// Asks one server, and reports each wait.
pub(super) type Question = Box<dyn FnOnce(&dyn Fn(Waiting)) -> Result<Identity, Failure> + Send>;

enum News {
    /// A thread took the question.
    Begun,
    Waiting(Waiting),
    Answer(Box<Result<Identity, Failure>>),
}

type Queue = Arc<Mutex<Vec<(usize, Question)>>>;

/// Asks every question, and returns the answers in their order.
///
/// INVARIANT: ends within `longest` for every [`AT_ONCE`] questions, whatever a question
/// does. Each question has its own limit; this one is for what cannot be interrupted,
/// such as a name look-up that hangs in the system's resolver.
pub(super) fn all(
    questions: Vec<Question>,
    longest: Duration,
    waiting: &dyn Fn(usize, Waiting),
) -> Vec<Result<Identity, Failure>> {
    let count = questions.len();
    let mut answers: Vec<_> = questions.iter().map(|_| Err(Failure::NoThread)).collect();
    let queue: Queue = Arc::new(Mutex::new(questions.into_iter().enumerate().rev().collect()));
    let (sender, news) = mpsc::channel();
    for _ in 0..count.min(AT_ONCE) {
        let (queue, sender) = (Arc::clone(&queue), sender.clone());
        let worker = thread::Builder::new().name("koomy-guard".to_owned());
        if worker.spawn(move || work(&queue, &sender)).is_err() {
            break;
        }
    }
    drop(sender);
    let rounds = u32::try_from(count.div_ceil(AT_ONCE)).unwrap_or(u32::MAX);
    let clock = Clock::start(longest.saturating_add(GRACE).saturating_mul(rounds));
    // Also ends when the last thread does.
    while let Ok((index, news)) = news.recv_timeout(clock.left()) {
        let answer = match news {
            News::Begun => Err(Failure::Silent),
            News::Waiting(told) => {
                waiting(index, told);
                continue;
            }
            News::Answer(answer) => *answer,
        };
        if let Some(slot) = answers.get_mut(index) {
            *slot = answer;
        }
    }
    answers
}

/// The remaining time. A question that keeps reporting waits does not get more.
struct Clock {
    start: Instant,
    patience: Duration,
}

#[expect(clippy::disallowed_methods, reason = "a wait has an end, and no verdict depends on it")]
impl Clock {
    fn start(patience: Duration) -> Self {
        Self { start: Instant::now(), patience }
    }

    fn left(&self) -> Duration {
        self.patience.saturating_sub(Instant::now().saturating_duration_since(self.start))
    }
}

fn work(queue: &Queue, sender: &Sender<(usize, News)>) {
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let Some((index, question)) = next else { return };
        // Nobody listens any more when the time is over.
        let tell = |news| drop(sender.send((index, news)));
        tell(News::Begun);
        let ask = || question(&|waiting| tell(News::Waiting(waiting)));
        let answer = catch_unwind(AssertUnwindSafe(ask)).unwrap_or(Err(Failure::Panicked));
        tell(News::Answer(Box::new(answer)));
    }
}

const AT_ONCE: usize = 16;
const GRACE: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_that_panics_is_not_silent() {
        let panics: Question = Box::new(|_| panic!("on purpose"));
        let answers = all(vec![panics, Box::new(|_| Err(Failure::Full))], WHILE, &|_, _| {});
        assert!(
            matches!(answers.as_slice(), [Err(Failure::Panicked), Err(Failure::Full)]),
            "{answers:?}"
        );
    }

    #[test]
    fn a_question_that_no_thread_took_was_not_asked() {
        let (_held, end) = mpsc::channel::<()>();
        let end = Arc::new(Mutex::new(end));
        let hangs = || -> Question {
            let end = Arc::clone(&end);
            Box::new(move |_| {
                let _never = end.lock().unwrap().recv();
                Err(Failure::Full)
            })
        };
        let answers = all((0..=AT_ONCE).map(|_| hangs()).collect(), Duration::ZERO, &|_, _| {});
        let (last, asked) = answers.split_last().unwrap();
        assert!(asked.iter().all(|it| matches!(it, Err(Failure::Silent))), "{answers:?}");
        assert!(matches!(last, Err(Failure::NoThread)), "{last:?}");
    }

    #[test]
    fn a_question_that_keeps_reporting_is_not_waited_for() {
        let endless: Question = Box::new(|tell| {
            for _ in 0..ROUNDS {
                tell(Waiting { number: 1, most: 1 });
                thread::sleep(Duration::from_millis(20));
            }
            Err(Failure::Full)
        });
        let told = std::cell::Cell::new(0);
        let answers = all(vec![endless], Duration::ZERO, &|_, _| told.set(told.get() + 1));
        assert!(matches!(answers.as_slice(), [Err(Failure::Silent)]), "{answers:?}");
        assert!((1..ROUNDS).contains(&told.get()));
    }

    /// Longer than a question that does not wait takes.
    const WHILE: Duration = Duration::from_secs(10);

    /// More than fit into the grace period.
    const ROUNDS: usize = 500;
}
