//! The statements that write a stamp.

use super::{Change, Plan};
use crate::assertion::{quoted, tag};
use crate::facts::{Binding, Identity, Neon, Server};

/// Builds everything between `BEGIN` and `COMMIT`.
pub(super) fn body(plan: &Plan) -> String {
    let assertion = &plan.assertion;
    let unchanged = unchanged(&plan.change);
    let row = row(plan);
    format!(
        "SET LOCAL search_path = pg_catalog, pg_temp;\n{assertion};\n{OWNED}{MADE}{WRITES}\
         {unchanged}{row}"
    )
}

/// Raises unless the stamp is still the one that the plan saw.
fn unchanged(change: &Change) -> String {
    let same = match change {
        Change::First => "NOT EXISTS (SELECT FROM koomy_guard.stamp)".to_owned(),
        Change::Renew => "(SELECT count(*) FROM koomy_guard.stamp) = 1".to_owned(),
        Change::Rebind(stamp) | Change::Adopt(stamp, _) => format!(
            "(SELECT count(*) FROM koomy_guard.stamp WHERE env = {} AND {}) = 1",
            quoted(&stamp.environment),
            bound_to(&stamp.binding),
        ),
    };
    let body = format!(
        " BEGIN IF ({same}) IS NOT TRUE THEN RAISE EXCEPTION USING ERRCODE = 'KG002', MESSAGE = \
         'koomy-guard finds that the stamp changed in the meantime, and nothing was written'; \
         END IF; END "
    );
    let tag = tag(&body);
    format!("DO {tag}{body}{tag};\n")
}

fn bound_to(binding: &Binding) -> String {
    match binding {
        Binding::Neon { project, branch } => format!(
            "bound_kind = 'neon' AND project_id = {} AND branch_id = {}",
            quoted(project),
            quoted(branch),
        ),
        Binding::Plain { system_identifier, database_oid, database } => format!(
            "bound_kind = 'plain' AND system_identifier = {} AND database_oid = {database_oid} \
             AND database_name = {}",
            quoted(system_identifier),
            quoted(database),
        ),
    }
}

/// Replaces the row. The old row becomes the parent, except that a renewed stamp keeps
/// the parent that it had.
fn row(plan: &Plan) -> String {
    let parent = match &plan.change {
        Change::First => "NULL".to_owned(),
        Change::Renew => "(SELECT old.parent_stamp FROM koomy_guard.stamp AS old)".to_owned(),
        Change::Rebind(_) => {
            "(SELECT to_jsonb(old) - 'one' FROM koomy_guard.stamp AS old)".to_owned()
        }
        Change::Adopt(_, reason) => format!(
            "(SELECT to_jsonb(old) - 'one' || jsonb_build_object('adopted_because', {}) \
             FROM koomy_guard.stamp AS old)",
            quoted(reason),
        ),
    };
    let [environment, version] = [&plan.environment, env!("CARGO_PKG_VERSION")].map(quoted);
    let bound = bound(&plan.identity).join(", ");
    format!(
        "INSERT INTO koomy_guard.stamp ({COLUMNS})\n\
         VALUES ({environment}, {bound}, now(), {version}, {parent})\n\
         ON CONFLICT (one) DO UPDATE SET ({COLUMNS}) = ROW ({NEW});\n"
    )
}

/// The columns from `bound_kind` to `database_name`.
fn bound(identity: &Identity) -> [String; 8] {
    let word = |word: Option<&String>| word.map_or("NULL".to_owned(), |word| quoted(word));
    let (neon, cluster) = match &identity.server {
        Server::Postgres { neon, cluster } => (neon.clone(), cluster.as_ref()),
        Server::MySql { .. } => (None, None),
    };
    let kind = if neon.is_some() { "'neon'" } else { "'plain'" };
    let Neon { project, branch, endpoint, timeline } = neon.unwrap_or_default();
    [
        kind.to_owned(),
        word(project.as_ref()),
        word(branch.as_ref()),
        word(endpoint.as_ref()),
        word(timeline.as_ref()),
        word(cluster.map(|cluster| &cluster.system_identifier)),
        cluster.map_or("NULL".to_owned(), |cluster| cluster.database_oid.to_string()),
        quoted(&identity.database),
    ]
}

const COLUMNS: &str = "env, bound_kind, project_id, branch_id, endpoint_id, timeline_id, \
system_identifier, database_oid, database_name, stamped_at, guard_version, parent_stamp";

const NEW: &str = "excluded.env, excluded.bound_kind, excluded.project_id, excluded.branch_id, \
excluded.endpoint_id, excluded.timeline_id, excluded.system_identifier, excluded.database_oid, \
excluded.database_name, excluded.stamped_at, excluded.guard_version, excluded.parent_stamp";

/// INVARIANT: what follows runs no code that belongs to another role. Any role that may
/// create a schema could have created this one, with a trigger that waits for a
/// superuser.
const OWNED: &str = "\
DO $koomy$ BEGIN
  IF EXISTS (
    SELECT FROM pg_namespace n
      LEFT JOIN pg_class c ON c.relnamespace = n.oid
      LEFT JOIN pg_proc p ON p.pronamespace = n.oid
      JOIN pg_roles r ON r.oid IN (n.nspowner, c.relowner, p.proowner)
    WHERE n.nspname = 'koomy_guard' AND r.rolname <> current_user AND NOT r.rolsuper
  ) THEN
    RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = 'koomy-guard finds that another role owns \
the schema koomy_guard or something in it, and nothing was written';
  END IF;
END $koomy$;
";

/// DELIBERATE: a separate schema survives `DROP SCHEMA public CASCADE`.
///
/// LIMIT: the trigger prevents accidents. A role that may write to the table can set what
/// the trigger asks for.
const MADE: &str = "\
CREATE SCHEMA IF NOT EXISTS koomy_guard;
GRANT USAGE ON SCHEMA koomy_guard TO PUBLIC;
CREATE TABLE IF NOT EXISTS koomy_guard.stamp (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  env text NOT NULL,
  bound_kind text NOT NULL CHECK (bound_kind IN ('neon', 'plain')),
  project_id text,
  branch_id text,
  endpoint_id text,
  timeline_id text,
  system_identifier text,
  database_oid oid,
  database_name text NOT NULL,
  stamped_at timestamptz NOT NULL,
  guard_version text NOT NULL,
  parent_stamp jsonb
);
GRANT SELECT ON koomy_guard.stamp TO PUBLIC;
CREATE OR REPLACE FUNCTION koomy_guard.refuse_change() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $koomy$
BEGIN
  IF current_setting('koomy_guard.writes', true) IS DISTINCT FROM 'stamp' THEN
    RAISE EXCEPTION USING ERRCODE = 'KG002',
      MESSAGE = 'koomy-guard lets nobody change the stamp but guard-cli stamp';
  END IF;
  RETURN NULL;
END $koomy$;
DROP TRIGGER IF EXISTS refuse_change ON koomy_guard.stamp;
CREATE TRIGGER refuse_change BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE
  ON koomy_guard.stamp FOR EACH STATEMENT EXECUTE FUNCTION koomy_guard.refuse_change();
";

const WRITES: &str = "\
SET LOCAL koomy_guard.writes = 'stamp';
LOCK TABLE koomy_guard.stamp IN SHARE ROW EXCLUSIVE MODE;
";
