//! Asks servers who they are: real ones, and ones that misbehave.
#![expect(
    clippy::disallowed_methods,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests look at clocks, and their helpers fail as tests do"
)]

#[path = "live/concurrent.rs"]
mod concurrent;
#[path = "live/failing.rs"]
mod failing;
#[path = "live/identity.rs"]
mod identity;
#[cfg(feature = "mysql")]
#[path = "live/mariadb.rs"]
mod mariadb;
#[path = "live/own.rs"]
mod own;
#[path = "live/role.rs"]
mod role;
#[path = "live/stamp.rs"]
mod stamp;
#[path = "live/tls.rs"]
mod tls;
#[path = "live/tripwire.rs"]
mod tripwire;
#[path = "live/world.rs"]
mod world;
