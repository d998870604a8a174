//! Contestants that take turns, so that whatever disturbs the machine affects all of them
//! alike; read the ratios.

/// Lets each contestant have one turn in each round, in a changing order, while `goes_on`
/// permits the next round; returns the figures of each contestant, round by round.
pub(crate) fn take_turns<C>(
    contestants: &mut [C],
    mut goes_on: impl FnMut(usize) -> bool,
    mut turn: impl FnMut(&mut C) -> f64,
) -> Vec<Vec<f64>> {
    let count = contestants.len();
    let mut figures = vec![Vec::new(); count];
    let mut round = 0;
    while goes_on(round) {
        for place in 0..count {
            let place = if round % 2 == 0 { place } else { count - 1 - place };
            let at = (place + round) % count;
            if let (Some(contestant), Some(figures)) =
                (contestants.get_mut(at), figures.get_mut(at))
            {
                figures.push(turn(contestant));
            }
        }
        round += 1;
    }
    figures
}

/// Each round's figure divided by another contestant's figure of the same round.
pub(crate) fn ratios(one: &[f64], other: &[f64]) -> Vec<f64> {
    one.iter().zip(other).map(|(one, other)| one / other).collect()
}

/// The figure below which this fraction of all figures lies; 0.5 is the median.
pub(crate) fn quantile(figures: &[f64], part: f64) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = (sorted.len() as f64 * part) as usize;
    sorted.get(at.min(sorted.len().saturating_sub(1))).copied().unwrap_or_default()
}
