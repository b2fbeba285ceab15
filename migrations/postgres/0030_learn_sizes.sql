-- A connection keeps the plan that it made of a statement, and what it knew of a table then is what the server had last looked at: nothing, in a new database, for
-- which a plan that reads all runs of an org looks as good as one that finds each by its key. The server looks by itself after a minute or so and then the plans are
-- made anew; until then each claim and each commit of a batch of thousands would read all of them once a cell. So whoever schedules has the server look at what is
-- changed by key, each time a table has doubled, until it is known to be so large that no such plan is made of it.
CREATE FUNCTION public.learn_sizes() RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = ''
AS $$
DECLARE
    grown pg_catalog.regclass;
    looked_at bigint := 0;
BEGIN
    FOR grown IN
        SELECT c.oid
        FROM pg_catalog.pg_class AS c
        WHERE
            c.relkind = 'r' AND c.relnamespace = 'public'::pg_catalog.regnamespace
            AND c.relname IN (
                'attempts', 'batch_controls', 'batch_counters', 'batches', 'lock_epochs', 'runs', 'templates'
            )
            AND c.relpages < 64
            AND pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::bigint > 2 * c.relpages
        ORDER BY c.oid
    LOOP
        EXECUTE pg_catalog.format('ANALYZE %s', grown);
        looked_at := looked_at + 1;
    END LOOP;
    RETURN looked_at;
END
$$;

REVOKE ALL ON FUNCTION public.learn_sizes() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.learn_sizes() TO stet_worker;
