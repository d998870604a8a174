DO $koomy$
DECLARE
  _result text := 'error';
  _count text;
  _recent text;
  _kind text;
BEGIN
  SELECT c.relkind::text INTO _kind
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = /*schema*/ AND c.relname = /*table*/;
  IF _kind IS NULL THEN
    _result := 'none';
  ELSIF _kind IN ('r', 'p', 'm', 'f') THEN
    BEGIN
      IF /*limit*/ IS NOT NULL THEN
        EXECUTE pg_catalog.format('SELECT pg_catalog.count(*)::text FROM (SELECT 1 FROM %I.%I LIMIT %s) x', /*schema*/, /*table*/, /*limit*/)
          INTO _count;
      END IF;
      IF /*recent*/ IS NOT NULL THEN
        EXECUTE pg_catalog.format('SELECT (EXISTS (SELECT FROM %I.%I x WHERE x.%I > pg_catalog.now() - ''1 day''::interval))::text', /*schema*/, /*table*/, /*recent*/)
          INTO _recent;
      END IF;
      _result := 'seen';
    EXCEPTION
      WHEN insufficient_privilege THEN _result := 'denied';
      WHEN query_canceled OR lock_not_available THEN _result := 'slow';
      WHEN OTHERS THEN _result := 'error';
    END;
  ELSE
    _result := 'other';
  END IF;
  PERFORM pg_catalog.set_config('koomy_guard.probe',
    (pg_catalog.current_setting('koomy_guard.probe')::text[] || ARRAY['tripwire', _result, _count, _recent]::text[])::text, true);
END
$koomy$;
