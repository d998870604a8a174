//! The shop, as it is built and started, over real HTTP and on real servers.
#![cfg(test)]
#![expect(clippy::disallowed_methods, reason = "reads what the tests wrote, and waits")]

#[path = "service/contract.rs"]
mod contract;
#[path = "service/http.rs"]
mod http;
#[path = "service/leak.rs"]
mod leak;
#[path = "service/removed.rs"]
mod removed;
#[path = "service/repointed.rs"]
mod repointed;
#[path = "service/stage.rs"]
mod stage;
