-- Before the library's own migrations, as the login that migrates: its schema and extensions are made by stet_owner, who needs the right for it. Nothing
-- is granted that is held already, so that an administrator may prepare it.
DO $$
BEGIN
    IF NOT pg_catalog.has_database_privilege('stet_owner', pg_catalog.current_database(), 'CREATE') THEN
        EXECUTE pg_catalog.format('GRANT CREATE ON DATABASE %I TO stet_owner', pg_catalog.current_database());
    END IF;
END
$$
