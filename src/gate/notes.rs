//! Observations that shut no gate but that somebody should read.

use super::Gate;
use crate::facts::{Counted, Rows, Server};
use crate::policy::{Data, Database};
use crate::rules::{Case, Fit, Standing, Told, has_stamps, standing, told};

/// An observation that shuts no gate but that somebody should read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What it is about: the name of a variable.
    pub subject: String,
    /// What was observed, in one sentence without a value.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

/// What is worth knowing about the servers that are the right ones.
pub(super) fn notes(case: &Case<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    for told in told(case) {
        let Ok(fit) = told.compare() else { continue };
        notes.extend(restored(&told, fit));
        notes.extend(unpinned(&told));
        // What would matter to a seed is refused there, and needs no note.
        match case.gate {
            Gate::Boot | Gate::Compare | Gate::Probe => {
                notes.extend(read_only(&told));
                notes.extend(stamp(&told).filter(|_| has_stamps(told.identity)));
            }
            Gate::Seed => notes.extend(told.identity.tripwires.iter().filter_map(missing(&told))),
        }
        notes.extend(fresh(&told).filter(|_| has_stamps(told.identity)));
    }
    notes
}

fn restored(told: &Told<'_, '_>, fit: Fit) -> Option<Note> {
    let (name, database) = (told.name(), &told.database.name.value);
    match fit {
        Fit::Same => None,
        Fit::Restored => note(
            told,
            format!(
                "`{name}` leads to `{database}` on a branch that is not the pinned one, \
                 as after a restore"
            ),
            "if it was restored, pin the new branch: `guard-cli neon sync`",
        ),
    }
}

/// Without a pin and without a stamp of its own, a server is only known not to be certain
/// others: a stranger behind the same address would pass.
fn unpinned(told: &Told<'_, '_>) -> Option<Note> {
    let Database { name: database, branch_id, system_identifier, server_hostname, .. } =
        told.database;
    let pins = [branch_id, system_identifier, server_hostname];
    let is_known =
        pins.iter().any(|pin| pin.is_some()) || matches!(standing(told.identity), Standing::Own(_));
    let key = match &told.identity.server {
        Server::Postgres { neon: Some(_), .. } => "branch.id",
        Server::Postgres { neon: None, .. } => "system_identifier",
        Server::MySql { .. } => "server_hostname",
    };
    let (name, database) = (told.name(), &database.value);
    (!is_known).then_some(())?;
    note(
        told,
        format!(
            "`{name}` leads to a server that only its address and names distinguish from others"
        ),
        &format!("pin `{key}` of `{database}`, which `guard-cli identify` shows"),
    )
}

/// A misspelt table name would never stop a seed.
fn missing<'a>(told: &'a Told<'_, '_>) -> impl Fn(&Counted) -> Option<Note> + 'a {
    |counted| match counted.rows {
        Rows::NoTable => note(
            told,
            format!("`{}` leads to a database without `{}`", told.name(), counted.table),
            "if the table has another name, correct the `tripwire`",
        ),
        Rows::Seen { .. } | Rows::Unreadable { .. } => None,
    }
}

fn read_only(told: &Told<'_, '_>) -> Option<Note> {
    let name = told.name();
    told.identity.read_only.then_some(())?;
    note(
        told,
        format!("`{name}` leads to a standby, or to a session that cannot write"),
        "if the program writes, point it at the primary",
    )
}

fn stamp(told: &Told<'_, '_>) -> Option<Note> {
    let name = told.name();
    match standing(told.identity) {
        Standing::Fresh | Standing::Own(_) | Standing::Untold(_) | Standing::Unreadable(_) => None,
        Standing::Unstamped => note(
            told,
            format!("`{name}` leads to a database without a stamp"),
            "if it is the right one, stamp it: `guard-cli stamp`",
        ),
        Standing::Emptied => note(
            told,
            format!("`{name}` leads to a database whose stamp is gone, such as a copied schema"),
            "if it is the right one, stamp it: `guard-cli stamp`",
        ),
        Standing::Copied(stamp) => {
            let help = match told.environment.data {
                Data::Real => {
                    "if it was restored, write its stamp again: `guard-cli stamp`".to_owned()
                }
                Data::Masked | Data::Synthetic => {
                    format!("if its data may be lost, say so: {}", told.restamp(stamp))
                }
            };
            note(told, format!("`{name}` leads to {}", told.copy_of(stamp)), &help)
        }
    }
}

fn fresh(told: &Told<'_, '_>) -> Option<Note> {
    let name = told.name();
    match standing(told.identity) {
        Standing::Fresh => note(
            told,
            format!("`{name}` leads to an empty database without a stamp"),
            "stamp it before it is filled: `guard-cli stamp`",
        ),
        Standing::Unstamped
        | Standing::Emptied
        | Standing::Own(_)
        | Standing::Copied(_)
        | Standing::Untold(_)
        | Standing::Unreadable(_) => None,
    }
}

fn note(told: &Told<'_, '_>, message: String, help: &str) -> Option<Note> {
    Some(Note { subject: told.name().to_owned(), message, help: help.to_owned() })
}
