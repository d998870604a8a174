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

use koomy_guard::Policy;
use koomy_guard::finding::{Finding, Findings};
use koomy_guard::gate::Gate;
use koomy_guard::policy::Environment;
use koomy_guard::report::{Judgement, Scope};
use koomy_guard::rules::{
    DEBUG_IS_ALLOWED_HERE, DOMAIN_BELONGS_TO_ENVIRONMENT, RESPONSE_HAS_NO_SECRET, Rule,
};
use koomy_guard::source::{Place, Source};

use client::Client;
pub(crate) use report::Report;
pub(crate) use url::Origin;

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

    /// The rule that is asked from outside; whether anybody answers for the
    /// environment at all is one of its domains.
    const fn rule(self) -> &'static Rule {
        match self {
            Self::Debug => &DEBUG_IS_ALLOWED_HERE,
            Self::Host | Self::Certificate | Self::Answer => &DOMAIN_BELONGS_TO_ENVIRONMENT,
            Self::Leak => &RESPONSE_HAS_NO_SECRET,
        }
    }
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Found {
    /// Where all of it was found.
    place: Place,
    pub(crate) findings: Findings,
    /// How far apart the times of a path and of one that does not exist are.
    pub(crate) timings: Vec<timing::Timing>,
    /// The days that the certificate for a domain has left.
    pub(crate) certificates: Vec<(String, i64)>,
    /// What was not asked, and why that is fine.
    pub(crate) notes: Vec<String>,
    pub(crate) requests: usize,
}

impl Found {
    fn nothing_at(origin: &Origin) -> Self {
        Self {
            place: Place::whole(&Source::named(origin.to_string())),
            findings: Findings::new(),
            timings: Vec::new(),
            certificates: Vec::new(),
            notes: Vec::new(),
            requests: 0,
        }
    }

    /// Something does not hold; `subject` is a path or a domain.
    fn refuse(&mut self, kind: Kind, subject: &str, message: String, help: &'static str) {
        let finding = kind.rule().refuses(subject, self.place.clone()).says(message).help(help);
        self.findings.push(finding.of_kind(kind.name()));
    }

    /// Nothing is known of it.
    fn undecided(&mut self, kind: Kind, subject: &str, message: String, help: &'static str) {
        let finding =
            kind.rule().leaves_undecided(subject, self.place.clone()).says(message).help(help);
        self.findings.push(finding.of_kind(kind.name()));
    }
}

impl Probe<'_> {
    /// Asks everything, within bounds.
    pub(crate) fn ask(&self) -> Found {
        let mut found = Found::nothing_at(self.origin);
        let mut client = match Client::new(self.origin, self.own_domain()) {
            Ok(client) => client,
            Err(trouble) => {
                let help = "check the address, and what answers there";
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
            let help = "find out what writes it there, and replace the password";
            found.refuse(Kind::Leak, path, message, help);
        }
        found
    }

    /// The same as every report has it.
    pub(crate) fn judgement(&self, found: &Found) -> Judgement<'_> {
        let named = |finding: &Finding| {
            let name = &self.environment.name;
            finding.clone().because(self.policy.source(), name.span, "what it should be")
        };
        Judgement {
            asked: Gate::Probe.name(),
            scope: Scope::One(Some(self.environment)),
            rules_asked: Rule::of(Gate::Probe).map(|rule| rule.id).collect(),
            findings: found.findings.iter().map(named).collect(),
            seen: None,
        }
    }

    fn is_reached(&self, client: &mut Client, found: &mut Found) -> bool {
        let asked = client.get("/", self.own_domain());
        let Err(trouble) = asked else { return true };
        let help = "check that the service runs, and that the address is right";
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
