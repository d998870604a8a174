//! The layers around real servers, with real clients and raw sockets.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "helpers of tests fail as tests do"
)]

#[path = "web/apps.rs"]
mod apps;
#[path = "web/busy.rs"]
mod busy;
#[path = "web/frames.rs"]
mod frames;
#[path = "web/handlers.rs"]
mod handlers;
#[path = "web/hidden.rs"]
mod hidden;
#[path = "web/hosts.rs"]
mod hosts;
#[path = "web/log.rs"]
mod log;
#[path = "web/open.rs"]
mod open;
#[path = "web/policy.rs"]
mod policy;
#[path = "web/wire.rs"]
mod wire;
