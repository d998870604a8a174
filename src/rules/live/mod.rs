//! What the servers said, for the rules that judge it.

mod compare;
mod recognise;
mod stamp;
#[cfg(test)]
pub(super) mod tests;

pub(crate) use compare::{Fit, endpoint_said, foreign_trace};
pub use recognise::database_of;
pub(crate) use recognise::endpoint_of;
#[cfg(feature = "report")]
pub(crate) use recognise::is_whole;
pub(crate) use stamp::has_stamps;
pub use stamp::{Standing, standing};

use super::{Case, Destination};
use crate::facts::{Identity, Live, Observed, Stamp};
use crate::gate::Gate;
use crate::policy::{Data, Database, Environment, Policy};
use crate::source::Place;
use crate::visible::{listed, visible};

/// A connection to a database of the policy, whose server said who it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Identified<'c, 'a> {
    /// The case.
    pub(crate) case: &'c Case<'a>,
    /// The environment.
    pub(crate) environment: &'a Environment,
    /// Where the connection leads.
    pub(crate) destination: &'c Destination<'a>,
    /// The database that this is by its address.
    pub(crate) database: &'a Database,
    /// What its server said.
    pub(crate) identity: &'a Identity,
}

impl Identified<'_, '_> {
    /// The name of the variable that leads there.
    pub(crate) fn name(&self) -> &str {
        &self.destination.variable.name
    }

    /// The place of the variable that leads there.
    pub(crate) fn place(&self) -> Place {
        self.destination.variable.place.clone()
    }

    /// What was dialed, as the policy writes it.
    fn address(&self) -> &str {
        let Database { endpoints, hosts, sockets, name, .. } = self.database;
        let target = &self.destination.target;
        let host = endpoints.iter().chain(hosts).find(|host| target.has_host(&host.value));
        let socket = sockets.iter().find(|socket| target.address().socket() == Some(&socket.value));
        host.or(socket).map_or(&name.value, |address| &address.value)
    }

    /// Whether nothing but this database can be behind its address: the host is
    /// its own, or the server is pinned.
    pub(crate) fn is_pinned(&self) -> bool {
        self.database.owns_host_of(&self.destination.target) || self.has_server_pin()
    }

    /// Whether the policy says something of the server itself.
    pub(crate) fn has_server_pin(&self) -> bool {
        self.database.pins_its_server()
    }

    /// The data of the environment of a stamp; `None` if the policy does not
    /// know it.
    pub(crate) fn data_of(&self, stamp: &Stamp) -> Option<Data> {
        self.case.policy.environment(&stamp.environment).map(|origin| origin.data)
    }

    /// Describes a database whose stamp was written for another.
    pub(crate) fn copy_of(&self, stamp: &Stamp) -> String {
        let origin = quoted(&stamp.environment);
        let what = match self.data_of(stamp) {
            None => ", an environment that the policy does not know",
            Some(Data::Real) => ", with real data",
            Some(Data::Masked | Data::Synthetic) => "",
        };
        format!("a copy of {origin}{what}: its stamp was written for another database")
    }

    /// The command that stamps a copy as a database of its own.
    ///
    /// MIRRORS `stamp::plan`, which asks for a reason where the data may be real.
    pub(crate) fn restamp(&self, stamp: &Stamp) -> &'static str {
        let is_own = stamp.environment == self.environment.name.value;
        let may_be_real = self.data_of(stamp).is_none_or(|data| data == Data::Real);
        if may_be_real && !is_own {
            "`guard-cli stamp --adopt-copy --reason TEXT`"
        } else {
            "`guard-cli stamp`"
        }
    }

    /// The database's name, with the environments that it is of.
    fn whose(&self, database: &Database) -> String {
        whose(self.case.policy, database)
    }
}

/// The connections whose servers said who they are.
///
/// Leaves those without an answer to `database-identity-matches`, and those to no
/// database of the policy to `database-belongs-to-environment`.
pub(crate) fn identified<'c, 'a>(case: &'c Case<'a>) -> impl Iterator<Item = Identified<'c, 'a>> {
    let facts = case.facts;
    case.destinations().filter_map(move |(connection, destination)| {
        let answer = facts.live.answer(&connection.name.value)?;
        Some(Identified {
            case,
            environment: case.environment?,
            destination,
            database: destination.database?,
            identity: answer.seen()?,
        })
    })
}

/// Whether a connection's server answered.
pub(crate) enum Answered<'a> {
    /// It was not asked, and need not be.
    NotNeeded,
    /// It was not asked, and must be.
    Missing,
    /// What came of asking it.
    Answer(&'a Observed<Identity>),
}

/// Whether the server of the connection called `name` answered.
pub(crate) fn answer_of<'a>(
    case: &Case<'a>,
    environment: &Environment,
    name: &str,
) -> Answered<'a> {
    let facts = case.facts;
    match (&facts.live, facts.live.answer(name), case.gate) {
        (Live::Asked(_), Some(answer), _) => Answered::Answer(answer),
        (Live::NotAsked, _, Gate::Boot | Gate::Compare | Gate::Probe)
            if !environment.live.value || !facts.phase.has_servers() =>
        {
            Answered::NotNeeded
        }
        (Live::Asked(_) | Live::NotAsked, _, _) => Answered::Missing,
    }
}

/// A database's name, with the environments that it is of.
pub(crate) fn whose(policy: &Policy, database: &Database) -> String {
    let owners = policy.environments_of(database.id);
    match &*listed(owners.map(|environment| environment.name.value.as_str()), " and ") {
        "" => format!("`{}`, a database that no environment lists", database.name.value),
        owners => format!("`{}`, a database of {owners}", database.name.value),
    }
}

/// What a server says, in backticks: bounded, and unable to forge a line.
pub(crate) fn quoted(text: &str) -> String {
    let end = text.char_indices().nth(MAX_SHOWN_CHARS).map(|(end, _)| end);
    let (shown, more) = end.and_then(|end| Some((text.get(..end)?, "…"))).unwrap_or((text, ""));
    format!("`{}{more}`", visible(shown).replace('`', "\\u{60}"))
}

const MAX_SHOWN_CHARS: usize = 64;
