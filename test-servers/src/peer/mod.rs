//! Peers on the loopback that are no servers, or stand before one.

mod forwarder;
mod listener;
mod odd;

pub use forwarder::Forwarder;
pub use odd::{Garbage, Refusing, Silent};
