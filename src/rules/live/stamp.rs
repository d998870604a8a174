//! Whether a stamp was written for the database in which it is.

use crate::facts::{Identity, Server, Stamp, StampState, Tables};

/// How a stamp relates to the database in which it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing<'a> {
    /// No stamp, and no tables of a user's.
    Fresh,
    /// No stamp, and tables.
    Unstamped,
    /// The table of the stamp without a row.
    Emptied,
    /// A stamp that was written for this very database.
    Own(&'a Stamp),
    /// A stamp that was written for another: the data were copied, or the
    /// database was restored.
    Copied(&'a Stamp),
    /// A stamp, and a server that does not say enough of itself to tell whether
    /// it was written for this database.
    Unverifiable(&'a Stamp),
    /// Something that cannot be read as a stamp, with the reason.
    Unreadable(&'a str),
}

/// Whether databases of such a server can have a stamp.
pub(crate) fn has_stamps(identity: &Identity) -> bool {
    match identity.server {
        Server::Postgres { .. } => true,
        Server::MySql { .. } => false,
    }
}

/// How the stamp of a database relates to it.
pub fn standing(identity: &Identity) -> Standing<'_> {
    match &identity.stamp {
        StampState::No { tables: Tables::Absent } => Standing::Fresh,
        StampState::No { tables: Tables::Present } => Standing::Unstamped,
        StampState::Emptied => Standing::Emptied,
        StampState::Unreadable { why } => Standing::Unreadable(why),
        StampState::Stamped(stamp) => match identity.binding() {
            None => Standing::Unverifiable(stamp),
            Some(here) if here == stamp.binding => Standing::Own(stamp),
            Some(_) => Standing::Copied(stamp),
        },
    }
}
