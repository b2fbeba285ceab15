-- The three roles, none of which logs in, and what they need before the first migration. Roles belong to the whole server, so
-- another process, in another database even, may make them at the same moment: who comes second finds it done. Nothing is
-- granted that is held already, so that an administrator may prepare all of it and this then needs no rights.
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['stet_owner', 'stet_api', 'stet_worker'] LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname = wanted) THEN
            BEGIN
                EXECUTE pg_catalog.format('CREATE ROLE %I NOLOGIN', wanted);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL;
            END;
        END IF;
    END LOOP;
    -- Who migrates acts as the owner. A superuser may anyway.
    IF NOT EXISTS (
        SELECT FROM pg_catalog.pg_roles AS r
        WHERE
            r.rolname = current_user
            AND (
                r.rolsuper
                OR EXISTS (
                    SELECT FROM pg_catalog.pg_auth_members AS m
                    JOIN pg_catalog.pg_roles AS o ON o.oid = m.roleid AND o.rolname = 'stet_owner'
                    WHERE m.member = r.oid
                    -- From version 16 on, who makes a role is a member that may not act as it.
                    AND coalesce((pg_catalog.to_jsonb(m) ->> 'set_option')::boolean, true)
                )
            )
    ) THEN
        BEGIN
            GRANT stet_owner TO CURRENT_USER;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
    END IF;
    -- Two that grant on the schema at once would fail on each other; the lock ends with the transaction.
    PERFORM pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('stet: roles', 1));
    IF NOT (
        pg_catalog.has_schema_privilege('stet_owner', 'public', 'CREATE')
        AND pg_catalog.has_schema_privilege('stet_owner', 'public', 'USAGE')
    ) THEN
        GRANT USAGE, CREATE ON SCHEMA public TO stet_owner;
    END IF;
    IF NOT (
        pg_catalog.has_schema_privilege('stet_api', 'public', 'USAGE')
        AND pg_catalog.has_schema_privilege('stet_worker', 'public', 'USAGE')
    ) THEN
        GRANT USAGE ON SCHEMA public TO stet_api, stet_worker;
    END IF;
END
$$
