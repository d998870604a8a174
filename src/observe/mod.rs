//! The only code that looks at the world; everything else judges what it saw.

pub mod database;
mod env_files;
pub mod file;
mod live;
mod policy_file;
mod process;

pub use env_files::env_files;
pub(crate) use live::answers;
#[cfg(feature = "postgres")]
pub(crate) use live::log_wait;
pub use live::{Asking, When, live};
pub use policy_file::{PolicyFileError, policy_file};
pub use process::process;
