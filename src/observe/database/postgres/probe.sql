BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY;
SET LOCAL search_path = pg_catalog, pg_temp;
SET LOCAL statement_timeout = /*answer*/;
SET LOCAL lock_timeout = /*lock*/;
SET LOCAL row_security = off;
SET LOCAL array_nulls = on;
SET LOCAL DateStyle = 'ISO, YMD';
SET LOCAL TimeZone = 'UTC';
SELECT 'session'::text, pg_catalog.current_database()::text, current_user::text, pg_catalog.current_setting('server_version')
UNION ALL SELECT 'address', pg_catalog.host(pg_catalog.inet_server_addr()), pg_catalog.inet_server_port()::text, NULL
UNION ALL SELECT 'writing', pg_catalog.pg_is_in_recovery()::text, pg_catalog.current_setting('default_transaction_read_only'), NULL
UNION ALL SELECT 'database', d.oid::text, NULL, NULL
  FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()
UNION ALL SELECT 'setting', s.name, s.setting, s.context
  FROM pg_catalog.pg_settings s
  WHERE s.name IN ('neon.project_id', 'neon.branch_id', 'neon.endpoint_id', 'neon.timeline_id')
     OR s.name LIKE 'rds.%' OR s.name LIKE 'cloudsql.%' OR s.name LIKE 'azure.%'
UNION ALL SELECT 'known', r.rolname::text, NULL, NULL
  FROM pg_catalog.pg_roles r
  WHERE r.rolname IN ('neon_superuser', 'databricks_superuser', 'rds_superuser', 'cloudsqlsuperuser', 'azure_pg_admin', 'supabase_admin')
UNION ALL SELECT 'rights',
    pg_catalog.concat_ws(' ',
      CASE WHEN r.rolsuper THEN 'superuser' END,
      CASE WHEN r.oid = d.datdba THEN 'owner' END,
      CASE WHEN r.rolbypassrls THEN 'bypass-rls' END,
      CASE WHEN r.rolname = 'pg_write_all_data' THEN 'write-all-data' END,
      CASE WHEN r.rolreplication THEN 'replication' END,
      CASE WHEN r.rolcreaterole THEN 'create-role' END,
      CASE WHEN r.rolcreatedb THEN 'create-database' END),
    NULL, NULL
  FROM pg_catalog.pg_roles r, pg_catalog.pg_database d
  WHERE d.datname = pg_catalog.current_database()
    AND (r.rolsuper OR r.oid = d.datdba OR r.rolbypassrls OR r.rolname = 'pg_write_all_data' OR r.rolreplication OR r.rolcreaterole OR r.rolcreatedb)
    AND (pg_catalog.pg_has_role(session_user, r.oid, 'MEMBER') OR pg_catalog.pg_has_role(current_user, r.oid, 'MEMBER'))
UNION ALL SELECT 'tables', EXISTS (
    SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'f', 'm') AND c.relpersistence <> 't'
      AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'koomy_guard')
      AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend e
        WHERE e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND e.objid = c.oid AND e.deptype = 'e'))::text,
    NULL, NULL;
DO $koomy$
DECLARE
  _rows text[] := '{}';
  _found text[] := '{}';
  _row record;
  _table oid;
  _kind text;
  _cluster text;
BEGIN
  BEGIN
    SELECT c.system_identifier::text INTO _cluster FROM pg_catalog.pg_control_system() c;
    _rows := _rows || ARRAY['cluster', _cluster, NULL, NULL]::text[];
  EXCEPTION WHEN OTHERS THEN NULL;
  END;
  SELECT c.oid, c.relkind::text INTO _table, _kind
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'koomy_guard' AND c.relname = 'stamp';
  IF _table IS NULL THEN
    _rows := _rows || ARRAY['stamp', 'none', NULL, NULL]::text[];
  ELSIF _kind <> 'r' OR (
    SELECT pg_catalog.count(*) FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = _table AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid < 10000
      AND a.attname IN ('env', 'bound_kind', 'project_id', 'branch_id', 'endpoint_id', 'timeline_id', 'system_identifier',
        'database_oid', 'database_name', 'stamped_at', 'guard_version', 'parent_stamp')) <> 12
  THEN
    _rows := _rows || ARRAY['stamp', 'other', NULL, NULL]::text[];
  ELSE
    BEGIN
      FOR _row IN EXECUTE 'SELECT s.env::text AS env, s.bound_kind::text AS bound_kind, s.project_id::text AS project_id,
          s.branch_id::text AS branch_id, s.system_identifier::text AS system_identifier,
          s.database_oid::text AS database_oid, s.database_name::text AS database_name,
          s.stamped_at::text AS stamped_at, s.guard_version::text AS guard_version,
          (s.parent_stamp::jsonb) ->> ''env'' AS parent_env
        FROM ONLY koomy_guard.stamp s LIMIT 2'
      LOOP
        _found := _found || ARRAY['stamp', 'row', NULL, NULL,
          'stamped', 'env', _row.env, NULL,
          'stamped', 'bound_kind', _row.bound_kind, NULL,
          'stamped', 'project_id', _row.project_id, NULL,
          'stamped', 'branch_id', _row.branch_id, NULL,
          'stamped', 'system_identifier', _row.system_identifier, NULL,
          'stamped', 'database_oid', _row.database_oid, NULL,
          'stamped', 'database_name', _row.database_name, NULL,
          'stamped', 'stamped_at', _row.stamped_at, NULL,
          'stamped', 'guard_version', _row.guard_version, NULL,
          'stamped', 'parent_env', _row.parent_env, NULL]::text[];
      END LOOP;
      _rows := _rows || ARRAY['stamp', 'table', NULL, NULL]::text[] || _found;
    EXCEPTION
      WHEN insufficient_privilege THEN _rows := _rows || ARRAY['stamp', 'denied', NULL, NULL]::text[];
      WHEN lock_not_available THEN _rows := _rows || ARRAY['stamp', 'locked', NULL, NULL]::text[];
      WHEN OTHERS THEN _rows := _rows || ARRAY['stamp', 'error', NULL, NULL]::text[];
    END;
  END IF;
  PERFORM pg_catalog.set_config('koomy_guard.probe', _rows::text, true);
END
$koomy$;
