//! Observations that shut no gate but that somebody should read.

use super::Gate;
use crate::facts::{Counted, Rows, Server};
use crate::policy::{Data, Database};
use crate::rules::{Case, Fit, Identified, Standing, has_stamps, identified, standing};

/// Something that shuts no gate but that somebody should read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What it is about: the name of a variable.
    pub subject: String,
    /// What was observed, in one sentence without a value.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

/// The notes about the servers that are who they should be.
pub(super) fn notes(case: &Case<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    for found in identified(case) {
        let Ok(fit) = found.compare() else { continue };
        notes.extend(restored(&found, fit));
        notes.extend(unpinned(&found));
        // The seed gate refuses these, so they need no note there.
        match case.gate {
            Gate::Boot | Gate::Compare | Gate::Probe => {
                notes.extend(read_only(&found));
                notes.extend(stamp(&found).filter(|_| has_stamps(found.identity)));
            }
            Gate::Seed => notes.extend(found.identity.tripwires.iter().filter_map(missing(&found))),
        }
        notes.extend(fresh(&found).filter(|_| has_stamps(found.identity)));
    }
    notes
}

fn restored(found: &Identified<'_, '_>, fit: Fit) -> Option<Note> {
    let (name, database) = (found.name(), &found.database.name.value);
    match fit {
        Fit::Same => None,
        Fit::Restored => note(
            found,
            format!(
                "`{name}` leads to `{database}` on a branch that is not the pinned one, \
                 as after a restore"
            ),
            "if it was restored, pin the new branch: `guard-cli neon sync`",
        ),
    }
}

/// Without a pin and without a stamp of its own: another server behind the same
/// address would pass.
fn unpinned(found: &Identified<'_, '_>) -> Option<Note> {
    let Database { name: database, branch_id, system_identifier, server_hostname, .. } =
        found.database;
    let pins = [branch_id, system_identifier, server_hostname];
    let is_known = pins.iter().any(|pin| pin.is_some())
        || matches!(standing(found.identity), Standing::Own(_));
    let key = match &found.identity.server {
        Server::Postgres { neon: Some(_), .. } => "branch.id",
        Server::Postgres { neon: None, .. } => "system_identifier",
        Server::MySql { .. } => "server_hostname",
    };
    let (name, database) = (found.name(), &database.value);
    (!is_known).then_some(())?;
    note(
        found,
        format!(
            "`{name}` leads to a server that only its address and names distinguish from others"
        ),
        &format!("pin `{key}` of `{database}`, which `guard-cli identify` shows"),
    )
}

/// A table that is not there, perhaps misspelt: it would never stop a seed.
fn missing<'a>(found: &'a Identified<'_, '_>) -> impl Fn(&Counted) -> Option<Note> + 'a {
    |counted| match counted.rows {
        Rows::NoTable => note(
            found,
            format!("`{}` leads to a database without `{}`", found.name(), counted.table),
            "if the table has another name, correct the `tripwire`",
        ),
        Rows::Seen { .. } | Rows::Unreadable { .. } => None,
    }
}

fn read_only(found: &Identified<'_, '_>) -> Option<Note> {
    let name = found.name();
    found.identity.read_only.then_some(())?;
    note(
        found,
        format!("`{name}` leads to a standby, or to a session that cannot write"),
        "if the program writes, point it at the primary",
    )
}

fn stamp(found: &Identified<'_, '_>) -> Option<Note> {
    let name = found.name();
    match standing(found.identity) {
        Standing::Fresh
        | Standing::Own(_)
        | Standing::Unverifiable(_)
        | Standing::Unreadable(_) => None,
        Standing::Unstamped => note(
            found,
            format!("`{name}` leads to a database without a stamp"),
            "if it is the right one, stamp it: `guard-cli stamp`",
        ),
        Standing::Emptied => note(
            found,
            format!(
                "`{name}` leads to a database whose stamp table is empty, as after a copy of the schema"
            ),
            "if it is the right one, stamp it: `guard-cli stamp`",
        ),
        Standing::Copied(stamp) => {
            let help = match found.environment.data {
                Data::Real => {
                    "if it was restored, write its stamp again: `guard-cli stamp`".to_owned()
                }
                Data::Masked | Data::Synthetic => {
                    format!("if its data may be lost, say so: {}", found.restamp(stamp))
                }
            };
            note(found, format!("`{name}` leads to {}", found.copy_of(stamp)), &help)
        }
    }
}

fn fresh(found: &Identified<'_, '_>) -> Option<Note> {
    let name = found.name();
    match standing(found.identity) {
        Standing::Fresh => note(
            found,
            format!("`{name}` leads to an empty database without a stamp"),
            "stamp it before it is filled: `guard-cli stamp`",
        ),
        Standing::Unstamped
        | Standing::Emptied
        | Standing::Own(_)
        | Standing::Copied(_)
        | Standing::Unverifiable(_)
        | Standing::Unreadable(_) => None,
    }
}

fn note(found: &Identified<'_, '_>, message: String, help: &str) -> Option<Note> {
    Some(Note { subject: found.name().to_owned(), message, help: help.to_owned() })
}
