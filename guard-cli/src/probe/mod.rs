//! What a running service says of itself, asked from outside.

mod answer;
mod bounded;
mod client;
mod hidden;
mod hosts;
mod leak;
mod report;
mod timing;
mod tls;
mod url;

use koomy_guard::policy::Environment;
use koomy_guard::rules::{DEBUG_IS_ALLOWED_HERE, DOMAIN_BELONGS_TO_ENVIRONMENT, Rule};
use koomy_guard::{Outcome, Policy, Ruling};

use client::Client;
pub(crate) use report::Report;
pub(crate) use url::Origin;

use crate::exit::Exit;

/// What is asked.
pub(crate) struct Probe<'a> {
    /// What should hold.
    pub(crate) policy: &'a Policy,
    /// Where.
    pub(crate) environment: &'a Environment,
    /// The server.
    pub(crate) origin: &'a Origin,
    /// The domains that this server answers for.
    pub(crate) domains: Vec<&'a str>,
}

/// Something that does not hold, or of which nothing is known.
#[derive(Debug)]
pub(crate) struct Finding {
    pub(crate) kind: Kind,
    pub(crate) outcome: Outcome,
    /// A path, a domain.
    pub(crate) subject: String,
    pub(crate) message: String,
    pub(crate) help: &'static str,
}

/// Which question it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Is a debug path told from one that does not exist?
    Debug,
    /// Does it answer for a domain of another environment?
    Host,
    /// Is its certificate valid for its own domains?
    Certificate,
    /// Does an answer hold the URL of a database?
    Leak,
    /// Did it answer at all?
    Answer,
}

impl Kind {
    /// The word for it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Host => "host",
            Self::Certificate => "certificate",
            Self::Leak => "leak",
            Self::Answer => "answer",
        }
    }

    /// The rule of which this is the outside, if it is one's.
    pub(crate) const fn rule(self) -> Option<&'static Rule> {
        match self {
            Self::Debug => Some(&DEBUG_IS_ALLOWED_HERE),
            Self::Host | Self::Certificate => Some(&DOMAIN_BELONGS_TO_ENVIRONMENT),
            Self::Leak | Self::Answer => None,
        }
    }
}

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) findings: Vec<Finding>,
    /// How far apart the times of a path and of one that does not exist are.
    pub(crate) timings: Vec<timing::Timing>,
    /// The days that the certificate for a domain has left.
    pub(crate) certificates: Vec<(String, i64)>,
    /// What was not asked, and why that is fine.
    pub(crate) notes: Vec<String>,
    pub(crate) requests: usize,
}

impl Found {
    fn refuse(&mut self, kind: Kind, subject: &str, message: String, help: &'static str) {
        self.push(kind, Outcome::Refused, subject, message, help);
    }

    fn undecided(&mut self, kind: Kind, subject: &str, message: String, help: &'static str) {
        self.push(kind, Outcome::Undecided, subject, message, help);
    }

    fn push(
        &mut self,
        kind: Kind,
        outcome: Outcome,
        subject: &str,
        message: String,
        help: &'static str,
    ) {
        self.findings.push(Finding { kind, outcome, subject: subject.to_owned(), message, help });
    }

    /// How the command ends.
    pub(crate) fn exit(&self) -> Exit {
        let found = self.findings.iter().map(|finding| Ruling::from(finding.outcome));
        Exit::of(found.min().unwrap_or(Ruling::Permitted))
    }
}

impl Probe<'_> {
    /// Asks everything, within bounds.
    pub(crate) fn ask(&self) -> Found {
        let mut found = Found::default();
        let mut client = match Client::new(self.origin, self.own_domain()) {
            Ok(client) => client,
            Err(trouble) => {
                let help = "look at the address, and at what answers there";
                found.undecided(Kind::Answer, &self.origin.to_string(), trouble.to_string(), help);
                return found;
            }
        };
        tls::ask(self, &client, &mut found);
        if self.is_reached(&mut client, &mut found) {
            hidden::ask(self, &mut client, &mut found);
            hosts::ask(self, &mut client, &mut found);
        }
        found.requests = client.asked();
        for (path, name) in client.leaks() {
            let message = format!("an answer holds what looks like {name}");
            let help = "find out who writes it there, and replace the password";
            found.refuse(Kind::Leak, path, message, help);
        }
        found
    }

    fn is_reached(&self, client: &mut Client, found: &mut Found) -> bool {
        let asked = client.get("/", self.own_domain());
        let Err(trouble) = asked else { return true };
        let help = "nothing is known of a service that does not answer";
        found.undecided(Kind::Answer, &self.origin.to_string(), trouble.to_string(), help);
        false
    }

    /// The domain under which everything is asked that is not about domains.
    fn own_domain(&self) -> &str {
        let own =
            self.domains.iter().find(|domain| domain.eq_ignore_ascii_case(self.origin.host()));
        own.or_else(|| self.domains.first()).copied().unwrap_or_else(|| self.origin.host())
    }
}
