//! What several JSON documents have in common.

use koomy_guard::Policy;
use koomy_guard::source::{Location, Place};
use serde_json::{Value, json};

use crate::console::TOOL;

/// This program.
pub(crate) fn tool() -> Value {
    json!({"name": TOOL.name, "version": TOOL.version})
}

/// The policy, as every document names it.
pub(crate) fn policy(policy: &Policy) -> Value {
    json!({"name": policy.name(), "source": policy.origin_name(), "sha256": policy.sha256()})
}

/// A place without a part in a finding.
pub(crate) fn place(place: &Place) -> Value {
    let source = place.source.name();
    match place.location() {
        Some(Location { line, column }) => {
            json!({"source": source, "line": line, "column": column})
        }
        None => json!({"source": source}),
    }
}
