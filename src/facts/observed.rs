//! Three outcomes of looking.

use std::iter;

use crate::source::Place;

/// What looking yielded.
///
/// There is no `Default` and no `From<Option<T>>`: whoever observes must say
/// which of the three happened.
#[derive(Clone, Debug)]
pub enum Observed<T> {
    /// We looked, and this is what is there.
    Seen(T),
    /// We looked, and nothing is there.
    Absent,
    /// We could not look. Never good news: no gate opens on it.
    Unreadable(Causes),
}

impl<T> Observed<T> {
    /// What is there, if we saw it.
    pub fn seen(&self) -> Option<&T> {
        match self {
            Self::Seen(value) => Some(value),
            Self::Absent | Self::Unreadable(_) => None,
        }
    }
}

/// Why we could not look; at least one reason.
#[derive(Clone, Debug)]
pub struct Causes {
    /// The first.
    pub first: Cause,
    /// The others.
    pub rest: Vec<Cause>,
}

impl Causes {
    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Cause> {
        iter::once(&self.first).chain(&self.rest)
    }

    /// The causes in `list`, if there are any.
    pub fn of(list: Vec<Cause>) -> Option<Self> {
        let mut list = list.into_iter();
        Some(Self { first: list.next()?, rest: list.collect() })
    }
}

/// One reason why we could not look.
#[derive(Clone, Debug)]
pub struct Cause {
    /// What went wrong, without a value.
    pub message: String,
    /// The way out.
    pub help: String,
    /// Where it went wrong.
    pub place: Place,
}
