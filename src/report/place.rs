//! Places as numbers, for the formats that programs read.

use crate::source::{Location, Place, Span};

/// The beginning and the end of a place.
pub(super) struct Region {
    pub(super) start: Location,
    /// The location after the last character.
    pub(super) end: Location,
}

impl Region {
    /// The region of `place`; `None` if its source has no lines.
    pub(super) fn of(place: &Place) -> Option<Self> {
        let Span { start, end } = place.span?;
        let locate = |offset| place.source.locate(Span::new(offset, offset));
        Some(Self { start: locate(start)?, end: locate(end)? })
    }
}
