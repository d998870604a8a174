//! What a permit knows about web services.

use std::sync::Arc;

use once_cell::sync::OnceCell;

use super::debug::{self, Access};
use super::host::HostRules;
use super::identity::Known;
use super::inventory::Inventory;
use super::ready::Again;
use super::shield::Secrets;
use crate::facts::Facts;
use crate::gate::Verdict;
use crate::policy::{EncodedResponses, Environment, Policy};

/// What policy and facts mean for web requests.
///
/// INVARIANT: made only when a permit is granted.
pub(crate) struct Judged {
    pub(super) debug: Arc<debug::Shared>,
    /// The rules of the host layers, made for the first of them.
    ///
    /// LIMIT: never freed; a kilobyte for each permit that has such a layer. A router
    /// copies its layers for each request, where counting references to the rules would
    /// cost more than judging by them; and a process has one permit.
    pub(super) host: OnceCell<&'static HostRules>,
    pub(super) secrets: Secrets,
    pub(super) encoded: EncodedResponses,
    pub(super) identity: Arc<Known>,
    pub(super) again: Again,
}

impl Judged {
    pub(crate) fn of(policy: &Policy, verdict: &Verdict<'_>, facts: &Facts) -> Self {
        let access = verdict.environment.and_then(|environment| Access::of(environment, facts));
        let inventory = Arc::new(inventory(policy, verdict.environment, access.is_some()));
        Self {
            host: OnceCell::new(),
            debug: Arc::new(debug::Shared { access, inventory }),
            secrets: Secrets::of(policy, facts),
            encoded: verdict.environment.map(|here| here.web.encoded_responses).unwrap_or_default(),
            identity: Arc::new(Known::of(verdict, facts)),
            again: Again { policy: policy.clone(), facts: facts.clone() },
        }
    }
}

fn inventory(policy: &Policy, here: Option<&Environment>, is_open: bool) -> Inventory {
    let rules = policy.environments().iter().filter_map(|it| it.debug.as_ref());
    let mut paths: Vec<String> = rules.flat_map(|rule| rule.paths.iter().cloned()).collect();
    paths.sort();
    paths.dedup();
    let domain = here.and_then(|here| here.domains.first());
    Inventory::new(paths, domain.map(|domain| domain.value.clone()), is_open)
}
