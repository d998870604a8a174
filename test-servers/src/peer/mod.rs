//! Peers on the loopback that are not servers, or are in front of one.

mod forwarder;
mod listener;
mod odd;

pub use forwarder::Forwarder;
pub use odd::{Garbage, Refusing, Silent};
