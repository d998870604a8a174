//! Places as numbers, for the formats that programs read.

use std::sync::Arc;

use crate::policy::{Origin, Policy};
use crate::source::{Location, Place, Span};

/// Which places are in files that a reader can open.
#[derive(Clone, Copy)]
pub(super) struct Files<'a> {
    compiled_in: Option<&'a Policy>,
}

impl<'a> Files<'a> {
    /// All but those in `policy` if it is compiled in.
    pub(super) fn beside(policy: &'a Policy) -> Self {
        let compiled_in = match policy.origin() {
            Origin::BuiltIn | Origin::Embedded => Some(policy),
            Origin::File => None,
        };
        Self { compiled_in }
    }

    /// All, where no policy could be used.
    pub(super) const fn all() -> Self {
        Self { compiled_in: None }
    }

    /// Whether the source of the place may be one of them.
    pub(super) fn hold(self, place: &Place) -> bool {
        self.compiled_in_around(place).is_none()
    }

    /// Whether the place has a line in one of them.
    pub(super) fn have_line(self, place: &Place) -> bool {
        self.hold(place) && place.location().is_some()
    }

    /// What programs call the source of a place.
    pub(super) fn name(self, place: &'a Place) -> &'a str {
        self.compiled_in_around(place).map_or(place.source.name(), Policy::origin_name)
    }

    fn compiled_in_around(self, place: &Place) -> Option<&'a Policy> {
        self.compiled_in.filter(|policy| Arc::ptr_eq(policy.source(), &place.source))
    }
}

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
