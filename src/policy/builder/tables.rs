//! The tables of a policy that is built in code.

use super::text::{Item, Table};
use crate::facts::Right;
use crate::policy::{Data, EncodedResponses, ForeignOrigins, Is, Phase};
use crate::secret::Class;
use crate::target::{Engine, Provider};

/// An environment that is being described.
#[derive(Clone, Debug)]
#[must_use]
pub struct EnvironmentBuilder(pub(super) Table);

impl EnvironmentBuilder {
    /// Says what its databases hold.
    pub fn data(self, data: Data) -> Self {
        Self(self.0.text("data", data.name()))
    }

    /// Lists the runtimes it may have.
    pub fn runtime(self, list: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(self.0.texts("runtime", list))
    }

    /// Lists the databases that a connection may lead to.
    pub fn databases(self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(self.0.texts("databases", names))
    }

    /// Lists its host names.
    pub fn domains(self, hosts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(self.0.texts("domains", hosts))
    }

    /// Lists the branches that may be released here.
    pub fn branches(self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(self.0.texts("branches", names))
    }

    /// Names the environment that a release must have passed.
    pub fn after(self, environment: impl Into<String>) -> Self {
        Self(self.0.text("after", environment))
    }

    /// Lets seeds run here.
    pub fn seed(self) -> Self {
        Self(self.0.set("seed", Item::Boolean(true)))
    }

    /// Demands that the servers say who they are before anything starts here.
    pub fn live(self) -> Self {
        Self(self.0.set("live", Item::Boolean(true)))
    }

    /// Lists the rights that the role of a connection may not have.
    pub fn forbidden_rights(self, rights: impl IntoIterator<Item = Right>) -> Self {
        Self(self.0.texts("forbidden_rights", rights.into_iter().map(Right::name)))
    }

    /// Lets a seed run only while a table, as `schema.table`, has at most this many
    /// rows.
    pub fn tripwire_rows(self, table: impl Into<String>, rows: u32) -> Self {
        Self(self.0.entry_of("tripwire", table.into(), "rows", Item::Integer(rows.into())))
    }

    /// Lets a seed run only while a table, as `schema.table`, has no row that is
    /// younger than a day according to `column`.
    pub fn tripwire_recent(self, table: impl Into<String>, column: impl Into<String>) -> Self {
        Self(self.0.entry_of("tripwire", table.into(), "recent", Item::Text(column.into())))
    }

    /// Allows debug endpoints below `paths` for requests whose `header` holds the
    /// value of the variable `secret`.
    pub fn debug(
        self,
        paths: impl IntoIterator<Item = impl Into<String>>,
        header: impl Into<String>,
        secret: impl Into<String>,
    ) -> Self {
        let table = self.0.entry("debug", "paths", Item::texts(paths));
        let table = table.entry("debug", "header", Item::Text(header.into()));
        Self(table.entry("debug", "secret", Item::Text(secret.into())))
    }

    /// Lists the proxies whose `X-Forwarded-Host` is believed.
    pub fn proxies(self, ranges: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(self.0.entry("web", "proxies", Item::texts(ranges)))
    }

    /// Lists the paths that answer under any host.
    pub fn health_paths(self, paths: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(self.0.entry("web", "health_paths", Item::texts(paths)))
    }

    /// Lists the addresses that may ask for these paths under any host; all by
    /// default.
    pub fn health_addresses(self, ranges: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(self.0.entry("web", "health_addresses", Item::texts(ranges)))
    }

    /// Says how a request is treated that a page of another environment sends.
    pub fn foreign_origins(self, what: ForeignOrigins) -> Self {
        Self(self.0.entry("web", "foreign_origins", Item::Text(what.name().to_owned())))
    }

    /// Says how an answer is treated whose body is already encoded.
    pub fn encoded_responses(self, what: EncodedResponses) -> Self {
        Self(self.0.entry("web", "encoded_responses", Item::Text(what.name().to_owned())))
    }
}

/// A database that is being described.
#[derive(Clone, Debug)]
#[must_use]
pub struct DatabaseBuilder(pub(super) Table);

impl DatabaseBuilder {
    /// Says which engine it is; PostgreSQL by default.
    pub fn engine(self, engine: Engine) -> Self {
        Self(self.0.text("engine", engine.name()))
    }

    /// Says who runs it.
    pub fn provider(self, provider: Provider) -> Self {
        Self(self.0.text("provider", provider.name()))
    }

    /// Gives the provider's id of the project.
    pub fn project(self, id: impl Into<String>) -> Self {
        Self(self.0.text("project", id))
    }

    /// Names the provider's branch, for people.
    pub fn branch_names(self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(self.0.entry("branch", "names", Item::texts(names)))
    }

    /// Gives the provider's id of the branch.
    pub fn branch_id(self, id: impl Into<String>) -> Self {
        Self(self.0.entry("branch", "id", Item::Text(id.into())))
    }

    /// Lists hosts that lead to this database and to no other.
    pub fn endpoints(self, hosts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(self.0.texts("endpoints", hosts))
    }

    /// Lists hosts that may also lead to other databases.
    pub fn hosts(self, hosts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(self.0.texts("hosts", hosts))
    }

    /// Lists directories of unix sockets.
    pub fn sockets(self, directories: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(self.0.texts("sockets", directories))
    }

    /// Lists its ports, instead of the defaults of the engine and the provider.
    pub fn ports(self, ports: impl IntoIterator<Item = u16>) -> Self {
        let ports = ports.into_iter().map(|port| Item::Integer(port.into())).collect();
        Self(self.0.set("ports", Item::List(ports)))
    }

