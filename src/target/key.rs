//! What the ways to one database have in common.

use std::borrow::Cow;

use super::provider::{POOLER, neon_endpoint};
use super::{Address, Engine, Provider, Target};
use crate::address::is_this_machine;

/// The database of a server, whichever of its names, ports and users leads
/// there. Two addresses with one key are one database.
///
/// LIMIT: two keys may be one database, too. Behind an alias, a tunnel or a port
/// that nobody knows as a pooler's, only the server can say.
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct DatabaseKey<'a> {
    engine: Engine,
    server: Server<'a>,
    database: &'a str,
}

#[derive(PartialEq, Eq, Hash)]
enum Server<'a> {
    /// This machine. DELIBERATE: at a port, since two containers are told apart
    /// by nothing else.
    Here(u16),
    /// What the service calls by this id, at any port.
    Known(Provider, Cow<'a, str>),
    /// A host, with a pooler's port as the one behind it.
    Tcp(&'a str, u16),
    /// A host that many share, as this user.
    Shared(&'a str, &'a str),
    /// A socket that is not the usual one.
    Socket(&'a str),
}

impl Target {
    /// Whether both lead to one database of one server, whoever connects.
    pub(crate) fn is_same_database(&self, other: &Self) -> bool {
        self.key() == other.key()
    }

    fn key(&self) -> DatabaseKey<'_> {
        match self.address() {
            Address::Tcp { host, port } => {
                DatabaseKey::tcp(self.engine, host, *port, &self.database, &self.user)
            }
            Address::Socket { directory } => {
                DatabaseKey::socket(self.engine, directory, &self.database)
            }
        }
    }
}

impl<'a> DatabaseKey<'a> {
    /// The database that a host leads to.
    pub(crate) fn tcp(
        engine: Engine,
        host: &'a str,
        port: u16,
        database: &'a str,
        user: &'a str,
    ) -> Self {
        let server = if is_this_machine(host) {
            Server::Here(port)
        } else {
            let provider = Provider::of_host(host, database);
            let direct = if POOLER_PORTS.contains(&port) { engine.default_port() } else { port };
            known(provider, host, user).unwrap_or(match Self::is_told_by_user(host) {
                true => Server::Shared(host, user),
                false => Server::Tcp(host, direct),
            })
        };
        Self { engine, server, database }
    }

    /// Whether many databases share the host, and the user tells them apart.
    pub(crate) fn is_told_by_user(host: &str) -> bool {
        match Provider::of_host(host, "") {
            Provider::Supabase => host.ends_with(POOLER),
            Provider::PlanetScale | Provider::PrismaPostgres => true,
            Provider::Neon
            | Provider::Rds
            | Provider::Aurora
            | Provider::CloudSql
            | Provider::Railway
            | Provider::Render
            | Provider::Fly
            | Provider::Heroku
            | Provider::Local
            | Provider::Socket
            | Provider::Plain => false,
        }
    }

    /// The database that a socket leads to.
    pub(crate) fn socket(engine: Engine, directory: &'a str, database: &'a str) -> Self {
        let server = match USUAL_SOCKETS.contains(&directory) {
            true => Server::Here(engine.default_port()),
            false => Server::Socket(directory),
        };
        Self { engine, server, database }
    }
}

/// The id that is in the address, or in the user, where a service has one.
fn known<'a>(provider: Provider, host: &'a str, user: &'a str) -> Option<Server<'a>> {
    let suffix = |user: &'a str| user.rsplit_once('.').map(|(_, id)| id);
    let id = match provider {
        Provider::Neon => {
            let (endpoint, _) = neon_endpoint(host)?;
            endpoint.strip_suffix("-pooler").unwrap_or(endpoint).into()
        }
        Provider::Supabase if host.ends_with(POOLER) => suffix(user)?.into(),
        Provider::Supabase => host.strip_prefix("db.")?.strip_suffix(".supabase.co")?.into(),
        Provider::PlanetScale => suffix(user)?.into(),
        Provider::PrismaPostgres => user.into(),
        Provider::Render => host.split('.').next()?.into(),
        Provider::Fly => fly(host)?.into(),
        Provider::Aurora => {
            let (name, rest) = host.split_once(".cluster-")?;
            format!("{name}.{}", rest.strip_prefix("ro-").unwrap_or(rest)).into()
        }
        Provider::Rds
        | Provider::CloudSql
        | Provider::Railway
        | Provider::Heroku
        | Provider::Local
        | Provider::Socket
        | Provider::Plain => return None,
    };
    Some(Server::Known(provider, id))
}

/// The cluster of `direct.CLUSTER.flympg.net`, the application of
/// `[REGION.]APP.internal` and of `APP.flycast`.
fn fly(host: &str) -> Option<&str> {
    let zones = [".flympg.net", ".flycast", ".internal"];
    let labels = zones.into_iter().find_map(|zone| host.strip_suffix(zone))?;
    labels.rsplit('.').next()
}

/// Those of PgBouncer, of Supabase's pooler and of ProxySQL.
const POOLER_PORTS: [u16; 3] = [6432, 6543, 6033];

/// Where servers put their socket unless they are told otherwise.
const USUAL_SOCKETS: [&str; 4] = ["/var/run/postgresql", "/run/postgresql", "/tmp", "/private/tmp"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    /// Each row is one database under several names; no two rows are.
    const DATABASES: &[(&str, &[&str])] = &[
        (
            "postgresql",
            &[
                "a@localhost/x",
                "b@127.0.0.1/x",
                "c@127.0.0.2:5432/x",
                "d@/x?host=/var/run/postgresql",
                "e@/x?host=/run/postgresql",
                "f@/x?host=/tmp",
            ],
        ),
        // Two containers of one machine.
        ("postgresql", &["a@localhost:5433/x", "b@127.0.0.1:5433/x"]),
        ("postgresql", &["a@localhost:6432/x"]),
        ("postgresql", &["a@localhost/y"]),
        ("postgresql", &["a@/x?host=/home/me/one"]),
        ("postgresql", &["a@/x?host=/home/me/two"]),
        ("postgresql", &["a@/x?host=/cloudsql/p:r:i", "b@/x?host=/cloudsql/p:r:i"]),
        ("postgresql", &["a@/x?host=/cloudsql/p:r:j"]),
        (
            "postgresql",
            &[
                "postgres@db.abcd.supabase.co/postgres",
                "app@db.abcd.supabase.co:6543/postgres",
                "postgres.abcd@aws-0-eu-west-3.pooler.supabase.com/postgres",
                "app.abcd@aws-1-eu-west-3.pooler.supabase.com:6543/postgres",
            ],
        ),
        ("postgresql", &["postgres.efgh@aws-0-eu-west-3.pooler.supabase.com/postgres"]),
        ("postgresql", &["postgres@aws-0-eu-west-3.pooler.supabase.com/postgres"]),
        ("postgresql", &["a@dpg-x1-a/x", "b@dpg-x1-a.frankfurt-postgres.render.com/x"]),
        ("postgresql", &["a@dpg-x2-a/x"]),
        (
            "postgresql",
            &[
                "a@ep-x-1.us-east-2.aws.neon.tech/x",
                "b@ep-x-1.c-2.us-east-2.aws.neon.tech/x",
                "c@ep-x-1-pooler.c-2.us-east-2.aws.neon.tech/x",
                "d@ep-x-1-pooler.us-east-2.postgres.vercel-storage.com/x",
            ],
        ),
        ("postgresql", &["a@ep-x-2.us-east-2.aws.neon.tech/x"]),
        ("postgresql", &["a@ep-x-2.us-east-2.aws.neon.tech/y"]),
        ("postgresql", &["a@db.koomy.app/x", "b@db.koomy.app:6432/x", "c@db.koomy.app:6543/x"]),
        // A second cluster.
        ("postgresql", &["a@db.koomy.app:5433/x"]),
        ("postgresql", &["a@db.koomy.app/y"]),
        ("postgresql", &["a@db.koomy.app.evil.example/x"]),
        (
            "postgresql",
            &[
                "a@s.cluster-h1.eu-west-3.rds.amazonaws.com/x",
                "b@s.cluster-ro-h1.eu-west-3.rds.amazonaws.com/x",
            ],
        ),
        ("postgresql", &["a@s.cluster-h2.eu-west-3.rds.amazonaws.com/x"]),
        ("postgresql", &["a@s.h1.eu-west-3.rds.amazonaws.com/x"]),
        ("postgresql", &["a@direct.k1.flympg.net/x", "a@pgbouncer.k1.flympg.net/x"]),
        ("postgresql", &["a@shop.flycast/x", "a@shop.internal:5433/x", "a@fra.shop.internal/x"]),
        ("postgresql", &["a.b1@eu.pg.psdb.cloud/x", "c.b1@eu.pg.psdb.cloud:6432/x"]),
        ("postgresql", &["a.b2@eu.pg.psdb.cloud/x"]),
        ("postgresql", &["u1@db.prisma.io/x", "u1@pooled.db.prisma.io/x"]),
        ("postgresql", &["u2@db.prisma.io/x"]),
        // Outside, the port of Railway is the database.
        ("postgresql", &["a@n.proxy.rlwy.net:40001/x"]),
        ("postgresql", &["a@n.proxy.rlwy.net:40002/x"]),
        ("mysql", &["a@localhost/x", "b@127.0.0.1/x"]),
        ("mysql", &["a@db.koomy.app/x", "b@db.koomy.app:6033/x"]),
    ];

    #[test]
    fn one_database_under_several_names_is_one() {
        let parse = |scheme: &str, rest: &str| {
            let engine = if scheme == "mysql" { Engine::MySql } else { Engine::Postgres };
            Target::parse(engine, &Secret::new(format!("{scheme}://{rest}"))).unwrap()
        };
        let all: Vec<_> = DATABASES
            .iter()
            .enumerate()
            .flat_map(|(row, (scheme, names))| names.iter().map(move |name| (row, scheme, name)))
            .collect();
        for (row, scheme, name) in &all {
            for (other_row, other_scheme, other) in &all {
                let same = parse(scheme, name).is_same_database(&parse(other_scheme, other));
                assert_eq!(same, row == other_row, "{scheme} {name} and {other_scheme} {other}");
            }
        }
    }
}
