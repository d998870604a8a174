//! What Neon's API answers, as far as it is used.

use serde::Deserialize;

use super::names::{Host, Id};

/// The branches and endpoints of a project.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    /// Its branches, oldest first.
    pub(crate) branches: Vec<Branch>,
    /// Its endpoints; those that read and write come first.
    pub(crate) endpoints: Vec<Endpoint>,
}

/// A branch of a project.
///
/// DELIBERATE: `default` and `protected` have to be there. An answer without
/// them says nothing, which is not "no".
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Branch {
    pub(crate) id: Id,
    pub(super) project_id: Id,
    pub(crate) name: String,
    pub(crate) default: bool,
    pub(crate) protected: bool,
    /// The snapshot that it was restored from.
    pub(crate) restored_from: Option<String>,
    /// The branch that it replaced when it was restored.
    pub(crate) restored_as: Option<String>,
}

/// An endpoint of a project.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub(crate) struct Endpoint {
    /// The first field, so that the order is by it.
    #[serde(rename = "type")]
    pub(crate) access: Access,
    pub(crate) id: Id,
    pub(super) project_id: Id,
    pub(crate) branch_id: Id,
    pub(crate) host: Host,
}

/// What an endpoint lets one do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Access {
    ReadWrite,
    ReadOnly,
}

/// One page of the branches.
#[derive(Debug, Deserialize)]
pub(super) struct BranchPage {
    pub(super) branches: Vec<Branch>,
    #[serde(default)]
    pagination: Option<Pagination>,
}

#[derive(Debug, Deserialize)]
struct Pagination {
    #[serde(default)]
    next: Option<String>,
}

impl BranchPage {
    /// Where the next page starts. A page without branches is the last.
    pub(super) fn next(&mut self) -> Option<String> {
        let next = self.pagination.take()?.next?;
        (!next.is_empty() && !self.branches.is_empty()).then_some(next)
    }
}

/// All the endpoints; the API has no pages of them.
#[derive(Debug, Deserialize)]
pub(super) struct EndpointList {
    pub(super) endpoints: Vec<Endpoint>,
}