    /// Gives the database's name on its server.
    pub fn database(self, name: impl Into<String>) -> Self {
        Self(self.0.text("database", name))
    }

    /// Lists the users that may connect.
    pub fn users(self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(self.0.texts("users", names))
    }

    /// Pins the identifier of its PostgreSQL cluster.
    pub fn system_identifier(self, digits: impl Into<String>) -> Self {
        Self(self.0.text("system_identifier", digits))
    }

    /// Pins the `@@hostname` of its MySQL server.
    pub fn server_hostname(self, name: impl Into<String>) -> Self {
        Self(self.0.text("server_hostname", name))
    }

    /// Names the file with the certificate of the authority that signed the
    /// server's.
    pub fn root_certificate(self, path: impl Into<String>) -> Self {
        Self(self.0.text("root_certificate", path))
    }

    /// Says that the way to it crosses no foreign network.
    pub fn private_network(self) -> Self {
        Self(self.0.text("network", "private"))
    }
}

/// A connection that is being described.
#[derive(Clone, Debug)]
#[must_use]
pub struct ConnectionBuilder(pub(super) Table);

impl ConnectionBuilder {
    /// Says which engine it speaks to; PostgreSQL by default.
    pub fn engine(self, engine: Engine) -> Self {
        Self(self.0.text("engine", engine.name()))
    }

    /// Names the variable with the whole connection.
    pub fn url(self, variable: impl Into<String>) -> Self {
        Self(self.0.text("url", variable))
    }

    /// Names the variable with the host.
    pub fn host(self, variable: impl Into<String>) -> Self {
        Self(self.0.text("host", variable))
    }

    /// Names the variable with the port.
    pub fn port(self, variable: impl Into<String>) -> Self {
        Self(self.0.text("port", variable))
    }

    /// Names the variable with the database's name.
    pub fn database(self, variable: impl Into<String>) -> Self {
        Self(self.0.text("database", variable))
    }

    /// Names the variable with the user.
    pub fn user(self, variable: impl Into<String>) -> Self {
        Self(self.0.text("user", variable))
    }

    /// Names the variable with the password.
    pub fn password(self, variable: impl Into<String>) -> Self {
        Self(self.0.text("password", variable))
    }

    /// Names the variable with the TLS mode.
    pub fn encryption(self, variable: impl Into<String>) -> Self {
        Self(self.0.text("encryption", variable))
    }

    /// Lists the databases it may lead to, instead of all of the environment's.
    pub fn databases(self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(self.0.texts("databases", names))
    }
}

/// A variable, or a pattern of names, that is being described.
#[derive(Clone, Debug)]
#[must_use]
pub struct VariableBuilder(pub(super) Table);

impl VariableBuilder {
    /// Says what it is; text by default.
    pub fn is(self, is: Is) -> Self {
        Self(self.0.text("is", is.name()))
    }

    /// Says that it is a secret of a kind, by the kind's id.
    pub fn secret(self, kind: impl Into<String>) -> Self {
        Self(self.is(Is::Secret).0.text("kind", kind))
    }

    /// Demands a class of the secret in one environment.
    pub fn class(self, environment: impl Into<String>, class: Class) -> Self {
        Self(self.0.entry("class", environment, Item::Text(class.name().to_owned())))
    }

    /// Lists the environments that may have it; all by default.
    pub fn allowed_in(self, environments: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(self.0.texts("allowed", environments))
    }

    /// Lists its values, the same in every environment.
    pub fn values(self, list: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(self.0.texts("values", list))
    }

    /// Lists its values in one environment.
    pub fn values_in(
        self,
        environment: impl Into<String>,
        list: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        Self(self.0.entry("values", environment, Item::texts(list)))
    }

    /// Lists the hosts it may name, the same in every environment.
    pub fn hosts(self, list: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(self.0.texts("hosts", list))
    }

    /// Lists the hosts it may name in one environment.
    pub fn hosts_in(
        self,
        environment: impl Into<String>,
        list: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        Self(self.0.entry("hosts", environment, Item::texts(list)))
    }

    /// Gives a regular expression for the whole value, and an example that matches.
    pub fn matches(self, pattern: impl Into<String>, example: impl Into<String>) -> Self {
        Self(self.0.text("matches", pattern).text("example", example))
    }

    /// Sets the least strength of a home-made secret, in bits.
    pub fn min_bits(self, bits: u32) -> Self {
        Self(self.0.set("min_bits", Item::Integer(bits.into())))
    }

    /// Says what it is for.
    pub fn description(self, text: impl Into<String>) -> Self {
        Self(self.0.text("description", text))
    }
}

/// The methods that connections and variables share.
macro_rules! demanded {
    ($($name:ident),+) => {
        $(impl $name {
            /// Requires it in every environment.
            pub fn required(self) -> Self {
                Self(self.0.set("required", Item::Boolean(true)))
            }

            /// Requires it nowhere.
            pub fn optional(self) -> Self {
                Self(self.0.set("required", Item::Boolean(false)))
            }

            /// Lists the environments that require it.
            pub fn required_in(
                self,
                environments: impl IntoIterator<Item = impl Into<String>>,
            ) -> Self {
                Self(self.0.texts("required", environments))
            }

            /// Lists the phases in which it is required; by default `boot`, and for a
            /// connection also `seed`.
            pub fn phases(self, phases: impl IntoIterator<Item = Phase>) -> Self {
                Self(self.0.texts("phases", phases.into_iter().map(Phase::name)))
            }
        })+
    };
}

demanded!(ConnectionBuilder, VariableBuilder);
