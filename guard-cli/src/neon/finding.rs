//! What differs between a policy and an account.

use koomy_guard::Policy;
use koomy_guard::policy::Database;
use koomy_guard::rules::{
    DATABASE_BELONGS_TO_ENVIRONMENT, DATABASE_IDENTITY_MATCHES, DATABASE_IS_NOT_SHARED, Rule,
};
use koomy_guard::source::{Place, Span, Spanned};

use super::list::Slots;
use super::names::{Host, Id};

/// What the policy should say of one database.
#[derive(Clone, Debug)]
pub(crate) struct Pinned<'a> {
    pub(super) database: &'a Database,
    pub(super) branch: Id,
    pub(super) endpoints: Slots,
}

/// One value of the policy that is not as in the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    /// The database's name in the policy.
    pub(crate) database: String,
    /// What changes.
    pub(crate) to: To,
    /// Why, in one sentence.
    pub(crate) message: String,
}

/// What a value becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum To {
    /// Another branch, or the first.
    Branch { from: Option<String>, to: Id },
    /// One more endpoint.
    EndpointAdded(Host),
    /// One endpoint less.
    EndpointRemoved(String),
}

impl To {
    /// The key that it is about.
    pub(crate) fn key(&self) -> &'static str {
        match self {
            Self::Branch { .. } => "branch.id",
            Self::EndpointAdded(_) | Self::EndpointRemoved(_) => "endpoints",
        }
    }

    /// The value that goes.
    pub(crate) fn from(&self) -> Option<&str> {
        match self {
            Self::Branch { from, to: _ } => from.as_deref(),
            Self::EndpointAdded(_) => None,
            Self::EndpointRemoved(host) => Some(host),
        }
    }

    /// The value that comes.
    pub(crate) fn to(&self) -> Option<&str> {
        match self {
            Self::Branch { from: _, to } => Some(to.as_str()),
            Self::EndpointAdded(host) => Some(host.as_str()),
            Self::EndpointRemoved(_) => None,
        }
    }
}

impl Change {
    /// Where it stands in `policy`, which may be the one before or after.
    pub(crate) fn place(&self, policy: &Policy) -> Place {
        let database = policy.databases().iter().find(|it| it.name.value == self.database);
        let span = database.map(|database| {
            let values = [self.to.to(), self.to.from()].into_iter().flatten();
            let written = values.filter_map(|value| written_at(database, value));
            written.min().unwrap_or(database.name.span)
        });
        match span {
            Some(span) => Place::at(policy.source(), span),
            None => Place::whole(policy.source()),
        }
    }

    /// The finding that it is when nothing may be written.
    pub(super) fn drift(&self, policy: &Policy) -> Finding {
        Finding {
            kind: Kind::Drift,
            database: self.database.clone(),
            key: Some(self.to.key()),
            message: self.message.clone(),
            help: "run `guard-cli neon sync`, and read what it changed".to_owned(),
            place: self.place(policy),
        }
    }
}

/// Where `database` says `value`, as its branch or as an endpoint.
fn written_at(database: &Database, value: &str) -> Option<Span> {
    let mut values = database.branch_id.iter().chain(&database.endpoints);
    values.find(|Spanned { value: written, .. }| written == value).map(|written| written.span)
}

/// One reason to write nothing.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub(crate) kind: Kind,
    /// The database's name in the policy.
    pub(crate) database: String,
    /// The key that it is about, where it is one.
    pub(crate) key: Option<&'static str>,
    pub(crate) message: String,
    pub(crate) help: String,
    pub(crate) place: Place,
}

/// What kind of reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A value that `sync` would write.
    Drift,
    /// No branch has the id or the name.
    NoBranch,
    /// Several branches have one of the names.
    SeveralBranches,
    /// The pinned branch has another name.
    Renamed,
    /// Another branch has the name of the pinned one.
    Replaced,
    /// Nothing leads to the branch.
    NoEndpoint,
    /// An endpoint leads to another environment's branch.
    Repointed,
    /// Two environments would have one branch or endpoint.
    ClaimedTwice,
    /// Data of real people lie on a branch that anybody may delete.
    Unprotected,
    /// Data that may be lost lie on the branch that is taken when none is named.
    Default,
}

impl Kind {
    /// The rule that is broken.
    pub(crate) fn rule(self) -> &'static Rule {
        match self {
            Self::Unprotected | Self::Default => &DATABASE_BELONGS_TO_ENVIRONMENT,
            Self::ClaimedTwice => &DATABASE_IS_NOT_SHARED,
            Self::Drift
            | Self::NoBranch
            | Self::SeveralBranches
            | Self::Renamed
            | Self::Replaced
            | Self::NoEndpoint
            | Self::Repointed => &DATABASE_IDENTITY_MATCHES,
        }
    }

    /// The word in every format.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Drift => "drift",
            Self::NoBranch => "no-branch",
            Self::SeveralBranches => "several-branches",
            Self::Renamed => "renamed",
            Self::Replaced => "replaced",
            Self::NoEndpoint => "no-endpoint",
            Self::Repointed => "repointed",
            Self::ClaimedTwice => "claimed-twice",
            Self::Unprotected => "unprotected",
            Self::Default => "default",
        }
    }
}
