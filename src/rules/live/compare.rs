//! Is the server the one that the policy means?

use super::recognise::{
    database_of, endpoint_of, endpoints, has_branch, has_cluster, has_hostname, is_whole,
};
use super::{Told, quoted};
use crate::facts::{Cluster, Identity, Neon, Server, Trace};
use crate::finding::Outcome;
use crate::gate::Gate;
use crate::policy::{Data, Database, Network};
use crate::source::{Span, Spanned};
use crate::target::{Engine, Provider, Target};

/// How a server fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    /// It is the database that the policy means.
    Same,
    /// It is, at the endpoint of real data, on a branch that nobody pinned: so
    /// a branch looks after it was restored.
    Restored,
}

/// How a server does not fit.
#[derive(Clone, Debug)]
pub(crate) struct Mismatch {
    /// Whether it is another, or does not say.
    pub(crate) outcome: Outcome,
    /// What is wrong, after "leads to `NAME`, and".
    pub(crate) said: String,
    /// The way out.
    pub(crate) help: String,
    /// The line of the policy that says otherwise.
    pub(crate) pin: Span,
    /// What that line is.
    pub(crate) pinned: &'static str,
}

/// Whether the endpoint that a Neon server names is one of the policy's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    /// It is the one that was dialed, or one of the pins.
    Confirmed,
    /// The policy pins none.
    Unpinned,
}

impl Told<'_, '_> {
    /// Whether the server is the database that the policy means.
    ///
    /// # Errors
    ///
    /// [`Mismatch`] says what is not as the policy has it.
    pub(crate) fn compare(&self) -> Result<Fit, Mismatch> {
        match (&self.identity.server, self.database.engine) {
            (Server::Postgres { neon, .. }, Engine::Postgres) if self.database.is_neons() => {
                let fit = self.compare_neon(neon.as_ref())?;
                self.compare_traces()?;
                self.compare_name()?;
                Ok(fit)
            }
            (Server::Postgres { neon, cluster }, Engine::Postgres) => {
                self.compare_no_neon(neon.as_ref())?;
                self.compare_traces()?;
                self.compare_cluster(cluster.as_ref())?;
                self.compare_name()?;
                self.demand_cluster(cluster.as_ref())?;
                self.demand_pin("system_identifier")?;
                Ok(Fit::Same)
            }
            (Server::MySql { hostname, .. }, Engine::MySql) => {
                self.compare_traces()?;
                self.compare_hostname(hostname)?;
                self.compare_name()?;
                self.demand_pin("server_hostname")?;
                Ok(Fit::Same)
            }
            (Server::Postgres { .. }, Engine::MySql) | (Server::MySql { .. }, Engine::Postgres) => {
                let engine = self.database.engine;
                Err(self.other(format!("the server there does not speak {engine}")))
            }
        }
    }

    fn compare_neon(&self, neon: Option<&Neon>) -> Result<Fit, Mismatch> {
        let Some(neon) = neon else {
            return Err(self.other("the server there is none of Neon's".to_owned()));
        };
        let project = self.say(neon.project.as_deref(), "project")?;
        let branch = self.say(neon.branch.as_deref(), "branch")?;
        let endpoint = self.say(neon.endpoint.as_deref(), "endpoint")?;
        if let Some(pin) = self.database.project.as_ref().filter(|pin| pin.value != project) {
            return Err(self.differs(pin, "project", project));
        }
        if self.is_branch_of_another(branch) {
            return Err(self.other_branch(branch));
        }
        let endpoint = self.compare_endpoint(endpoint)?;
        self.compare_branch(branch, endpoint)
    }

