//! The built binary, with a cleared environment.
#![cfg(test)]
#![expect(clippy::disallowed_methods, reason = "some tests look at a clock")]

mod bad_input;
mod check;
mod commands;
mod exec;
mod guard;
mod init;
mod leaks;
mod live;
mod neon;
mod neon_api;
mod neon_tls;
mod neon_trouble;
mod policy;
mod probe;
mod selftest;
mod target;
mod usage;
