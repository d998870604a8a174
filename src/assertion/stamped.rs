//! The part of an assertion that reads the stamp.

use super::quoted;

/// What is asserted about the stamp.
pub(crate) enum Stamped {
    /// Nothing.
    Unasked,
    /// If there is a stamp, it is this environment's and this database's.
    IfAtAll(String),
    /// There is a stamp, and it is this environment's and this database's.
    As(String),
    /// Like [`As`](Self::As), or there is neither a stamp nor a table.
    OrFresh(String),
}

impl Stamped {
    pub(super) fn text(&self) -> String {
        let (environment, absent) = match self {
            Self::Unasked => return String::new(),
            Self::IfAtAll(environment) => (environment, "    NULL;\n".to_owned()),
            Self::As(environment) => (environment, format!("    {}", raise(GONE))),
            Self::OrFresh(environment) => (
                environment,
                format!("    IF EXISTS ({TABLES}) THEN\n      {}    END IF;\n", raise(UNKNOWN)),
            ),
        };
        format!(
            "{KIND}  IF guard_kind IS NULL THEN\n{absent}\
             \x20 ELSIF guard_kind <> 'r' THEN\n    {}\
             \x20 ELSE\n{READ}\
             \x20   IF guard_rows <> 1 THEN\n      {}    END IF;\n\
             \x20   IF guard_bound IS NOT TRUE THEN\n      {}    END IF;\n\
             \x20   IF guard_stamp IS DISTINCT FROM {} THEN\n      {}    END IF;\n\
             \x20 END IF;\n",
            raise(FORGED),
            raise(EMPTIED),
            raise(COPY),
            quoted(environment),
            raise(OTHER),
        )
    }
}

fn raise(message: &str) -> String {
    format!(
        "RAISE EXCEPTION USING ERRCODE = 'KG001', MESSAGE = concat({message}),\n      {HINT};\n"
    )
}

/// The user's tables, without those of the server, of extensions and of the guard.
pub(crate) const TABLES: &str = "\
SELECT FROM pg_catalog.pg_class AS t JOIN pg_catalog.pg_namespace AS s ON s.oid = t.relnamespace
      WHERE t.relkind IN ('r', 'p', 'f', 'm') AND t.relpersistence <> 't'
        AND s.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'koomy_guard')
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.objid = t.oid
                           AND d.classid = t.tableoid AND d.deptype = 'e')";

const KIND: &str = "  SELECT c.relkind INTO guard_kind
    FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
   WHERE n.nspname = 'koomy_guard' AND c.relname = 'stamp';
";

const READ: &str = "    SELECT count(*), max(env), bool_and(CASE bound_kind
             WHEN 'neon' THEN guard_settings = 3
               AND project_id = guard_project AND branch_id = guard_branch
             WHEN 'plain' THEN guard_settings = 0 AND system_identifier = guard_cluster
               AND database_oid = guard_oid AND database_name = guard_database
           END)
      INTO guard_rows, guard_stamp, guard_bound
      FROM ONLY koomy_guard.stamp;
";

const HINT: &str =
    "HINT = 'guard-cli identify shows what is there, and guard-cli stamp writes it.'";
const GONE: &str = "'koomy-guard finds no stamp where there was one, so nothing was written'";
const UNKNOWN: &str = "'koomy-guard finds tables and no stamp, so nothing was written'";
const FORGED: &str = "'koomy-guard finds a stamp that is no table, so nothing was written'";
const EMPTIED: &str = "'koomy-guard finds a stamp without its row, so nothing was written'";
const COPY: &str = "'koomy-guard finds a copy of ', coalesce(guard_stamp, '(unknown)'), \
', stamped for another database, so nothing was written'";
const OTHER: &str = "'koomy-guard finds the stamp of ', coalesce(guard_stamp, '(unknown)'), ', so nothing was written'";
