//! The connections of a policy, and the phases in which something is required.

use super::{DatabaseId, Where};
use crate::named::named;
use crate::source::Spanned;
use crate::target::Engine;

/// A connection through which a program reaches a database.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Connection {
    /// Its name in the policy.
    pub name: Spanned<String>,
    /// The engine.
    pub engine: Engine,
    /// The variables that hold it.
    pub given: Given,
    /// Where it must be set; `None` means in every environment with a database.
    pub required: Option<Where>,
    /// The databases it may lead to; all of the environment's when `None`.
    pub databases: Option<Vec<DatabaseId>>,
    /// The phases in which it must be set.
    pub phases: Phases,
}

impl Connection {
    /// The variables of the connection.
    pub fn variables(&self) -> impl Iterator<Item = &Spanned<String>> {
        let (url, parts) = match &self.given {
            Given::Url(url) => (Some(url), None),
            Given::Parts(parts) => (None, Some(parts)),
        };
        url.into_iter().chain(parts.into_iter().flat_map(|parts| parts.variables()))
    }
}

/// The variables that hold a connection.
///
/// Not `#[non_exhaustive]`: whoever matches on it must decide about each.
#[derive(Clone, Debug)]
pub enum Given {
    /// One variable, with a URL.
    Url(Spanned<String>),
    /// Several variables, with a part each.
    Parts(PartVariables),
}

/// The variables that each hold one part of a connection.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PartVariables {
    /// The host.
    pub host: Spanned<String>,
    /// The port.
    pub port: Option<Spanned<String>>,
    /// The database's name.
    pub database: Spanned<String>,
    /// The user.
    pub user: Spanned<String>,
    /// The password.
    pub password: Option<Spanned<String>>,
    /// The TLS mode.
    pub encryption: Option<Spanned<String>>,
}

impl PartVariables {
    fn variables(&self) -> impl Iterator<Item = &Spanned<String>> {
        let Self { host, port, database, user, password, encryption } = self;
        [
            Some(host),
            port.as_ref(),
            Some(database),
            Some(user),
            password.as_ref(),
            encryption.as_ref(),
        ]
        .into_iter()
        .flatten()
    }
}

named! {
    /// A moment at which the environment of a program is judged.
    ///
    /// Not `#[non_exhaustive]`: whoever matches on it must decide about each.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Phase {
        /// The program starts: everything required must be there.
        Boot = "boot",
        /// A seed fills a database.
        Seed = "seed",
        /// A continuous-integration job, which holds few secrets.
        Ci = "ci",
        /// An image or a bundle is built, without secrets.
        Build = "build",
    }
}

impl Phase {
    /// Whether a database server can be asked in this phase.
    ///
    /// DELIBERATE: a CI job and a build have no database, so that `live = true` does
    /// not apply to them.
    pub const fn has_servers(self) -> bool {
        match self {
            Self::Boot | Self::Seed => true,
            Self::Ci | Self::Build => false,
        }
    }
}

/// The phases in which something is required.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phases(pub(super) Vec<Phase>);

impl Phases {
    /// Whether `phase` is among them.
    pub fn contains(&self, phase: Phase) -> bool {
        self.0.contains(&phase)
    }
}
