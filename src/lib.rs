//! Refuses to start a program where it must not run.

pub mod dotenv;
pub mod observe;
pub mod secret;
pub mod source;
pub mod target;
