//! What a policy pins of Neon, compared with what Neon's API says.
//!
//! The comparison and the edit of the policy's text are pure; [`client`] is the
//! only code that asks, and [`replace`] the only code that writes.

mod answer;
mod base;
mod claims;
mod client;
mod compare;
#[cfg(test)]
mod compare_tests;
mod edit;
#[cfg(test)]
mod edit_tests;
mod finding;
mod key;
mod list;
mod names;
mod replace;
pub(crate) mod report;
mod rewrite;
mod trouble;
mod wanted;

use std::collections::BTreeMap;

pub(crate) use answer::Project;
pub(crate) use base::Base;
pub(crate) use client::Client;
pub(crate) use compare::{Comparison, Repin, compare};
pub(crate) use key::{Key, KeyError};
pub(crate) use replace::Replaceable;
pub(crate) use rewrite::rewrite;
pub(crate) use trouble::Trouble;
pub(crate) use wanted::Wanted;

/// The projects that were asked about, by their ids.
pub(crate) type Account = BTreeMap<String, Project>;

/// Asks for every project that the policy names, each once.
///
/// # Errors
///
/// The first [`Trouble`]: what is not known of one project may be claimed by it.
pub(crate) fn look(client: &Client, wanted: &[Wanted<'_>]) -> Result<Account, Trouble> {
    let mut account = Account::new();
    for Wanted { project, .. } in wanted {
        if !account.contains_key(project.as_str()) {
            account.insert(project.as_str().to_owned(), client.project(project)?);
        }
    }
    Ok(account)
}