    /// What the server says, or that it does not.
    fn say<'b>(&self, said: Option<&'b str>, what: &str) -> Result<&'b str, Mismatch> {
        said.ok_or_else(|| self.other(format!("the server there does not say its {what}")))
    }

    /// Whether a branch is pinned for another database, and not for this one.
    ///
    /// DELIBERATE: two databases at one endpoint are on one branch, so one pin
    /// does for both.
    fn is_branch_of_another(&self, branch: &str) -> bool {
        let own = self.database;
        let shares = |other: &Database| {
            own.branch_id.is_none() && endpoints(own).any(|id| endpoints(other).any(|o| o == id))
        };
        !has_branch(own, branch)
            && self.others().any(|other| has_branch(other, branch) && !shares(other))
    }

    fn compare_endpoint(&self, said: &str) -> Result<Endpoint, Mismatch> {
        if let Some(endpoint) = endpoint_said(self.database, &self.destination.target, said) {
            return Ok(endpoint);
        }
        let Database { endpoints, hosts, name, .. } = self.database;
        let pin = endpoints.iter().chain(hosts).next().unwrap_or(name);
        Err(self.differs(pin, "endpoint", said))
    }

    fn compare_branch(&self, said: &str, endpoint: Endpoint) -> Result<Fit, Mismatch> {
        let is_real = self.environment.data == Data::Real;
        match (&self.database.branch_id, self.case.gate, endpoint) {
            (Some(pin), _, _) if pin.value == said => Ok(Fit::Same),
            (None, Gate::Boot | Gate::Compare | Gate::Probe, Endpoint::Confirmed) => Ok(Fit::Same),
            (Some(_), Gate::Boot | Gate::Compare | Gate::Probe, Endpoint::Confirmed) if is_real => {
                Ok(Fit::Restored)
            }
            (Some(_) | None, _, _) => Err(self.other_branch(said)),
        }
    }

    fn other_branch(&self, said: &str) -> Mismatch {
        match &self.database.branch_id {
            Some(pin) => self.differs(pin, "branch", said),
            None => Mismatch {
                help: "pin its `branch.id`: `guard-cli neon sync` does".to_owned(),
                ..self.other(format!("{}; none is pinned", self.says("branch", said)))
            },
        }
    }

    fn compare_no_neon(&self, neon: Option<&Neon>) -> Result<(), Mismatch> {
        if neon.is_none() {
            return Ok(());
        }
        let (address, which) = (self.address(), self.which());
        Err(self.other(format!("behind `{address}` is a server of Neon's{which}")))
    }

    fn compare_traces(&self) -> Result<(), Mismatch> {
        let target = &self.destination.target;
        let Some(trace) = foreign_trace(self.database, target, self.identity) else {
            return Ok(());
        };
        let (address, service, by) = (self.address(), trace.service, quoted(&trace.by));
        let which = self.which();
        let name = &self.database.name.value;
        let declare = match Provider::from_name(service) {
            Some(_) => format!("if `{name}` is run there, declare `provider = \"{service}\"`"),
            None => format!("if `{name}` is run there, list its own host in `endpoints`"),
        };
        Err(Mismatch {
            help: format!("{declare}; if not, look at what forwards `{address}`"),
            ..self
                .other(format!("behind `{address}` is a server of {service}'s, by its {by}{which}"))
        })
    }

    fn compare_cluster(&self, cluster: Option<&Cluster>) -> Result<(), Mismatch> {
        let Some(Cluster { system_identifier: said, .. }) = cluster else { return Ok(()) };
        match &self.database.system_identifier {
            Some(pin) if pin.value == *said => Ok(()),
            Some(pin) => Err(self.differs(pin, "system identifier", said)),
            None if self.others().any(|other| has_cluster(other, said)) => {
                Err(self.of_another("system identifier", said, "system_identifier"))
            }
            None => Ok(()),
        }
    }

    /// Without an identifier, a database that has a pin could be anywhere, and
    /// one without could be any that has.
    fn demand_cluster(&self, cluster: Option<&Cluster>) -> Result<(), Mismatch> {
        let own = self.database.system_identifier.as_ref();
        let pinned = own.or_else(|| self.others().find_map(|it| it.system_identifier.as_ref()));
        match (cluster, pinned) {
            (Some(_), _) | (None, None) => Ok(()),
            (None, Some(pin)) => Err(Mismatch {
                outcome: Outcome::Undecided,
                help: "grant its role `EXECUTE` on `pg_catalog.pg_control_system()`".to_owned(),
                pin: pin.span,
                pinned: "a pinned system identifier",
                ..self.other("the server there does not say its system identifier".to_owned())
            }),
        }
    }

    /// A seed goes to no server that only an address names which may lead elsewhere.
    ///
    /// DELIBERATE: a stamp helps nothing, since it permits nothing that no pin does.
    fn demand_pin(&self, key: &str) -> Result<(), Mismatch> {
        let target = &self.destination.target;
        let is_near = target.is_loopback()
            || target.is_socket()
            || target.is_private_network()
            || self.database.network == Network::Private;
        match self.case.gate {
            Gate::Seed if !is_near && !self.is_pinned() => Err(Mismatch {
                help: format!("pin its `{key}`, which `guard-cli identify` shows"),
                ..self.other("nothing but an address tells the server there from others".into())
            }),
            Gate::Seed | Gate::Boot | Gate::Compare | Gate::Probe => Ok(()),
        }
    }

    fn compare_hostname(&self, said: &str) -> Result<(), Mismatch> {
        match &self.database.server_hostname {
            Some(pin) if pin.value == said => Ok(()),
            Some(pin) => Err(self.differs(pin, "host name", said)),
            None if self.others().any(|other| has_hostname(other, said)) => {
                Err(self.of_another("host name", said, "server_hostname"))
            }
            None => Ok(()),
        }
    }

    fn compare_name(&self) -> Result<(), Mismatch> {
        let (pin, said) = (&self.database.database, &self.identity.database);
        if pin.value == *said { Ok(()) } else { Err(self.differs(pin, "database", said)) }
    }

    fn others(&self) -> impl Iterator<Item = &Database> {
        let own = self.database.id;
        self.case.policy.databases().iter().filter(move |other| other.id != own)
    }

    fn says(&self, what: &str, id: &str) -> String {
        format!("the server there says {what} {}{}", quoted(id), self.which())
    }

    /// The other database of the policy that the server is, if it is one.
    fn which(&self) -> String {
        match database_of(self.case.policy, self.identity) {
            Some(known) if known.id == self.database.id => String::new(),
            Some(known) if is_whole(known, self.identity) => {
                format!(", which is {}", self.whose(known))
            }
            Some(known) => format!(", on the server of {}", self.whose(known)),
            None => String::new(),
        }
    }

    /// What the server says is not what is pinned.
    fn differs(&self, pin: &Spanned<String>, what: &str, said: &str) -> Mismatch {
        Mismatch { pin: pin.span, pinned: PINNED, ..self.other(self.says(what, said)) }
    }

    /// What the server says is pinned for another database alone.
    fn of_another(&self, what: &str, said: &str, key: &str) -> Mismatch {
        let name = &self.database.name.value;
        let variable = self.name();
        let help = format!("point `{variable}` elsewhere, or pin that `{key}` for `{name}`, too");
        Mismatch { help, ..self.other(self.says(what, said)) }
    }

    fn other(&self, said: String) -> Mismatch {
        let (name, variable) = (&self.database.name.value, self.name());
        Mismatch {
            outcome: Outcome::Refused,
            said,
            help: format!(
                "point `{variable}` at `{name}`, or correct what the policy says of it; \
                 `guard-cli identify` shows what the server says"
            ),
            pin: self.database.name.span,
            pinned: "the database that it should be",
        }
    }
}

