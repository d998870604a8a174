//! A policy with new pins, which has to be the old one but for them.

use koomy_guard::Policy;
use koomy_guard::policy::diff::diff;
use thiserror::Error;

use super::edit;
use super::finding::Pinned;

/// The policy with these pins.
///
/// # Errors
///
/// [`Unwritable`]; then nothing may be written.
pub(crate) fn rewrite(old: &Policy, pins: &[Pinned<'_>]) -> Result<Policy, Unwritable> {
    let text = old.source().shown().unwrap_or_default();
    let text = edit::pinned(text, pins).ok_or(Unwritable::Form)?;
    let name = old.source().name();
    let new = Policy::parse(name, &text).map_err(|error| Unwritable::Invalid(error.to_string()))?;
    if is_pinned(&new, pins) && is_else_the_same(old, &new, pins) {
        Ok(new)
    } else {
        Err(Unwritable::Form)
    }
}

/// A policy that cannot be written.
#[derive(Debug, Error)]
pub(crate) enum Unwritable {
    /// The edit did not come out as it should.
    #[error("the policy is written in a form that cannot be edited")]
    Form,
    /// With the pins it is not a valid policy.
    #[error("with the values from Neon it would no longer be a valid policy\n{0}")]
    Invalid(String),
}

impl Unwritable {
    /// What to do about it.
    pub(crate) fn help(&self) -> &'static str {
        match self {
            Self::Form => "write the values of `--check --format json` by hand",
            Self::Invalid(_) => "resolve the contradiction, then run this again",
        }
    }
}

fn is_pinned(new: &Policy, pins: &[Pinned<'_>]) -> bool {
    pins.iter().all(|pin| {
        let Some(database) = new.database(pin.database.id) else { return false };
        let endpoints = database.endpoints.iter().map(|host| host.value.as_str());
        database.name.value == pin.database.name.value
            && database.branch_id.as_ref().is_some_and(|id| id.value == pin.branch.as_str())
            && endpoints.eq(pin.endpoints.list())
    })
}

/// Whether nothing but pins differs.
fn is_else_the_same(old: &Policy, new: &Policy, pins: &[Pinned<'_>]) -> bool {
    diff(old, new).iter().all(|change| {
        pins.iter().any(|pin| {
            let subject = change.subject.strip_prefix("databases.");
            let key = subject.and_then(|it| it.strip_prefix(pin.database.name.value.as_str()));
            matches!(key, Some(".branch.id" | ".endpoints"))
        })
    })
}
