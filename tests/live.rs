//! Servers that are asked who they are: real ones, and ones that misbehave.
#![expect(clippy::disallowed_methods, reason = "tests look at clocks")]

#[path = "live/identity.rs"]
mod identity;
#[path = "live/world.rs"]
mod world;
