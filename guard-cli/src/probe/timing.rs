//! Whether two paths are told apart by the time that they take.

use std::time::Duration;

/// How far apart the times of a path and of one that does not exist are.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Timing {
    pub(crate) path: String,
    /// From -1, always faster, over 0, no difference, to 1, always slower.
    pub(crate) effect: f64,
    /// How far apart their medians are.
    pub(crate) apart: Duration,
    /// Of each of the two.
    pub(crate) samples: usize,
}

impl Timing {
    /// Cliff's delta: how much oftener one of the first is longer than one of the
    /// second than the other way round.
    pub(super) fn of(path: &str, times: &[Duration], absent: &[Duration]) -> Self {
        let pairs = times.iter().flat_map(|one| absent.iter().map(move |other| one.cmp(other)));
        let sum: i32 = pairs.map(|order| order as i32).sum();
        let count = times.len() * absent.len();
        let effect = if count == 0 { 0.0 } else { f64::from(sum) / count as f64 };
        let apart = median(times).abs_diff(median(absent));
        Self { path: path.to_owned(), effect, apart, samples: times.len().min(absent.len()) }
    }

    /// Whether the two are told apart nearly each time, and by more than a busy
    /// machine does by itself.
    ///
    /// LIMIT: a difference of less is said and not refused.
    pub(super) fn is_clear(&self) -> bool {
        self.effect.abs() >= CLEAR && self.apart >= APART
    }
}

fn median(times: &[Duration]) -> Duration {
    let mut times = times.to_vec();
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// Of 15 and 15 equal times, one in a hundred thousand is so far apart by chance.
const CLEAR: f64 = 0.9;
const APART: Duration = Duration::from_micros(500);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_effect_says_how_often_one_is_longer() {
        let times =
            |list: &[u64]| list.iter().copied().map(Duration::from_millis).collect::<Vec<_>>();
        let table: [(&[u64], &[u64], f64, bool); 6] = [
            (&[1, 2, 3], &[1, 2, 3], 0.0, false),
            (&[4, 5, 6], &[1, 2, 3], 1.0, true),
            (&[1, 2, 3], &[4, 5, 6], -1.0, true),
            (&[1, 3], &[2, 2], 0.0, false),
            (&[2, 3], &[1, 3], 0.25, false),
            (&[], &[], 0.0, false),
        ];
        for (one, other, effect, clear) in table {
            let timing = Timing::of("/", &times(one), &times(other));
            assert_eq!((timing.effect, timing.is_clear()), (effect, clear), "{one:?} {other:?}");
        }
    }

    #[test]
    fn a_difference_that_a_busy_machine_makes_is_not_clear() {
        for (micros, clear) in [(0, false), (1, false), (499, false), (500, true), (9_000, true)] {
            let times = |more: u64| [100, 101, 102].map(|it| Duration::from_micros(it + more));
            for (one, other) in [(times(micros), times(0)), (times(0), times(micros))] {
                let timing = Timing::of("/", &one, &other);
                assert_eq!(timing.apart, Duration::from_micros(micros));
                assert_eq!(timing.is_clear(), clear, "{micros}");
            }
        }
    }
}
