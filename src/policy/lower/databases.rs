//! `[databases.NAME]`

use super::Lower;
use crate::policy::reader::Section;
use crate::policy::{Database, DatabaseId, Network};
use crate::source::Spanned;
use crate::target::{Engine, Flaw, Provider, grammar, is_pooler};

impl Lower {
    pub(super) fn databases(&mut self, top: Section<'_>) -> Vec<Database> {
        let sections = top.named("databases");
        sections
            .into_iter()
            .zip(0..)
            .filter_map(|((name, section), id)| self.one_database(name, DatabaseId(id), section))
            .collect()
    }

    fn one_database(
        &mut self,
        name: Spanned<String>,
        id: DatabaseId,
        section: Section<'_>,
    ) -> Option<Database> {
        let engine = engine(section);
        let provider = section.word("provider", Provider::from_name);
        let branch = section.table("branch");
        let database = Database {
            id,
            engine,
            provider,
            project: section.text("project"),
            branch_names: branch
                .and_then(|branch| branch.texts("names"))
                .map(|names| names.into_iter().map(|name| name.value).collect())
                .unwrap_or_default(),
            branch_id: branch.and_then(|branch| branch.text("id")),
            endpoints: section.texts("endpoints").unwrap_or_default(),
            hosts: section.texts("hosts").unwrap_or_default(),
            sockets: section.texts("sockets").unwrap_or_default(),
            ports: ports(section, engine, provider),
            database: section.text("database")?,
            users: section.texts("users").unwrap_or_default(),
            system_identifier: section.text("system_identifier"),
            server_hostname: section.text("server_hostname"),
            root_certificate: section.text("root_certificate"),
            network: section.word("network", Network::from_name).unwrap_or_default(),
            name,
        };
        self.empty_lists(&database.name, section);
        self.addresses(&database);
        self.users(&database);
        self.identity(&database);
        Some(database)
    }

    /// Rejects pins that this engine or provider cannot confirm.
    fn identity(&mut self, database: &Database) {
        let Database { system_identifier, server_hostname, provider, engine, .. } = database;
        let is_decimal = |text: &str| text.parse::<u64>().is_ok_and(|it| it.to_string() == text);
        if let Some(identifier) = system_identifier {
            if *engine == Engine::MySql {
                let help = "pin `server_hostname` instead";
                self.contradiction(identifier.span, "MySQL has no system identifier", help);
            } else if *provider == Some(Provider::Neon) {
                self.contradiction(
                    identifier.span,
                    "all branches of a Neon project have the same system identifier",
                    "pin `project` and `branch.id` instead",
                );
            } else if !is_decimal(&identifier.value) {
                self.contradiction(
                    identifier.span,
                    format!("`{}` is not a system identifier", identifier.value),
                    "write the digits that `guard-cli identify` shows",
                );
            }
        }
        if let (Some(hostname), Engine::Postgres) = (server_hostname, engine) {
            let help = "pin `system_identifier` instead";
            self.contradiction(
                hostname.span,
                "a PostgreSQL server does not report its host name",
                help,
            );
        }
    }

    /// Rejects empty lists where a missing key means "any" or "the usual ones":
    /// `users = []` reads as nobody and would admit everybody.
    fn empty_lists(&mut self, name: &Spanned<String>, section: Section<'_>) {
        for key in ["ports", "users"] {
            if let (Some(span), true) = (section.span(key), section.is_empty_list(key)) {
                self.contradiction(
                    span,
                    format!(
                        "`{}` has an empty list of `{key}`, so nothing could lead to it",
                        name.value
                    ),
                    format!("list its `{key}`, or leave the key out"),
                );
            }
        }
    }

    fn addresses(&mut self, database: &Database) {
        let Database { endpoints, hosts, sockets, name, .. } = database;
        if endpoints.is_empty() && hosts.is_empty() && sockets.is_empty() {
            self.contradiction(
                name.span,
                format!("`{}` has no address, so nothing can lead to it", name.value),
                "give it `endpoints`, `hosts` or `sockets`",
            );
        }
        for host in endpoints.iter().chain(hosts) {
            self.nameable("host", host, grammar::host);
        }
        for host in endpoints.iter().chain(hosts) {
            let is_neon = database.provider == Some(Provider::Neon);
            if is_neon && first_label(&host.value).ends_with("-pooler") || is_pooler(&host.value) {
                self.contradiction(
                    host.span,
                    format!("`{}` names a pooler", host.value),
                    "remove `-pooler`; both spellings then lead to the database",
                );
            }
        }
        for socket in sockets {
            self.nameable("socket", socket, |text| match database.engine {
                Engine::Postgres => grammar::directory(text).map(drop),
                Engine::MySql => Err(Flaw::SocketOfMySql),
            });
        }
        self.nameable("database", &database.database, |text| grammar::database(text).map(drop));
        for user in &database.users {
            self.nameable("user", user, |text| grammar::user(text.to_owned()).map(drop));
        }
    }

    /// Rejects what no accepted address can contain.
    fn nameable(
        &mut self,
        part: &str,
        written: &Spanned<String>,
        read: impl Fn(&str) -> Result<(), Flaw>,
    ) {
        if let Err(problem) = read(&written.value) {
            let message = format!("`{}` as a {part}: {problem}", written.value);
            self.contradiction(written.span, message, problem.help());
        }
    }

    /// Demands `users` on a shared host, where only the user tells databases apart.
    fn users(&mut self, database: &Database) {
        if !database.users.is_empty() {
            return;
        }
        let shared = database.endpoints.iter().chain(&database.hosts).find(|host| {
            SHARED_HOSTS.iter().any(|suffix| {
                host.value.strip_suffix(suffix).is_some_and(|rest| rest.ends_with('.'))
                    || host.value == *suffix
            })
        });
        if let Some(host) = shared {
            self.contradiction(
                host.span,
                format!(
                    "many databases share `{}`, and only the user tells them apart",
                    host.value
                ),
                "list the `users`, such as `[\"postgres.PROJECT\"]`",
            );
        }
    }
}

/// The engine of a connection or a database.
pub(super) fn engine(section: Section<'_>) -> Engine {
    section.word("engine", Engine::from_name).unwrap_or_default()
}

fn ports(section: Section<'_>, engine: Engine, provider: Option<Provider>) -> Vec<u16> {
    if let Some(ports) = section.integers("ports") {
        return ports.into_iter().filter_map(|port| u16::try_from(port).ok()).collect();
    }
    let pooler = match provider {
        Some(Provider::Supabase) => Some(6543),
        Some(Provider::PlanetScale) => Some(6432),
        Some(
            Provider::Neon
            | Provider::Rds
            | Provider::Aurora
            | Provider::CloudSql
            | Provider::Railway
            | Provider::Render
            | Provider::Fly
            | Provider::Heroku
            | Provider::PrismaPostgres
            | Provider::Local
            | Provider::Socket
            | Provider::Plain,
        )
        | None => None,
    };
    [engine.default_port()].into_iter().chain(pooler).collect()
}

fn first_label(host: &str) -> &str {
    host.split('.').next().unwrap_or(host)
}

/// MIRRORS `DatabaseKey::is_told_by_user`: hosts that many databases share.
const SHARED_HOSTS: &[&str] = &["pooler.supabase.com", "psdb.cloud", "db.prisma.io"];
