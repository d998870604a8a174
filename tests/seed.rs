//! Seeds against real servers: the right one, and wrong ones.
#![cfg(test)]
#![cfg(feature = "postgres")]
#![expect(clippy::disallowed_methods, reason = "tests look at clocks")]

#[path = "seed/assertion.rs"]
mod assertion;
#[path = "seed/boot.rs"]
mod boot;
#[path = "seed/moved.rs"]
mod moved;
#[path = "seed/pool.rs"]
mod pool;
#[path = "seed/process.rs"]
mod process;
#[path = "seed/stamp.rs"]
mod stamp;
#[path = "seed/verified.rs"]
mod verified;
#[path = "seed/world.rs"]
mod world;
