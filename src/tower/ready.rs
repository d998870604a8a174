//! Whether the decision at the start still holds.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Response, StatusCode};
use serde_json::json;

use super::pace::instant;
use crate::facts::{Facts, Live};
use crate::finding::Ruling;
use crate::gate::{Boot, Gate, Permit, decide};
use crate::observe::{Asking, When, answers};
use crate::policy::Policy;

/// Whether the boot gate would still open, for a readiness probe.
///
/// A thread of its own asks the rules again at an interval, over the snapshot that was
/// judged. It also asks the servers who they are, if the policy demands it or they were
/// asked at the start. So it notices an endpoint that leads to another database by now,
/// and a server that does not answer.
///
/// The service is ready while the last decision was to permit and is not older than three
/// intervals: a thread that hangs must not count as good news.
///
/// *What this cannot see*: variables that changed since, which the program does not use
/// either; and what happens between two intervals.
#[derive(Clone)]
#[must_use = "nothing is asked again once it is dropped"]
pub struct Readiness {
    last: Arc<Mutex<Last>>,
    interval: Duration,
    /// The thread ends when the last of these is dropped.
    _held: Sender<()>,
}

/// The last decision.
#[derive(Clone)]
struct Last {
    at: Instant,
    /// The rules that keep the gate shut.
    rules: Vec<&'static str>,
}

/// What is needed to judge again.
#[derive(Clone)]
pub(super) struct Again {
    pub(super) policy: Policy,
    pub(super) facts: Facts,
}

impl Permit<Boot> {
    /// Starts to ask the rules again every half minute, and the servers who they are.
    pub fn readiness(&self) -> Readiness {
        let when = match self.judged().again.facts.live {
            Live::Asked(_) => When::Always,
            Live::NotAsked => When::Demanded,
        };
        self.readiness_every(Duration::from_secs(30), move |policy, facts| {
            let verdict = decide(Gate::Boot, policy, facts);
            let asking = Asking { when, ..Asking::where_demanded() };
            answers(policy, &verdict, facts, &asking).unwrap_or(Live::NotAsked)
        })
    }

    /// Starts to ask the rules again at an interval, with what `ask` returns about the
    /// servers.
    ///
    /// `ask` is called on a thread of its own and may take its time.
    pub fn readiness_every(
        &self,
        interval: Duration,
        mut ask: impl FnMut(&Policy, &Facts) -> Live + Send + 'static,
    ) -> Readiness {
        let Again { policy, facts } = self.judged().again.clone();
        let last = Arc::new(Mutex::new(Last { at: instant(), rules: Vec::new() }));
        let (held, drops) = channel();
        let its_own = Arc::clone(&last);
        let run = move || {
            while drops.recv_timeout(interval) == Err(RecvTimeoutError::Timeout) {
                let facts = Facts { live: Live::NotAsked, ..facts.clone() };
                let facts = Facts { live: ask(&policy, &facts), ..facts };
                record(&mut locked(&its_own), rules(&policy, &facts));
            }
        };
        // Without a thread the last decision grows too old, so the service is not ready.
        let _thread = std::thread::Builder::new().name("guard-readiness".to_owned()).spawn(run);
        Readiness { last, interval, _held: held }
    }
}

impl Readiness {
    /// Whether the gate would still open.
    pub fn is_ready(&self) -> bool {
        self.refusing().is_empty()
    }

    /// The rules that keep the gate shut; `readiness` itself if the last decision is too
    /// old.
    pub fn refusing(&self) -> Vec<&'static str> {
        let Last { at, rules } = locked(&self.last).clone();
        let age = instant().saturating_duration_since(at);
        if age > self.interval.saturating_mul(3) { vec!["readiness"] } else { rules }
    }

    /// Makes the response: `200 OK`, or `503 Service Unavailable` with the names of the
    /// rules.
    ///
    /// It has no messages, since anybody may ask. With the feature `axum`, the readiness
    /// is a handler: `get(boot.readiness())`.
    pub fn response<B: From<String>>(&self) -> Response<B> {
        let refusing = self.refusing();
        let body = json!({ "ready": refusing.is_empty(), "rules": refusing }).to_string();
        let mut response = Response::new(B::from(body));
        if !refusing.is_empty() {
            *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        }
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

fn rules(policy: &Policy, facts: &Facts) -> Vec<&'static str> {
    let verdict = decide(Gate::Boot, policy, facts);
    let mut rules: Vec<_> = verdict.findings.iter().map(|finding| finding.rule().id).collect();
    rules.dedup();
    if rules.is_empty() && verdict.ruling() != Ruling::Permitted {
        rules.push("readiness");
    }
    rules
}

fn record(last: &mut Last, rules: Vec<&'static str>) {
    match (last.rules.is_empty(), rules.is_empty()) {
        (true, false) => tracing::error!(rules = rules.join(","), "not ready any more"),
        (false, true) => tracing::info!("ready again"),
        (true, true) | (false, false) => {}
    }
    *last = Last { at: instant(), rules };
}

fn locked(last: &Mutex<Last>) -> MutexGuard<'_, Last> {
    last.lock().unwrap_or_else(PoisonError::into_inner)
}
