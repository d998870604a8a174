//! How the process ends.

use std::process::{ExitCode, Termination};

use koomy_guard::Ruling;

/// How the process ends. These numbers are part of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Every rule asked was satisfied.
    Permitted = 0,
    /// A rule refused. The findings are on stdout.
    Refused = 1,
    /// The command line or the policy is wrong; nothing was asked.
    Misused = 2,
    /// Something could not be read, or nothing was checked. Not `Permitted`.
    Undecided = 3,
    /// `Misused`, where other codes belong to the child.
    ChildMisused = 64,
    /// `Undecided`, where other codes belong to the child.
    ChildUndecided = 75,
    /// `Refused`, where other codes belong to the child.
    ChildRefused = 78,
    /// The child's command exists and cannot be executed.
    NotExecutable = 126,
    /// The child's command does not exist.
    NotFound = 127,
}

impl Exit {
    /// The code of a decision.
    pub(crate) fn of(ruling: Ruling) -> Self {
        match ruling {
            Ruling::Permitted => Self::Permitted,
            Ruling::Refused => Self::Refused,
            Ruling::Undecided => Self::Undecided,
        }
    }

    /// The word for it in a JSON document.
    pub(crate) const fn outcome(self) -> &'static str {
        match self {
            Self::Permitted => "permitted",
            Self::Refused | Self::ChildRefused => "refused",
            Self::Undecided | Self::ChildUndecided => "undecided",
            Self::Misused | Self::ChildMisused | Self::NotExecutable | Self::NotFound => "misused",
        }
    }

    /// The same, for a command whose codes are otherwise its child's.
    pub(crate) fn before_child(self) -> Self {
        match self {
            Self::Refused => Self::ChildRefused,
            Self::Misused => Self::ChildMisused,
            Self::Undecided => Self::ChildUndecided,
            Self::Permitted
            | Self::ChildMisused
            | Self::ChildUndecided
            | Self::ChildRefused
            | Self::NotExecutable
            | Self::NotFound => self,
        }
    }
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        ExitCode::from(self as u8)
    }
}
