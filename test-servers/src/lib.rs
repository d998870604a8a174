//! Real servers that the project's tests start themselves.
//!
//! Every server runs on a free port of the loopback, in a directory of its own and as an
//! unprivileged user. It is stopped and its directory removed when its value is dropped,
//! and also when the test process is killed. Missing programs are installed. What cannot
//! be installed or started fails the test, so that no test is skipped for a missing
//! server.
//!
//! ```no_run
//! use test_servers::{Cluster, Neon};
//!
//! let neon = Neon { branch_id: "br-calm-1".to_owned(), ..Neon::default() };
//! let production = Cluster::builder().neon(neon).start();
//! production.create_role("app", "a password");
//! production.create_database("app", "app");
//! assert_eq!(production.sql("app", "SHOW neon.branch_id"), "br-calm-1\n");
//! let copy = production.basebackup();
//! assert_eq!(copy.system_identifier(), production.system_identifier());
//! ```
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot start its server fails, and says why"
)]

mod account;
mod bouncer;
mod cache;
mod certificate;
mod cluster;
mod install;
mod mariadb;
mod peer;
mod process;
mod text;

pub use bouncer::PgBouncer;
pub use certificate::{Authority, Certificate, Tls};
pub use cluster::{Builder, Cluster, Neon};
pub use install::laravel;
pub use mariadb::MariaDb;
pub use peer::{Forwarder, Garbage, Refusing, Silent};
