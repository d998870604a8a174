//! Refuses to start a program where it must not run.

mod address;
mod difference;
pub mod dotenv;
pub mod facts;
pub mod finding;
pub mod gate;
pub mod observe;
mod platform;
pub mod policy;
#[cfg(feature = "report")]
pub mod report;
pub mod rules;
pub mod secret;
pub mod source;
pub mod target;

pub use finding::{Finding, Outcome};
pub use gate::{Boot, Permit, Refusal, boot, boot_with};
pub use policy::Policy;
