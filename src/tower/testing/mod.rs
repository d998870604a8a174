//! What a service's own tests can prove about its debug endpoints.
#![expect(clippy::panic, reason = "assertions for the tests of others")]

mod answer;
mod spelling;

use std::fmt::{Debug, Write as _};
use std::future::poll_fn;

use answer::{Answer, Body};
use http::{HeaderValue, Method, Request, Response, Uri};
use spelling::{SPELLINGS, Twin};
use tower_service::Service;

use super::inventory::{Inventory, Question};

/// Asserts that every debug path of the service answers like a path that does not exist:
/// by status, headers and body, in every method and spelling.
///
/// The paths are those of every environment of the policy, the routes that were
/// [named](super::DebugGate::naming), and `db-identity`. Whatever differs between two
/// paths that both do not exist, such as the id of a request, may differ; the path itself
/// may be in the answer.
///
/// No connection is opened: the service is called directly. No request has the header
/// with the secret, so this holds in every environment.
///
/// ```no_run
/// # use koomy_guard::gate::{Boot, Permit};
/// # fn boot_of_production() -> Permit<Boot> { unimplemented!() }
/// # fn app(boot: &Permit<Boot>) -> axum::Router { axum::Router::new() }
/// // #[tokio::test]
/// async fn debug_endpoints_are_hidden_in_production() {
///     let boot = boot_of_production(); // `Permit::ask`, over assumed facts
///     koomy_guard::tower::testing::assert_hidden(app(&boot)).await;
/// }
/// ```
///
/// # Panics
///
/// If a debug path is not hidden; the message lists each of them. Also if the service has
/// no layer of the guard around it, which would know the paths: then use
/// [`assert_hidden_at`].
#[cfg(feature = "axum")]
pub async fn assert_hidden<S, ResBody>(app: S)
where
    S: Service<Request<axum::body::Body>, Response = Response<ResBody>, Error: Debug> + Clone,
    ResBody: Body,
{
    assert_hidden_from(app).await;
}

/// Asserts the same as `assert_hidden` for a service of any framework; the second type is
/// the body of its requests.
///
/// # Panics
///
/// As `assert_hidden`, which needs the feature `axum`.
pub async fn assert_hidden_from<S, ReqBody, ResBody>(app: S)
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>, Error: Debug> + Clone,
    ReqBody: Default,
    ResBody: Body,
{
    let question = Question::default();
    let mut request = Request::new(ReqBody::default());
    request.extensions_mut().insert(question.clone());
    answer(&app, request).await;
    let known = question.answered();
    assert!(!known.is_empty(), "no layer of the guard is around the service");
    for inventory in known {
        let twins = twins(&inventory);
        assert!(!twins.is_empty(), "the policy has no debug path, and no route was named");
        assert_alike(&app, twins, inventory.domain().unwrap_or("localhost")).await;
    }
}

/// Asserts the same as [`assert_hidden_from`] for these paths, under this host.
///
/// # Panics
///
/// If a path is not hidden; the message lists each of them.
pub async fn assert_hidden_at<S, ReqBody, ResBody>(
    app: S,
    paths: impl IntoIterator<Item = impl Into<String>>,
    host: &str,
) where
    S: Service<Request<ReqBody>, Response = Response<ResBody>, Error: Debug> + Clone,
    ReqBody: Default,
    ResBody: Body,
{
    let paths = paths.into_iter().map(Into::into);
    let twins = paths.map(|path: String| Twin::of(path.clone(), &path)).collect();
    assert_alike(&app, twins, host).await;
}

/// Each path of the inventory, beside paths that do not exist.
fn twins(inventory: &Inventory) -> Vec<Twin> {
    let below = inventory.paths().iter().map(|path| format!("{path}/db-identity"));
    let all = inventory.paths().iter().cloned().chain(below).chain(inventory.routes());
    let root = |path: &str| {
        let is_root = |root: &&String| {
            path.strip_prefix(root.as_str()).is_some_and(|rest| rest.starts_with('/'))
        };
        inventory.paths().iter().find(is_root).map_or(path, String::as_str).to_owned()
    };
    all.map(|path| Twin::of(path.clone(), &root(&path))).collect()
}

async fn assert_alike<S, ReqBody, ResBody>(app: &S, twins: Vec<Twin>, host: &str)
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>, Error: Debug> + Clone,
    ReqBody: Default,
    ResBody: Body,
{
    let mut seen = String::new();
    let mut asked = 0_u32;
    for twin in twins {
        for spelling in SPELLINGS {
            for method in METHODS {
                let Some(differs) = differs(app, &twin, spelling, method, host).await else {
                    continue;
                };
                asked += 1;
                if let Some(what) = differs {
                    let path = (spelling.write)(&twin.hidden);
                    let _infallible = write!(seen, "\n  {method} {path}: {what}");
                }
            }
        }
    }
    assert!(asked > 0, "no request could be made of these paths");
    if !seen.is_empty() {
        panic!("debug paths that do not answer as what does not exist:{seen}");
    }
}

/// How a debug path differs from one that does not exist; the outer `None` if no such
/// request can be made.
async fn differs<S, ReqBody, ResBody>(
    app: &S,
    twin: &Twin,
    spelling: &spelling::Spelling,
    method: &str,
    host: &str,
) -> Option<Option<String>>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>, Error: Debug> + Clone,
    ReqBody: Default,
    ResBody: Body,
{
    let mut answers = Vec::new();
    for path in [&twin.hidden, &twin.absent, &twin.also_absent] {
        let written = (spelling.write)(path);
        let said = answer(app, request(&written, method, host)?).await;
        answers.push(said.without(&written).without(path).without(twin.segment_of(path)));
    }
    let [hidden, absent, also_absent] = <[Answer; 3]>::try_from(answers).ok()?;
    Some(hidden.differs_from(&absent, &also_absent))
}

fn request<B: Default>(path: &str, method: &str, host: &str) -> Option<Request<B>> {
    let mut request = Request::new(B::default());
    *request.uri_mut() = path.replace("{host}", host).parse::<Uri>().ok()?;
    *request.method_mut() = Method::from_bytes(method.as_bytes()).ok()?;
    request.headers_mut().insert(http::header::HOST, HeaderValue::from_str(host).ok()?);
    Some(request)
}

async fn answer<S, ReqBody, ResBody>(app: &S, request: Request<ReqBody>) -> Answer
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>, Error: Debug> + Clone,
    ResBody: Body,
{
    let mut app = app.clone();
    let answered = async {
        poll_fn(|cx| app.poll_ready(cx)).await?;
        app.call(request).await
    };
    match answered.await {
        Ok(response) => Answer::read(response).await,
        Err(error) => Answer::failed(format!("{error:?}")),
    }
}

const METHODS: [&str; 10] =
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND"];
