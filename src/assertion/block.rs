//! The text of a `DO` block that raises an error on every other server.

use std::fmt::Write as _;

use super::Stamped;
use crate::target::Provider;

/// The database that is meant, by what its server says about itself.
pub(super) enum Expected {
    /// A branch of a Neon project.
    Neon { project: String, branch: String, database: String },
    /// A database of a server that is not a Neon compute.
    Plain {
        cluster: Cluster,
        /// The database's `oid`; any if it is not known.
        oid: Option<u32>,
        database: String,
        /// The managed services' roles that it may have.
        services: Vec<String>,
    },
}

/// A cluster, by its system identifier.
pub(super) enum Cluster {
    /// This one.
    Is(String),
    /// None of these.
    IsNot(Vec<String>),
    /// One that did not identify itself when it was asked.
    Unidentified,
}

impl Cluster {
    fn condition(&self) -> String {
        match self {
            Self::Is(identifier) => format!(" AND guard_cluster = {}", quoted(identifier)),
            Self::Unidentified => " AND guard_cluster IS NULL".to_owned(),
            Self::IsNot(others) if others.is_empty() => String::new(),
            Self::IsNot(others) => {
                let others = others.iter().map(|other| quoted(other)).collect::<Vec<_>>();
                format!(" AND guard_cluster NOT IN ({})", others.join(", "))
            }
        }
    }
}

/// A block under construction.
pub(super) struct Block {
    expected: Vec<Expected>,
    stamped: Stamped,
    writes: Writes,
}

/// Whether the server must take writes.
enum Writes {
    Unasked,
    Needed,
}

impl Block {
    pub(super) fn new(expected: Vec<Expected>, stamped: Stamped) -> Self {
        Self { expected, stamped, writes: Writes::Unasked }
    }

    /// Makes the block raise on a standby, too.
    pub(super) fn writable(self) -> Self {
        Self { writes: Writes::Needed, ..self }
    }

    /// The block as one statement, without a semicolon at its end.
    ///
    /// INVARIANT: until `search_path` is set, every name is qualified and no operator is
    /// used, since operators are looked up by it, too.
    pub(super) fn text(&self) -> String {
        let identity = self.expected.iter().map(Expected::condition).collect::<Vec<_>>();
        let identity = identity.join("\n      OR ");
        let standby = match self.writes {
            Writes::Unasked => "",
            Writes::Needed => STANDBY,
        };
        let stamp = self.stamped.text();
        let body = format!(
            "{DECLARED}BEGIN\n{LOOKED}  IF ({identity}) IS NOT TRUE THEN\n{ELSEWHERE}  END IF;\n\
             {standby}{stamp}{RESTORED}END "
        );
        let tag = tag(&body);
        format!("DO {tag}\n{body}{tag}")
    }
}

impl Expected {
    fn condition(&self) -> String {
        match self {
            Self::Neon { project, branch, database } => format!(
                "(guard_settings = 3 AND guard_project = {} AND guard_branch = {} \
                 AND guard_database = {})",
                quoted(project),
                quoted(branch),
                quoted(database),
            ),
            Self::Plain { cluster, oid, database, services } => {
                let mut pins = cluster.condition();
                if let Some(oid) = oid {
                    let _infallible = write!(pins, " AND guard_oid = {oid}");
                }
                let database = quoted(database);
                let roles = foreign(services);
                format!(
                    "(guard_settings = 0 AND guard_database = {database}{pins} AND NOT EXISTS (\
                     SELECT FROM pg_catalog.pg_roles WHERE rolname IN ({roles})))"
                )
            }
        }
    }
}

/// The roles of managed services that the server must not have: all except `own`.
fn foreign(own: &[String]) -> String {
    let roles = SERVICES.iter().flat_map(|(_, roles)| *roles);
    let foreign = roles.filter(|role| !own.iter().any(|own| own == *role));
    foreign.map(|role| quoted(role)).collect::<Vec<_>>().join(", ")
}

/// Quotes a text as a literal of PostgreSQL, whatever `standard_conforming_strings` is.
pub(crate) fn quoted(text: &str) -> String {
    let doubled = text.replace('\'', "''");
    if text.contains('\\') {
        format!("E'{}'", doubled.replace('\\', "\\\\"))
    } else {
        format!("'{doubled}'")
    }
}

/// A dollar quote that does not occur in `body`.
pub(crate) fn tag(body: &str) -> String {
    let plain = "$koomy$".to_owned();
    let numbered = (1_u64..).map(|number| format!("$koomy{number}$"));
    let mut tags = std::iter::once(plain.clone()).chain(numbered);
    tags.find(|tag| !body.contains(tag.as_str())).unwrap_or(plain)
}

const DECLARED: &str = "\
DECLARE
  guard_path pg_catalog.text DEFAULT pg_catalog.current_setting('search_path');
  guard_database pg_catalog.text;
  guard_oid pg_catalog.oid;
  guard_cluster pg_catalog.text;
  guard_project pg_catalog.text;
  guard_branch pg_catalog.text;
  guard_settings pg_catalog.int8;
  guard_kind pg_catalog.text;
  guard_rows pg_catalog.int8;
  guard_stamp pg_catalog.text;
  guard_bound pg_catalog.bool;
";

const LOOKED: &str = "  PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
  SELECT datname, oid INTO guard_database, guard_oid
    FROM pg_catalog.pg_database WHERE datname = current_database();
  SELECT max(setting) FILTER (WHERE name = 'neon.project_id'),
         max(setting) FILTER (WHERE name = 'neon.branch_id'), count(*)
    INTO guard_project, guard_branch, guard_settings
    FROM pg_catalog.pg_settings
   WHERE name IN ('neon.project_id', 'neon.branch_id', 'neon.endpoint_id')
     AND context = 'postmaster';
  IF has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE') THEN
    SELECT system_identifier INTO guard_cluster FROM pg_catalog.pg_control_system();
  END IF;
";

const ELSEWHERE: &str = "    RAISE EXCEPTION USING ERRCODE = 'KG001', MESSAGE = concat(
      'koomy-guard does not know this server as the one that is meant, and nothing was written. It says ',
      'project ', coalesce(guard_project, '(none)'), ', branch ', coalesce(guard_branch, '(none)'),
      ', cluster ', coalesce(guard_cluster, '(unknown)'), ', database ', guard_database),
      HINT = 'Point the connection at the right database. guard-cli identify shows which one this is.';
";

const STANDBY: &str = "  IF pg_is_in_recovery() THEN
    RAISE EXCEPTION USING ERRCODE = 'KG001', MESSAGE =
      'koomy-guard sees a standby, which takes no writes';
  END IF;
";

const RESTORED: &str = "  PERFORM pg_catalog.set_config('search_path', guard_path, true);
";

/// The roles by which managed services can be recognised, by service.
pub(super) const SERVICES: &[(Option<Provider>, &[&str])] = &[
    (Some(Provider::Neon), &["neon_superuser", "databricks_superuser"]),
    (Some(Provider::Rds), &["rds_superuser"]),
    (Some(Provider::CloudSql), &["cloudsqlsuperuser"]),
    (None, &["azure_pg_admin"]),
    (Some(Provider::Supabase), &["supabase_admin"]),
];
