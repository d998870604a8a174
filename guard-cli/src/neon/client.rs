//! The client of the API.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use serde::de::DeserializeOwned;
use ureq::http::{HeaderMap, StatusCode, header};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Proxy};

use super::answer::{Branch, BranchPage, Endpoint, EndpointList, Project};
use super::base::{Base, Reach};
use super::key::Key;
use super::names::Id;
use super::trouble::Trouble;
use crate::console::complain;

/// Asks Neon's API, with bounds on time, size, pages and patience.
pub(crate) struct Client {
    agent: Agent,
    base: Base,
    key: Key,
    timeout: Duration,
}

/// One answer.
enum Answer {
    Body(Vec<u8>),
    Busy { status: u16, wait: Option<u64> },
}

impl Client {
    /// A client; each request may take `timeout`.
    pub(crate) fn new(base: Base, key: Key, timeout: Duration) -> Self {
        let agent = agent(base.reach(), timeout);
        Self { agent, base, key, timeout }
    }

    /// Everything that is used of a project.
    ///
    /// # Errors
    ///
    /// [`Trouble`], whatever it is: a project is read as a whole or not at all.
    pub(crate) fn project(&self, id: &Id) -> Result<Project, Trouble> {
        let branches = self.branches(id)?;
        let path = format!("/projects/{id}/endpoints");
        let list: EndpointList = self.ask(id, "endpoints", &path, &[])?;
        let mut endpoints = list.endpoints;
        endpoints.iter().try_for_each(|endpoint| endpoint_of(id, endpoint))?;
        endpoints.sort();
        endpoints.dedup_by(|a, b| a.id == b.id);
        Ok(Project { branches, endpoints })
    }

    /// DELIBERATE: sorted by age. The API's own order, by the last change,
    /// moves while its pages are read.
    fn branches(&self, id: &Id) -> Result<Vec<Branch>, Trouble> {
        let path = format!("/projects/{id}/branches");
        let (mut branches, mut seen) = (Vec::new(), BTreeSet::new());
        let mut cursor: Option<String> = None;
        for _ in 0..PAGES {
            let mut query =
                vec![("sort_by", "created_at"), ("sort_order", "asc"), ("limit", LIMIT)];
            query.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
            let mut page: BranchPage = self.ask(id, "branches", &path, &query)?;
            let next = page.next();
            for branch in page.branches {
                same_project(id, &branch.project_id)?;
                if seen.insert(branch.id.clone()) {
                    branches.push(branch);
                }
            }
            match next {
                None => return Ok(branches),
                Some(next) if cursor.as_ref() == Some(&next) => break,
                Some(next) => cursor = Some(next),
            }
        }
        Err(Trouble::Endless(PAGES))
    }

    fn ask<T: DeserializeOwned>(
        &self,
        project: &Id,
        what: &'static str,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<T, Trouble> {
        let body = self.patiently(project, path, query)?;
        serde_json::from_slice(&body).map_err(|error| Trouble::Undocumented {
            what,
            line: error.line(),
            column: error.column(),
        })
    }

    /// Asks again when the API asks for that, a few times.
    fn patiently(
        &self,
        project: &Id,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<Vec<u8>, Trouble> {
        let mut asked = 1;
        loop {
            let (status, wait) = match self.once(project, path, query)? {
                Answer::Body(body) => return Ok(body),
                Answer::Busy { status, wait } => (status, wait),
            };
            if asked > RETRIES {
                return Err(Trouble::Busy { status, asked });
            }
            let seconds = wait.unwrap_or(1 << (asked - 1));
            if seconds > LONGEST_WAIT {
                return Err(Trouble::LongWait { status, seconds });
            }
            complain(&format!(
                "Neon's API answered {status}; asking again in {seconds} s ({asked} of {RETRIES})"
            ));
            thread::sleep(Duration::from_secs(seconds));
            asked += 1;
        }
    }

    fn once(&self, project: &Id, path: &str, query: &[(&str, &str)]) -> Result<Answer, Trouble> {
        let seconds = self.timeout.as_secs();
        let request = self.agent.get(self.base.of(path)).query_pairs(query.iter().copied());
        let request = request.header(header::AUTHORIZATION, self.key.header());
        let mut response = request.call().map_err(|error| Trouble::of(error, seconds))?;
        let status = response.status();
        match status.as_u16() {
            200 => {}
            401 => return Err(Trouble::UnknownKey),
            403 => return Err(Trouble::NoAccess(project.to_string())),
            404 => return Err(Trouble::NoProject(project.to_string())),
            423 | 429 | 503 => return Ok(busy(status, response.headers())),
            300..=399 => return Err(Trouble::Redirect(status.as_u16())),
            other => return Err(Trouble::Status(other)),
        }
        let body = response.body_mut().with_config().limit(LARGEST).read_to_vec();
        body.map(Answer::Body).map_err(|error| Trouble::of(error, seconds))
    }
}

fn agent(reach: Reach, timeout: Duration) -> Agent {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = TlsConfig::builder()
        .unversioned_rustls_crypto_provider(provider)
        .root_certs(RootCerts::PlatformVerifier)
        .build();
    let config = Agent::config_builder()
        .tls_config(tls)
        .https_only(reach == Reach::Network)
        // A proxy would see the key of a request without TLS.
        .proxy(match reach {
            Reach::Network => Proxy::try_from_env(),
            Reach::Loopback => None,
        })
        .max_redirects(0)
        .http_status_as_error(false)
        .timeout_global(Some(timeout))
        .user_agent(concat!("guard-cli/", env!("CARGO_PKG_VERSION")))
        .accept("application/json");
    config.build().new_agent()
}

fn busy(status: StatusCode, headers: &HeaderMap) -> Answer {
    let wait = headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
    Answer::Busy { status: status.as_u16(), wait: wait.and_then(|value| value.trim().parse().ok()) }
}

fn endpoint_of(project: &Id, endpoint: &Endpoint) -> Result<(), Trouble> {
    let Endpoint { id, project_id, host, access: _, branch_id: _ } = endpoint;
    same_project(project, project_id)?;
    if host.label() == id.as_str() {
        Ok(())
    } else {
        Err(Trouble::OtherHost { host: host.to_string(), id: id.to_string() })
    }
}

fn same_project(asked: &Id, about: &Id) -> Result<(), Trouble> {
    if asked == about {
        Ok(())
    } else {
        Err(Trouble::OtherProject { asked: asked.to_string(), about: about.to_string() })
    }
}

const PAGES: usize = 50;
const LIMIT: &str = "1000";
const LARGEST: u64 = 16 * 1024 * 1024;
const RETRIES: u32 = 3;
const LONGEST_WAIT: u64 = 60;
