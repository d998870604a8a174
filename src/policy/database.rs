//! A database of the policy, and which targets lead to it.

use super::DatabaseId;
use crate::named::named;
use crate::source::Spanned;
use crate::target::{Address, Engine, Provider, Target};

/// A database of the policy.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Database {
    /// Its name in the policy.
    pub name: Spanned<String>,
    /// Its position.
    pub id: DatabaseId,
    /// The engine.
    pub engine: Engine,
    /// Who runs it, where the policy says so.
    pub provider: Option<Provider>,
    /// The provider's project.
    pub project: Option<Spanned<String>>,
    /// Names of the provider's branch.
    pub branch_names: Vec<String>,
    /// The id of the provider's branch.
    pub branch_id: Option<Spanned<String>>,
    /// Hosts that lead here and nowhere else.
    pub endpoints: Vec<Spanned<String>>,
    /// Hosts that may also lead elsewhere.
    pub hosts: Vec<Spanned<String>>,
    /// Directories of unix sockets.
    pub sockets: Vec<Spanned<String>>,
    /// Ports; never empty.
    pub ports: Vec<u16>,
    /// The name on the server.
    pub database: Spanned<String>,
    /// The users that may connect; any when empty.
    pub users: Vec<Spanned<String>>,
    /// The identifier of its PostgreSQL cluster.
    pub system_identifier: Option<Spanned<String>>,
    /// The `@@hostname` of its MySQL server.
    pub server_hostname: Option<Spanned<String>>,
    /// A file with the certificate of the authority that signed the server's.
    pub root_certificate: Option<Spanned<String>>,
    /// The network between a program and it.
    pub network: Network,
}

named! {
    /// The network that a connection crosses.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    #[non_exhaustive]
    pub enum Network {
        /// The networks of others.
        #[default]
        Public = "public",
        /// Only one's own network.
        Private = "private",
    }
}

impl Database {
    /// Whether `target` is exactly this database: the engine, the host or socket,
    /// the port, the name and, where the policy lists users, the user.
    pub fn is_reached_by(&self, target: &Target) -> bool {
        self.engine == target.engine()
            && self.has_address(target)
            && self.database.value == target.database()
            && (self.users.is_empty() || self.users.iter().any(|user| user.value == target.user()))
    }

    /// Whether the policy says something of the server itself.
    pub fn pins_its_server(&self) -> bool {
        let Self { branch_id, system_identifier, server_hostname, .. } = self;
        [branch_id, system_identifier, server_hostname].into_iter().any(Option::is_some)
    }

    fn has_address(&self, target: &Target) -> bool {
        match target.address() {
            Address::Socket { directory } => {
                self.sockets.iter().any(|socket| socket.value == *directory)
            }
            Address::Tcp { port, .. } => {
                let mut known = self.endpoints.iter().chain(&self.hosts);
                self.ports.contains(port) && known.any(|host| target.has_host(&host.value))
            }
        }
    }

    /// Whether Neon runs it.
    ///
    /// The policy's `provider` decides; else a host with a provider's name; else,
    /// if no host has one, a pinned `project` or `branch.id`.
    pub(crate) fn is_on_neon(&self) -> bool {
        if let Some(provider) = self.provider {
            return provider == Provider::Neon;
        }
        let hosts = self.endpoints.iter().chain(&self.hosts);
        let mut services = hosts
            .map(|host| Provider::of_host(&host.value, &self.database.value))
            .filter(|provider| *provider != Provider::Plain)
            .peekable();
        match services.peek() {
            Some(_) => services.any(|provider| provider == Provider::Neon),
            None => self.project.is_some() || self.branch_id.is_some(),
        }
    }

    /// Whether `target` dials a host that leads to this database alone.
    pub(crate) fn owns_host_of(&self, target: &Target) -> bool {
        self.endpoints.iter().any(|known| target.has_host(&known.value))
    }
}

#[cfg(test)]
mod tests {
    use crate::policy::Policy;
    use crate::secret::Secret;
    use crate::target::{Engine, Target};

    #[test]
    fn neons_are_known_by_words_by_hosts_and_by_pins() {
        let (neon, rds) =
            ("ep-a-1.eu-central-1.aws.neon.tech", "d.abc.eu-west-3.rds.amazonaws.com");
        let table = [
            (String::new(), "db.example", false),
            ("provider = 'neon'\n".to_owned(), "db.example", true),
            ("provider = 'rds'\n".to_owned(), neon, false),
            (String::new(), neon, true),
            ("project = 'p'\n".to_owned(), "db.example", true),
            ("branch.id = 'br-1'\n".to_owned(), "localhost", true),
            ("project = 'p'\n".to_owned(), rds, false),
            (format!("endpoints = ['{neon}']\n"), "localhost", true),
        ];
        for (says, host, is_on_neon) in table {
            let text = format!(
                "version = 1\nname = 'n'\n[environments.e]\ndata = 'real'\n[variables.E]\n\
                 is = 'environment'\n[databases.d]\nhosts = ['{host}']\ndatabase = 'app'\n{says}"
            );
            let policy = Policy::parse("p", &text).unwrap_or_else(|error| panic!("{error} {text}"));
            assert_eq!(policy.databases()[0].is_on_neon(), is_on_neon, "{says} {host}");
        }
    }

    #[test]
    fn a_database_is_reached_by_all_of_its_address() {
        let text = "version = 1\nname = 'n'\n[environments.e]\ndata = 'real'\n\
            [variables.E]\nis = 'environment'\n\
            [databases.d]\nendpoints = ['own.example']\nhosts = ['shared.example']\n\
            sockets = ['/cloudsql/p:r:i']\nports = [5432, 6543]\ndatabase = 'app'\nusers = ['a', 'b']\n";
        let policy = Policy::parse("p", text).unwrap();
        let database = &policy.databases()[0];
        let table = [
            ("postgresql://a@own.example/app", true),
            ("postgresql://b@own.example/app", true),
            ("postgresql://a@own.example:6543/app", true),
            ("postgresql://a@shared.example/app", true),
            ("postgresql://a@/app?host=/cloudsql/p:r:i", true),
            ("postgresql://a@/app?host=/cloudsql/p:r:other", false),
            ("postgresql://c@own.example/app", false),
            ("postgresql://a@own.example:5433/app", false),
            ("postgresql://a@own.example/other", false),
            ("postgresql://a@other.example/app", false),
            ("postgresql://a@x.own.example/app", false),
        ];
        for (url, reached) in table {
            let target = Target::parse(Engine::Postgres, &Secret::new(url)).unwrap();
            assert_eq!(database.is_reached_by(&target), reached, "{url}");
            assert_eq!(database.owns_host_of(&target), url.contains("@own.example"), "{url}");
        }
        let mysql = Secret::new("mysql://a:pw@own.example:5432/app");
        let mysql = Target::parse(Engine::MySql, &mysql).unwrap();
        assert!(!database.is_reached_by(&mysql), "another engine");
    }
}
