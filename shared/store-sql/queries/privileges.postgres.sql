SELECT
    r.rolname::text AS role,
    r.rolsuper::int::bigint AS superuser,
    r.rolbypassrls::int::bigint AS bypasses_rls,
    EXISTS (
        SELECT 1 FROM pg_catalog.pg_class AS c
        WHERE c.relname = 'runs' AND c.relnamespace = 'public'::regnamespace AND pg_has_role(r.oid, c.relowner, 'MEMBER')
    )::int::bigint AS owns_tables
FROM pg_catalog.pg_roles AS r
WHERE r.rolname = current_user
