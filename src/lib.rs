//! Refuses to start a program in an environment where it does not belong.
//!
//! ```no_run
//! #[derive(serde::Deserialize)]
//! struct Settings {
//!     database_url: String,
//!     port: u16,
//! }
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let boot = koomy_guard::boot()?; // the built-in policy; `boot_with` takes yours
//!     let settings: Settings = boot.settings()?;
//!     // … serve, with settings that were judged
//!     Ok(())
//! }
//! ```
//!
//! A *policy* says which environments exist and what belongs to each: databases,
//! domains, secrets. The guard observes the process into *facts* and asks every
//! *rule* of a *gate*. The gate opens with a [`Permit`], or stays shut with a
//! [`Refusal`] that names each cause, its place and the way out, and never shows a
//! value.
//!
//! ```
//! use koomy_guard::facts::Facts;
//! use koomy_guard::policy::Data;
//! use koomy_guard::policy::builder::Is;
//! use koomy_guard::{Boot, Permit, Policy};
//!
//! let policy = Policy::builder("shop")
//!     .environment("production", |e| e.data(Data::Real).databases(["main"]))
//!     .environment("test", |e| e.data(Data::Synthetic).databases(["scratch"]))
//!     .database("main", |d| d.endpoints(["db.shop.example"]).database("shop"))
//!     .database("scratch", |d| d.hosts(["localhost"]).database("shop_test"))
//!     .connection_url("primary", "DATABASE_URL")
//!     .variable("APP_ENV", |v| v.is(Is::Environment))
//!     .build()?;
//!
//! // A test environment that would write to production's database.
//! let facts = Facts::assume().variables([
//!     ("APP_ENV", "test"),
//!     ("DATABASE_URL", "postgresql://app:pw@db.shop.example/shop?sslmode=require"),
//! ]);
//!
//! let refusal = Permit::<Boot>::ask(&policy, &facts.facts()).unwrap_err();
//! assert_eq!(
//!     refusal.to_string(),
//!     "refused: the boot gate of policy built in code, environment `test`\n\
//!      refused[database-belongs-to-environment]: `DATABASE_URL` leads to `main`, \
//!      a database of `production`, not of `test`\n  \
//!        cause: assumed environment\n  \
//!        decided-by: policy built in code:10:13\n  \
//!        related: policy built in code:12:12\n  \
//!        help: point it at `scratch`"
//! );
//! # Ok::<(), koomy_guard::policy::PolicyError>(())
//! ```
//!
//! # When the boot gate opens
//!
//! [`boot()`] judges this process, and [`Boot`] lists what must hold for its gate to open.
//!
//! [`gate::compare`] judges several environments side by side and adds what only a
//! comparison shows: a database or a secret that two of them share. `docs/rules.md`
//! lists the rules.
//!
//! # Who the server is
//!
//! Where the policy says `live = true`, and with [`boot_live`], each server is asked who
//! it is once every other rule is satisfied. It must be the database that its address
//! claims. [`Permit::connect`] then connects to that server and to no other.
//!
//! # Seeds
//!
//! [`seed()`] returns a connection to a database that may be filled with made-up data;
//! [`Seed`] lists what must hold. The server was asked on that very connection, and each
//! transaction on it begins with an assertion that it is still the same database.
//!
//! ```no_run
//! # #[cfg(feature = "postgres")] {
//! use koomy_guard::Verified;
//! use postgres::Client;
//!
//! // Cannot be called with a connection that was not verified.
//! fn seed(db: &mut Verified<Client>) -> Result<(), postgres::Error> {
//!     db.batch_execute("INSERT INTO public.cities (name) VALUES ('Nantes')")
//! }
//!
//! let mut db = koomy_guard::seed()?;
//! seed(&mut db)?;
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Verified::for_seeding`] takes a connection of your own, asynchronous or not;
//! [`SeedCheck`] is for pools, and [`assertion`] for other drivers. `docs/seeds.md` has
//! the details.
//!
//! # What it cannot see
//!
//! - **Who the server is**, unless it is asked. An address is compared, not the
//!   database behind it; no name is resolved and no connection made. A CNAME, a tunnel
//!   on `localhost` and a restored copy look like what their address says.
//! - **What the program loads later**: variables that it sets itself, a secret from a
//!   vault, a file that it reads after the decision. [`Permit::settings`] reads the
//!   snapshot that was judged; use it instead of reading the environment again.
//! - **What nobody declared.** A connection or a secret passes undeclared if neither its
//!   name nor the form of its value gives it away. A `prefix` in the policy closes that
//!   gap for the program's own names.
//! - **Whether the policy is right.** It proves that an environment is as the policy
//!   says. [`selftest::run`] shows that each rule can refuse under it.
//! - **An attacker inside the process**, or one who may change the policy. The guard
//!   prevents accidents; it is not a sandbox.
//!
//! # A policy
//!
//! `docs/policy.md` describes the format. A policy is:
//!
//! - **Built in.** [`boot()`] uses `policy.example.toml`, compiled in:
//!   [`Policy::built_in`].
//! - **Embedded.** [`embed_policy!`] compiles in a file of the program's own.
//!
//!   ```
//!   let policy = koomy_guard::embed_policy!("../policy.example.toml")?;
//!   # Ok::<(), koomy_guard::policy::PolicyError>(())
//!   ```
//!
//! - **From text.** [`Policy::parse`] opens nothing, and reports every problem in the
//!   text with its line and column.
//! - **From a file.** [`observe::policy_file`] reads a file of limited size, and quotes
//!   it only if it looks like a policy.
//!
//!   ```no_run
//!   let policy = koomy_guard::observe::policy_file("policy.toml".as_ref())?;
//!   let boot = koomy_guard::boot_with(&policy)?;
//!   # Ok::<(), Box<dyn std::error::Error>>(())
//!   ```
//!
//! - **In code.** [`Policy::builder`] writes the same format and passes the same
//!   checks: see [`policy::builder`].
//!
//! # Features
//!
//! | feature | adds |
//! | --- | --- |
//! | `postgres` | asks PostgreSQL servers who they are; connections, seeds; on by default |
//! | `mysql` | asks MySQL and MariaDB servers who they are |
//! | `report` | findings as human text, JSON, SARIF and GitHub annotations; policies as JSON; the JSON Schema of the format |
//! | `shield` | `koomy_guard::shield`: finds secrets in any text, in every encoding, whole or in chunks |
//! | `tower` | layers for web services: debug gate, host gate, response shield, readiness |
//! | `axum` | `debug_routes` and handlers for axum's router |
//!
//! No feature changes a verdict. Where a server must be asked and this build cannot ask
//! it, the gate is undecided.
//!
//! # Elsewhere
//!
//! The repository's `docs/` has the reference of the policy (`policy.md`), the rules
//! (`rules.md`), the kinds of secrets (`secrets.md`), the grammar of connections
//! (`database-urls.md`) and of env files (`dotenv.md`), the layout of the code and
//! its laws (`architecture.md`), and the reasons for each dependency
//! (`dependencies.md`).

mod address;
pub mod assertion;
mod difference;
pub mod dotenv;
mod error;
pub mod facts;
pub mod finding;
pub mod gate;
mod named;
pub mod naming;
pub mod observe;
mod platform;
pub mod policy;
#[cfg(feature = "report")]
pub mod report;
pub mod rules;
pub mod secret;
pub mod selftest;
#[cfg(feature = "shield")]
pub mod shield;
pub mod source;
pub mod stamp;
pub mod target;
#[cfg(feature = "tower")]
pub mod tower;
mod visible;

pub use finding::{Finding, Outcome, Ruling};
pub use gate::{Boot, Permit, Refusal, Seed, boot, boot_live, boot_with};
#[cfg(feature = "postgres")]
pub use gate::{SeedCheck, Verified, seed, seed_connection, seed_with};
pub use policy::Policy;
