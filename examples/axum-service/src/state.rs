//! The database, reached through the permit.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use koomy_guard::gate::ConnectError;
use koomy_guard::{Boot, Permit};
use postgres::Client;
use serde_json::json;

/// One connection, opened again when it is lost.
///
/// LIMIT: requests that need it while it is being opened wait for that, up to about
/// twenty seconds if the server is silent, each on a thread that may block. A shop with
/// more customers uses a pool, which gives up sooner, and opens each connection in the
/// same way.
#[derive(Clone)]
pub(crate) struct Database {
    boot: Arc<Permit<Boot>>,
    client: Arc<Mutex<Option<Client>>>,
}

impl Database {
    /// Connects to the server that was judged, and to no other.
    pub(crate) fn open(boot: Arc<Permit<Boot>>) -> Result<Self, ConnectError> {
        let client = boot.connect(CONNECTION)?;
        Ok(Self { boot, client: Arc::new(Mutex::new(Some(client))) })
    }

    /// Runs `work` on a thread that may block.
    pub(crate) async fn with<T, F>(&self, work: F) -> Result<T, Unavailable>
    where
        T: Send + 'static,
        F: FnOnce(&mut Client) -> Result<T, postgres::Error> + Send + 'static,
    {
        let Self { boot, client } = self.clone();
        let done = tokio::task::spawn_blocking(move || {
            let mut held = client.lock().unwrap_or_else(PoisonError::into_inner);
            let mut client = match held.take().filter(|client| !client.is_closed()) {
                Some(client) => client,
                None => boot.connect(CONNECTION)?,
            };
            let done = work(&mut client);
            *held = Some(client);
            Ok(done?)
        });
        done.await?
    }
}

/// Why the database gave no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unavailable {
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error("the database: {0}")]
    Database(#[from] postgres::Error),
    #[error("the thread that waits for the database ended")]
    Ended(#[from] tokio::task::JoinError),
}

impl IntoResponse for Unavailable {
    fn into_response(self) -> Response {
        tracing::error!(cause = %self, "no answer from the database");
        (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "error": "try again later" })))
            .into_response()
    }
}

/// The connection's name in the policy.
const CONNECTION: &str = "primary";
