//! `Debug` for errors, as a program prints them.

use std::fmt;

use crate::assertion::NoAssertion;
#[cfg(feature = "postgres")]
use crate::gate::ConnectError;
use crate::gate::{NoConnection, Refusal, SettingsError, Shut};
use crate::observe::PolicyFileError;
use crate::observe::file::ReadError;
use crate::policy::PolicyError;
use crate::stamp::StampRefusal;
use crate::target::Ambiguity;

/// DELIBERATE: `Debug` prints what `Display` prints. A `main` that returns an error, and
/// `unwrap`, use `Debug`, and whoever reads that needs the findings and the ways out,
/// not the structs that hold them.
macro_rules! print_as_displayed {
    ($($(#[$built:meta])? $error:ty;)+) => {$(
        $(#[$built])?
        impl fmt::Debug for $error {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    )+};
}

print_as_displayed! {
    Ambiguity;
    #[cfg(feature = "postgres")] ConnectError;
    NoAssertion;
    NoConnection;
    PolicyError;
    PolicyFileError;
    ReadError;
    Refusal;
    SettingsError;
    Shut;
    StampRefusal;
}
