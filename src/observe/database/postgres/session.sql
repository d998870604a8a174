SELECT 'session', pg_catalog.pg_postmaster_start_time(), pg_catalog.current_database(), current_user,
    pg_catalog.current_setting('server_version'),
    pg_catalog.host(pg_catalog.inet_server_addr()), pg_catalog.inet_server_port(),
    pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('default_transaction_read_only');
SELECT 'known', pg_catalog.to_regrole('neon_superuser'), pg_catalog.to_regrole('databricks_superuser'),
    pg_catalog.to_regrole('rds_superuser'), pg_catalog.to_regrole('cloudsqlsuperuser'),
    pg_catalog.to_regrole('azure_pg_admin'), pg_catalog.to_regrole('supabase_admin');
SELECT 'role', d.oid, r.rolname, pg_catalog.oideq(r.oid, d.datdba),
    r.rolsuper, r.rolbypassrls, r.rolreplication, r.rolcreaterole, r.rolcreatedb
  FROM pg_catalog.pg_database d, pg_catalog.pg_roles r
  WHERE pg_catalog.nameeq(d.datname, pg_catalog.current_database())
    AND (r.rolsuper OR r.rolbypassrls OR r.rolreplication OR r.rolcreaterole OR r.rolcreatedb
      OR pg_catalog.oideq(r.oid, d.datdba) OR pg_catalog.nameeq(r.rolname, 'pg_write_all_data')
      OR pg_catalog.nameeq(r.rolname, current_user))
    AND (pg_catalog.pg_has_role(session_user, r.oid, 'MEMBER') OR pg_catalog.pg_has_role(current_user, r.oid, 'MEMBER'));
SELECT 'setting', s.name, s.setting, s.context
  FROM pg_catalog.pg_show_all_settings() s
  WHERE COALESCE(
      pg_catalog.current_setting('neon.project_id', true), pg_catalog.current_setting('neon.branch_id', true),
      pg_catalog.current_setting('neon.endpoint_id', true), pg_catalog.current_setting('neon.timeline_id', true),
      pg_catalog.current_setting('rds.extensions', true), pg_catalog.current_setting('rds.superuser_variables', true),
      pg_catalog.current_setting('cloudsql.iam_authentication', true), pg_catalog.current_setting('cloudsql.logical_decoding', true),
      pg_catalog.current_setting('azure.extensions', true)) IS NOT NULL
    AND pg_catalog.int4gt(pg_catalog.strpos(s.name, '.'), 0);
SELECT 'tables', EXISTS (
  SELECT FROM pg_catalog.pg_class c
  WHERE pg_catalog.oidge(c.oid, 16384)
    AND (pg_catalog.chareq(c.relkind, 'r') OR pg_catalog.chareq(c.relkind, 'p')
      OR pg_catalog.chareq(c.relkind, 'f') OR pg_catalog.chareq(c.relkind, 'm'))
    AND pg_catalog.charne(c.relpersistence, 't')
    AND pg_catalog.oidne(c.relnamespace, COALESCE(pg_catalog.to_regnamespace('koomy_guard')::pg_catalog.oid, 0)))
