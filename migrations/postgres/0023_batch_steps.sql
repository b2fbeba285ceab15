-- The steps of a batch from one status to the next, by the database's own clock: what an auditor holds the begins of attempts against
-- (reliability.md, I8). The trigger writes them, whoever changes the control row and whatever his clock says. Append-only.
CREATE TABLE batch_steps (
    org_id text COLLATE "C" NOT NULL,
    batch_id bytea NOT NULL,
    step bigint NOT NULL CHECK (step > 0),
    status text NOT NULL
        CHECK (status IN ('preflight', 'running', 'paused', 'completed', 'cancelled', 'failed')),
    at_us bigint NOT NULL,
    PRIMARY KEY (org_id, batch_id, step),
    FOREIGN KEY (org_id, batch_id) REFERENCES batches (org_id, batch_id)
);

ALTER TABLE batch_steps ENABLE ROW LEVEL SECURITY;
ALTER TABLE batch_steps FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON batch_steps TO stet_api, stet_worker
    USING (org_id = (SELECT nullif(current_setting('app.org_id', true), '')))
    WITH CHECK (org_id = (SELECT nullif(current_setting('app.org_id', true), '')));
CREATE POLICY owner_reads ON batch_steps FOR SELECT TO stet_owner USING (true);

GRANT SELECT, INSERT ON batch_steps TO stet_api, stet_worker;

-- After the row was changed, so that every claim that shared it has ended: what such a claim began is earlier than the step.
CREATE FUNCTION public.keep_batch_step() RETURNS trigger
LANGUAGE plpgsql
SET search_path = ''
AS $$
BEGIN
    INSERT INTO public.batch_steps (org_id, batch_id, step, status, at_us)
    SELECT NEW.org_id, NEW.batch_id, coalesce(max(s.step), 0) + 1, NEW.status, public.now_us()
    FROM public.batch_steps AS s
    WHERE s.org_id = NEW.org_id AND s.batch_id = NEW.batch_id;
    RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION public.keep_batch_step() FROM PUBLIC;

CREATE TRIGGER batch_controls_keep_steps AFTER UPDATE OF status ON batch_controls
FOR EACH ROW WHEN (NEW.status <> OLD.status)
EXECUTE FUNCTION public.keep_batch_step();

CREATE TRIGGER batch_steps_never_change BEFORE UPDATE ON batch_steps
FOR EACH ROW EXECUTE FUNCTION public.refuse('stet: steps of a batch never change');

CREATE TRIGGER batch_steps_never_vanish BEFORE DELETE ON batch_steps
FOR EACH ROW EXECUTE FUNCTION public.refuse('stet: steps of a batch are never deleted');

CREATE TRIGGER batch_steps_never_emptied BEFORE TRUNCATE ON batch_steps
FOR EACH STATEMENT EXECUTE FUNCTION public.refuse('stet: steps of a batch are never deleted');

-- The orgs whose rows an auditor is to look at, in order: those that are registered, and those that the tables without a reference name beside
-- them. Each table is read by its key, one look an org.
CREATE FUNCTION public.audited_orgs() RETURNS TABLE (org_id text)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = ''
AS $$
    WITH RECURSIVE
    of_attempts (org_id) AS (
        SELECT (SELECT a.org_id FROM public.attempts AS a ORDER BY a.org_id LIMIT 1)
        UNION ALL
        SELECT (SELECT a.org_id FROM public.attempts AS a WHERE a.org_id > f.org_id ORDER BY a.org_id LIMIT 1)
        FROM of_attempts AS f
        WHERE f.org_id IS NOT NULL
    ),
    of_exchanges (org_id) AS (
        SELECT (SELECT e.org_id FROM public.exchanges AS e ORDER BY e.org_id LIMIT 1)
        UNION ALL
        SELECT (SELECT e.org_id FROM public.exchanges AS e WHERE e.org_id > f.org_id ORDER BY e.org_id LIMIT 1)
        FROM of_exchanges AS f
        WHERE f.org_id IS NOT NULL
    ),
    of_outputs (org_id) AS (
        SELECT (SELECT o.org_id FROM public.run_outputs AS o ORDER BY o.org_id LIMIT 1)
        UNION ALL
        SELECT (SELECT o.org_id FROM public.run_outputs AS o WHERE o.org_id > f.org_id ORDER BY o.org_id LIMIT 1)
        FROM of_outputs AS f
        WHERE f.org_id IS NOT NULL
    ),
    of_citations (org_id) AS (
        SELECT (SELECT c.org_id FROM public.citations AS c ORDER BY c.org_id LIMIT 1)
        UNION ALL
        SELECT (SELECT c.org_id FROM public.citations AS c WHERE c.org_id > f.org_id ORDER BY c.org_id LIMIT 1)
        FROM of_citations AS f
        WHERE f.org_id IS NOT NULL
    )
    SELECT g.org_id FROM public.orgs AS g
    UNION SELECT f.org_id FROM of_attempts AS f WHERE f.org_id IS NOT NULL
    UNION SELECT f.org_id FROM of_exchanges AS f WHERE f.org_id IS NOT NULL
    UNION SELECT f.org_id FROM of_outputs AS f WHERE f.org_id IS NOT NULL
    UNION SELECT f.org_id FROM of_citations AS f WHERE f.org_id IS NOT NULL
    ORDER BY org_id
$$;

REVOKE ALL ON FUNCTION public.audited_orgs() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.audited_orgs() TO stet_api, stet_worker;
