//! The connections of an environment, judged alone: what is wrong with other
//! variables is for `check`.

use std::collections::BTreeSet;

use clap::Args;
use koomy_guard::facts::Facts;
use koomy_guard::finding::{Finding, Ruling};
use koomy_guard::gate::{Gate, Verdict, decide};
use koomy_guard::policy::{Connection, Phase, Policy};
use koomy_guard::rules::{
    DATABASE_BELONGS_TO_ENVIRONMENT, DATABASE_CONNECTION_IS_ENCRYPTED, DATABASE_IDENTITY_MATCHES,
    DATABASE_IS_NOT_PRODUCTION_LIKE, DATABASE_IS_NOT_SHARED, DATABASE_ROLE_IS_LEAST_PRIVILEGED,
    DATABASE_STAMP_MATCHES, DATABASE_URL_IS_UNAMBIGUOUS, ENVIRONMENT_IS_EXPECTED,
    ENVIRONMENT_IS_READABLE, Rule,
};
use koomy_guard::source::Place;

use crate::judged::Judged;
use crate::live::Waiting;
use crate::names;
use crate::stop::Stop;

/// Which connections of which environment are asked.
#[derive(Debug, Args)]
pub(crate) struct Chosen {
    #[command(flatten)]
    judged: Judged,
    /// The connection, by its name in the policy [default: all that are set]
    #[arg(long, value_name = "NAME")]
    connection: Option<String>,
    #[command(flatten)]
    pub(crate) waiting: Waiting,
}

impl Chosen {
    /// Sees the environment, asks the servers of the chosen connections, and
    /// keeps what the policy and the servers say of them.
    ///
    /// # Errors
    ///
    /// A connection or an environment that the policy does not have.
    pub(crate) fn observe(self, policy: &Policy) -> Result<(Facts, Selection), Stop> {
        let Self { judged, connection, waiting } = self;
        let selection = Selection::of(policy, connection)?;
        let facts = judged.observe(policy, Phase::Boot)?;
        match waiting.answers(policy, &selection.judge(policy, &facts)) {
            Some(live) => Ok((Facts { live, ..facts }, selection)),
            None => Ok((facts, selection)),
        }
    }
}

/// The chosen connection, or all.
#[derive(Clone, Debug)]
pub(crate) struct Selection(Option<String>);

impl Selection {
    fn of(policy: &Policy, name: Option<String>) -> Result<Self, Stop> {
        if let Some(name) = &name {
            names::connection(policy, name)?;
        }
        Ok(Self(name))
    }

    /// What the boot gate says of these connections.
    pub(crate) fn judge<'a>(&self, policy: &'a Policy, facts: &'a Facts) -> Verdict<'a> {
        let mut verdict = decide(Gate::Boot, policy, facts);
        let concern = self.concern(policy);
        let findings = verdict.findings.iter().filter(|finding| concern.has(finding));
        verdict.findings = findings.cloned().collect();
        verdict.notes.retain(|note| concern.about.contains(note.subject.as_str()));
        verdict.rules_asked.retain(|rule| is_of_connections(rule));
        verdict.connections.retain(|reached| self.has(reached.connection));
        verdict
    }

    /// Adds a finding that no server could be asked, where no chosen connection is set.
    pub(crate) fn demand(&self, policy: &Policy, facts: &Facts, verdict: &mut Verdict<'_>) {
        if verdict.ruling() != Ruling::Permitted || verdict.destinations().next().is_some() {
            return;
        }
        let chosen = policy.connections().iter().filter(|connection| self.has(connection));
        let mut variables = chosen.flat_map(Connection::variables);
        verdict.findings.push(
            DATABASE_IDENTITY_MATCHES
                .leaves_undecided(
                    variables.next().map_or("connections", |variable| &variable.value),
                    Place::whole(&facts.source),
                )
                .says("this environment sets no connection of the policy, so no server was asked")
                .help("set the connection whose server you want to ask"),
        );
    }

    fn has(&self, connection: &Connection) -> bool {
        self.0.as_ref().is_none_or(|name| connection.name.value == *name)
    }

    fn concern<'a>(&self, policy: &'a Policy) -> Concern<'a> {
        let (chosen, others): (Vec<_>, Vec<_>) =
            policy.connections().iter().partition(|connection| self.has(connection));
        let subjects = |connections: Vec<&'a Connection>| -> BTreeSet<&'a str> {
            let variables = connections.iter().flat_map(|connection| connection.variables());
            variables.map(|name| name.value.as_str()).collect()
        };
        let mut about = subjects(chosen);
        let others = subjects(others).difference(&about).copied().collect();
        about.insert(policy.environment_variable());
        Concern { about, others }
    }
}

/// Which findings are about the chosen connections.
struct Concern<'a> {
    about: BTreeSet<&'a str>,
    others: BTreeSet<&'a str>,
}

impl Concern<'_> {
    fn has(&self, finding: &Finding) -> bool {
        let subject = finding.subject();
        self.about.contains(subject)
            || is_of_connections(finding.rule().id) && !self.others.contains(subject)
    }
}

fn is_of_connections(rule: &str) -> bool {
    OF_CONNECTIONS.iter().any(|known| known.id == rule)
}

/// The rules about connections, and about the environment that says which.
const OF_CONNECTIONS: [&Rule; 10] = [
    &DATABASE_BELONGS_TO_ENVIRONMENT,
    &DATABASE_CONNECTION_IS_ENCRYPTED,
    &DATABASE_IDENTITY_MATCHES,
    &DATABASE_IS_NOT_PRODUCTION_LIKE,
    &DATABASE_IS_NOT_SHARED,
    &DATABASE_ROLE_IS_LEAST_PRIVILEGED,
    &DATABASE_STAMP_MATCHES,
    &DATABASE_URL_IS_UNAMBIGUOUS,
    &ENVIRONMENT_IS_EXPECTED,
    &ENVIRONMENT_IS_READABLE,
];

#[cfg(test)]
mod tests {
    use koomy_guard::rules::RULES;

    use super::*;

    /// A rule to come is asked as well.
    #[test]
    fn no_rule_about_a_database_or_an_environment_is_left_out() {
        for rule in RULES {
            let named = rule.id.starts_with("database-") || rule.id.starts_with("environment-");
            assert_eq!(is_of_connections(rule.id), named, "{}", rule.id);
        }
    }
}
