//! What the clients of all engines share.

use super::failure::{Failure, Waiting};
use super::{Patience, pause};

/// Tries, and tries again while it fails like a server that is waking up.
pub(super) fn retry<T>(
    patience: Patience,
    waiting: &dyn Fn(Waiting),
    attempt: impl Fn() -> Result<T, Failure>,
) -> Result<T, Failure> {
    for number in 1..=patience.retries {
        match attempt() {
            Err(failure) if failure.may_pass() => {}
            found @ (Ok(_) | Err(_)) => return found,
        }
        waiting(Waiting { number, most: patience.retries });
        std::thread::sleep(pause(number));
    }
    attempt()
}

/// Accepts a text that can stand in a message: not empty, not long, no control character.
pub(super) fn name(text: Option<&str>) -> Result<String, Failure> {
    text.filter(|text| (1..=MAX_NAME_BYTES).contains(&text.len()))
        .filter(|text| !text.chars().any(char::is_control))
        .map(str::to_owned)
        .ok_or(Failure::Answer)
}

const MAX_NAME_BYTES: usize = 512;
