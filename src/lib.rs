//! Refuses to start a program where it must not run.

pub mod secret;
pub mod source;
pub mod target;
