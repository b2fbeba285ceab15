-- What a queue of hints needs of the rows (docs/decisions/0019-queue.md). The queue's own tables are not here: they are its library's, in a schema of
-- their own, and `stet migrate` makes them where EXECUTION_MODE=apalis.

-- Messages that nobody can read: kept for a person, never tried again. They belong to no org, for who wrote them cannot be told from them.
CREATE TABLE dead_letters (
    dead_letter_id bytea NOT NULL PRIMARY KEY CHECK (octet_length(dead_letter_id) = 16),
    queue text COLLATE "C" NOT NULL,
    -- The beginning of it, where it is longer than a hint can be.
    payload bytea NOT NULL CHECK (octet_length(payload) <= 65536),
    payload_bytes bigint NOT NULL,
    reason text NOT NULL,
    met_by text NOT NULL,
    met_at_us bigint NOT NULL
);

CREATE INDEX dead_letters_by_met ON dead_letters (met_at_us);

GRANT SELECT, INSERT ON dead_letters TO stet_worker;

-- Forgets those that were met before `before_us`, at most `most`; answers one row for each.
CREATE FUNCTION public.prune_dead_letters(before_us bigint, most bigint) RETURNS TABLE (met_at_us bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = ''
AS $$
    WITH old AS MATERIALIZED (
        SELECT d.dead_letter_id
        FROM public.dead_letters AS d
        WHERE d.met_at_us < before_us
        ORDER BY d.met_at_us
        LIMIT most
        FOR UPDATE SKIP LOCKED
    )
    DELETE FROM public.dead_letters AS d
    USING old AS o
    WHERE d.dead_letter_id = o.dead_letter_id
    RETURNING d.met_at_us
$$;

-- Those of the hinted runs that may be claimed now and are of the named providers. A hint is only a hint: what it names may be claimed, ended or paused by
-- now, or be of no run at all.
CREATE FUNCTION public.hinted_runs(hints text, providers text)
RETURNS TABLE (org_id text, run_id bytea, batch_id bytea, template_id bytea, provider text)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = ''
AS $$
    WITH told AS MATERIALIZED (
        SELECT h.org, decode(h.run, 'hex') AS run_id
        FROM json_to_recordset(hints::json) AS h (org text, run text)
    )
    SELECT r.org_id, r.run_id, r.batch_id, r.template_id, t.provider
    FROM told AS h
    CROSS JOIN LATERAL (
        SELECT x.org_id, x.run_id, x.batch_id, x.template_id
        FROM public.runs AS x
        WHERE
            x.org_id = h.org AND x.run_id = h.run_id AND x.status || '' IN ('pending', 'queued')
            AND x.available_at_us <= (SELECT public.now_us())
    ) AS r
    JOIN public.templates AS t ON t.org_id = r.org_id AND t.template_id = r.template_id
    WHERE
        t.provider IN (SELECT j.provider FROM json_array_elements_text(providers::json) AS j (provider))
        AND (
            r.batch_id IS NULL
            OR EXISTS (
                SELECT FROM public.batch_controls AS c
                WHERE c.org_id = r.org_id AND c.batch_id = r.batch_id AND c.status = 'running'
            )
        )
$$;

REVOKE ALL ON FUNCTION public.prune_dead_letters(bigint, bigint), public.hinted_runs(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.prune_dead_letters(bigint, bigint), public.hinted_runs(text, text) TO stet_worker;
