//! The shop's routes.

use std::convert::Infallible;

use axum::Router;
use axum::body::Body;
use axum::extract::{Json, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use koomy_guard::gate::SettingsError;
use koomy_guard::{Boot, Permit};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tower::{Service, ServiceBuilder};

use crate::state::{Database, Unavailable};

/// The shop inside the guard's layers, the outermost first.
pub(crate) fn app(
    boot: &Permit<Boot>,
    database: Database,
) -> Result<
    impl Service<Request, Response = Response, Error = Infallible, Future: Send> + Clone + Send + use<>,
    SettingsError,
> {
    let layers = ServiceBuilder::new()
        .layer(boot.host_layer())
        .map_response(|answer: Response<_>| answer.map(Body::new))
        .layer(boot.shield_layer());
    #[cfg(feature = "debug-routes")]
    let layers = layers.layer(crate::debug::layer(boot)?);
    Ok(layers.service(shop(boot, database)))
}

/// The shop itself, which knows nothing about debug endpoints.
fn shop(boot: &Permit<Boot>, database: Database) -> Router {
    Router::new()
        .route("/products", get(products))
        .route("/orders", post(order))
        .route("/ready", get(boot.readiness()))
        .fallback(nothing_here)
        .with_state(database)
}

#[derive(Serialize)]
struct Product {
    id: i64,
    name: String,
    cents: i64,
}

async fn products(State(database): State<Database>) -> Result<Json<Vec<Product>>, Unavailable> {
    let rows = database
        .with(|client| client.query("SELECT id, name, cents FROM public.products ORDER BY id", &[]))
        .await?;
    let product = |row: &postgres::Row| {
        Ok(Product { id: row.try_get(0)?, name: row.try_get(1)?, cents: row.try_get(2)? })
    };
    Ok(Json(rows.iter().map(product).collect::<Result<_, postgres::Error>>()?))
}

#[derive(Deserialize)]
struct Order {
    product: i64,
    quantity: std::num::NonZeroU16,
}

async fn order(
    State(database): State<Database>,
    Json(Order { product, quantity }): Json<Order>,
) -> Result<Response, Unavailable> {
    let quantity = i32::from(quantity.get());
    let row = database.with(move |client| client.query_opt(ORDER, &[&product, &quantity])).await?;
    Ok(match row {
        Some(row) => (StatusCode::CREATED, Json(json!({ "order": row.try_get::<_, i64>(0)? })))
            .into_response(),
        None => (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "error": "no such product" })))
            .into_response(),
    })
}

async fn nothing_here() -> impl IntoResponse {
    (StatusCode::NOT_FOUND, Json(json!({ "error": "nothing here" })))
}

const ORDER: &str = "INSERT INTO public.orders (product, quantity) \
     SELECT id, $2 FROM public.products WHERE id = $1 RETURNING id";
