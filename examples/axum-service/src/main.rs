//! A shop: it lists products, takes orders, and starts only where it belongs.
//!
//! ```sh
//! guard-cli exec --live --env-file sandbox.env -- axum-service
//! ```

#[cfg(feature = "debug-routes")]
mod debug;
mod routes;
mod state;

use std::error::Error;
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::net::Ipv4Addr;
use std::process::ExitCode;
use std::sync::Arc;

use axum::ServiceExt;
use axum::extract::Request;
use koomy_guard::observe::policy_file;
use koomy_guard::{Boot, Outcome, Permit, Policy, Refusal};
use serde::{Deserialize, Serialize};
use state::Database;
use tokio::net::TcpListener;

/// The shop's settings, besides the database. A debug endpoint shows them, so no secret
/// belongs here.
#[derive(Clone, Deserialize, Serialize)]
struct Settings {
    port: u16,
    public_url: String,
}

fn main() -> ExitCode {
    tracing_subscriber::fmt().with_writer(io::stderr).init();
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // If this fails, there is no other way to report it.
            let _ = writeln!(io::stderr(), "{error}");
            code(error.downcast_ref()).into()
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let policy = policy(std::env::args_os().skip(1).collect())?;
    let boot = Arc::new(koomy_guard::boot_with(&policy)?);
    let settings: Settings = boot.settings()?;
    // Kept until the runtime has ended: the driver has a runtime of its own, which must
    // not end inside another one.
    let database = Database::open(Arc::clone(&boot))?;
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(serve(
        &boot,
        database.clone(),
        settings.port,
    ))
}

async fn serve(boot: &Permit<Boot>, database: Database, port: u16) -> Result<(), Box<dyn Error>> {
    let app = routes::app(boot, database)?;
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).await?;
    tracing::info!(port, "open");
    axum::serve(listener, ServiceExt::<Request>::into_make_service(app)).await?;
    Ok(())
}

/// The compiled-in policy, or the file after `--policy`.
fn policy(arguments: Vec<OsString>) -> Result<Policy, Box<dyn Error>> {
    match arguments.as_slice() {
        [] => Ok(koomy_guard::embed_policy!("../policy.toml")?),
        [option, file] if option == "--policy" => Ok(policy_file(file.as_ref())?),
        _ => Err("usage: axum-service [--policy FILE]".into()),
    }
}

/// The exit code with which `guard-cli exec` would end before it starts a command.
fn code(refusal: Option<&Refusal>) -> u8 {
    match refusal.map(Refusal::outcome) {
        Some(Outcome::Refused) => 78,
        Some(Outcome::Undecided) => 75,
        None => 1,
    }
}
