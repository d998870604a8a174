//! What a stamp says, next to who the server is.

use crate::facts::{Identity, Marked, Server, Stamp, Tables};

/// How the stamp of a database stands to the database.
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
    Untold(&'a Stamp),
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

/// How the stamp that a server told of stands to it.
pub fn standing(identity: &Identity) -> Standing<'_> {
    match &identity.stamp {
        Marked::No { tables: Tables::Absent } => Standing::Fresh,
        Marked::No { tables: Tables::Present } => Standing::Unstamped,
        Marked::Emptied => Standing::Emptied,
        Marked::Unreadable { why } => Standing::Unreadable(why),
        Marked::Stamped(stamp) => match identity.binding() {
            None => Standing::Untold(stamp),
            Some(here) if here == stamp.binding => Standing::Own(stamp),
            Some(_) => Standing::Copied(stamp),
        },
    }
}
