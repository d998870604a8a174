SELECT 'stamp', pg_catalog.pg_postmaster_start_time(), pg_catalog.current_database(),
    s.env, s.bound_kind, s.project_id, s.branch_id, s.system_identifier, s.database_oid, s.database_name,
    s.stamped_at, s.guard_version, pg_catalog.jsonb_object_field_text(s.parent_stamp, 'env'),
    (SELECT c.relkind FROM pg_catalog.pg_class c WHERE pg_catalog.oideq(c.oid, s.tableoid))
  FROM ONLY koomy_guard.stamp s TABLESAMPLE SYSTEM (100)
  LIMIT 2