/// Whether the endpoint that a Neon server names is one of the policy's; `None` if
/// it is another.
pub(crate) fn endpoint_said(database: &Database, target: &Target, said: &str) -> Option<Endpoint> {
    let dialed = target.host().and_then(endpoint_of);
    let fits = match dialed {
        Some(dialed) => dialed == said,
        None => endpoints(database).any(|pin| pin == said),
    };
    if fits {
        return Some(Endpoint::Confirmed);
    }
    let is_unpinned = dialed.is_none() && endpoints(database).next().is_none();
    is_unpinned.then_some(Endpoint::Unpinned)
}

/// The first trace of a service that does not run `database`.
pub(crate) fn foreign_trace<'i>(
    database: &Database,
    target: &Target,
    identity: &'i Identity,
) -> Option<&'i Trace> {
    identity.traces.iter().find(|trace| !fits(database, target, trace))
}

/// Whether who runs a database, as declared or else by its address, leaves `trace`.
fn fits(database: &Database, target: &Target, trace: &Trace) -> bool {
    let provider = database.provider.unwrap_or_else(|| target.provider());
    match Provider::from_name(trace.service) {
        Some(Provider::Rds | Provider::Aurora) => {
            matches!(provider, Provider::Rds | Provider::Aurora)
        }
        Some(service) => service == provider,
        // A service that no policy has a word for, at an address of its own.
        None => {
            provider == Provider::Plain
                && database.owns_host_of(target)
                && !target.is_private_network()
                && !target.is_loopback()
        }
    }
}

const PINNED: &str = "what it should be";
