-- What looks for work finds a run's template and a batch's row by their keys, each by a look-up of its own. As joins, where a connection planned them while an org
-- had few templates or batches, they read all that the org has, once for each run, for as long as that plan lived (docs/decisions/0011-postgres.md).

-- Runs of the named providers that may be claimed now, at most `most`: in turn over orgs, those behind `after` first, and within an
-- org over its batches, its single runs first. From each batch at most `most` candidates are read, by runs_waiting, however many
-- cells wait. The order by batch_id is for the planner: without it, it does not see that the index of an org's single runs is
-- sorted by their moment.
CREATE OR REPLACE FUNCTION public.offered_runs(most bigint, after text, providers text)
RETURNS TABLE (org_id text, run_id bytea, batch_id bytea, template_id bytea, provider text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = ''
SET plan_cache_mode = 'force_generic_plan'
SET enable_seqscan = 'off'
SET enable_hashjoin = 'off'
SET enable_mergejoin = 'off'
SET jit = 'off'
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH clock AS MATERIALIZED (
        SELECT public.now_us() AS now_us
    ),
    named AS MATERIALIZED (
        SELECT j.provider FROM json_array_elements_text(providers::json) AS j (provider)
    ),
    open_batches AS MATERIALIZED (
        SELECT
            c.org_id, c.batch_id, b.template_id, t.provider,
            CASE
                WHEN b.max_parallel IS NULL THEN most
                ELSE least(most, greatest(0, b.max_parallel - (
                    SELECT count(*) FROM public.runs AS a
                    WHERE a.org_id = c.org_id AND a.batch_id = c.batch_id AND a.status = 'running'
                )))
            END AS room
        FROM public.batch_controls AS c
        CROSS JOIN LATERAL (
            SELECT x.template_id, x.max_parallel FROM public.batches AS x WHERE x.org_id = c.org_id AND x.batch_id = c.batch_id OFFSET 0
        ) AS b
        CROSS JOIN LATERAL (
            SELECT x.provider FROM public.templates AS x WHERE x.org_id = c.org_id AND x.template_id = b.template_id OFFSET 0
        ) AS t
        WHERE c.status = 'running' AND t.provider IN (SELECT n.provider FROM named AS n)
    ),
    candidates AS (
        SELECT o.org_id, o.batch_id, o.template_id, o.provider, w.run_id, w.turn
        FROM open_batches AS o
        CROSS JOIN LATERAL (
            SELECT r.run_id, row_number() OVER (ORDER BY r.available_at_us, r.batch_run_index) AS turn
            FROM public.runs AS r
            WHERE
                r.org_id = o.org_id AND r.batch_id = o.batch_id AND r.status IN ('pending', 'queued')
                AND r.available_at_us <= (SELECT clock.now_us FROM clock)
            ORDER BY r.available_at_us, r.batch_run_index
            LIMIT o.room
        ) AS w
        UNION ALL
        SELECT o.org_id, NULL AS batch_id, w.template_id, w.provider, w.run_id, 0 AS turn
        FROM public.orgs AS o
        CROSS JOIN LATERAL (
            SELECT r.run_id, r.template_id, t.provider
            FROM public.runs AS r
            CROSS JOIN LATERAL (
                SELECT x.provider FROM public.templates AS x WHERE x.org_id = r.org_id AND x.template_id = r.template_id OFFSET 0
            ) AS t
            WHERE
                r.org_id = o.org_id AND r.batch_id IS NULL AND r.status IN ('pending', 'queued')
                AND r.available_at_us <= (SELECT clock.now_us FROM clock)
                AND t.provider IN (SELECT n.provider FROM named AS n)
            ORDER BY r.batch_id, r.available_at_us
            LIMIT most
        ) AS w
    ),
    turns AS (
        SELECT
            c.org_id, c.run_id, c.batch_id, c.template_id, c.provider,
            row_number() OVER (PARTITION BY c.org_id ORDER BY c.turn, c.batch_id, c.run_id) AS org_turn
        FROM candidates AS c
    )
    SELECT t.org_id, t.run_id, t.batch_id, t.template_id, t.provider
    FROM turns AS t
    ORDER BY t.org_turn, t.org_id COLLATE "C" <= after, t.org_id
    LIMIT most;
END
$$;

-- Batches of the named providers whose preflight or resume is due, at most `most`.
CREATE OR REPLACE FUNCTION public.offered_preflights(most bigint, providers text)
RETURNS TABLE (org_id text, batch_id bytea, provider text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = ''
SET plan_cache_mode = 'force_generic_plan'
SET enable_seqscan = 'off'
SET enable_hashjoin = 'off'
SET enable_mergejoin = 'off'
SET jit = 'off'
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT c.org_id, c.batch_id, t.provider
    FROM public.batch_controls AS c
    CROSS JOIN LATERAL (
        SELECT x.template_id FROM public.batches AS x WHERE x.org_id = c.org_id AND x.batch_id = c.batch_id OFFSET 0
    ) AS b
    CROSS JOIN LATERAL (
        SELECT x.provider FROM public.templates AS x WHERE x.org_id = c.org_id AND x.template_id = b.template_id OFFSET 0
    ) AS t
    WHERE
        (c.status = 'preflight' OR c.resume_lock IS NOT NULL) AND c.preflight_due_us <= (SELECT public.now_us())
        AND t.provider IN (SELECT j.provider FROM json_array_elements_text(providers::json) AS j (provider))
    ORDER BY c.preflight_due_us, c.batch_id
    LIMIT most;
END
$$;

-- Of the named providers, the earliest of: waiting single runs, waiting cells of running batches with room, preflights, resumes. Null where
-- nothing waits.
CREATE OR REPLACE FUNCTION public.next_offer(providers text) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = ''
SET plan_cache_mode = 'force_generic_plan'
SET enable_seqscan = 'off'
SET enable_hashjoin = 'off'
SET enable_mergejoin = 'off'
SET jit = 'off'
AS $$
BEGIN
    RETURN (
        WITH named AS MATERIALIZED (
            SELECT j.provider FROM json_array_elements_text(providers::json) AS j (provider)
        )
        SELECT min(due.at_us)
        FROM (
            SELECT (
                SELECT r.available_at_us
                FROM public.runs AS r
                CROSS JOIN LATERAL (
                    SELECT x.provider FROM public.templates AS x WHERE x.org_id = r.org_id AND x.template_id = r.template_id OFFSET 0
                ) AS t
                WHERE
                    r.org_id = o.org_id AND r.batch_id IS NULL AND r.status IN ('pending', 'queued')
                    AND t.provider IN (SELECT n.provider FROM named AS n)
                ORDER BY r.batch_id, r.available_at_us
                LIMIT 1
            ) AS at_us
            FROM public.orgs AS o
            UNION ALL
            SELECT (
                SELECT r.available_at_us FROM public.runs AS r
                WHERE r.org_id = c.org_id AND r.batch_id = c.batch_id AND r.status IN ('pending', 'queued')
                ORDER BY r.available_at_us
                LIMIT 1
            ) AS at_us
            FROM public.batch_controls AS c
            CROSS JOIN LATERAL (
                SELECT x.template_id, x.max_parallel FROM public.batches AS x WHERE x.org_id = c.org_id AND x.batch_id = c.batch_id OFFSET 0
            ) AS b
            CROSS JOIN LATERAL (
                SELECT x.provider FROM public.templates AS x WHERE x.org_id = c.org_id AND x.template_id = b.template_id OFFSET 0
            ) AS t
            WHERE
                c.status = 'running' AND t.provider IN (SELECT n.provider FROM named AS n)
                AND (
                    b.max_parallel IS NULL
                    OR b.max_parallel > (
                        SELECT count(*) FROM public.runs AS a
                        WHERE a.org_id = c.org_id AND a.batch_id = c.batch_id AND a.status = 'running'
                    )
                )
            UNION ALL
            SELECT c.preflight_due_us AS at_us
            FROM public.batch_controls AS c
            CROSS JOIN LATERAL (
                SELECT x.template_id FROM public.batches AS x WHERE x.org_id = c.org_id AND x.batch_id = c.batch_id OFFSET 0
            ) AS b
            CROSS JOIN LATERAL (
                SELECT x.provider FROM public.templates AS x WHERE x.org_id = c.org_id AND x.template_id = b.template_id OFFSET 0
            ) AS t
            WHERE
                (c.status = 'preflight' OR c.resume_lock IS NOT NULL) AND t.provider IN (SELECT n.provider FROM named AS n)
        ) AS due
    );
END
$$;

-- Those of the hinted runs that may be claimed now and are of the named providers, each looked up by its own key. A hint is only a hint: what it names may be
-- claimed, ended or paused by now, or be of no run at all.
CREATE OR REPLACE FUNCTION public.hinted_runs(hints text, providers text)
RETURNS TABLE (org_id text, run_id bytea, batch_id bytea, template_id bytea, provider text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = ''
SET plan_cache_mode = 'force_generic_plan'
SET enable_seqscan = 'off'
SET enable_hashjoin = 'off'
SET enable_mergejoin = 'off'
SET jit = 'off'
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH told AS MATERIALIZED (
        SELECT h.org, decode(h.run, 'hex') AS run_id
        FROM json_to_recordset(hints::json) AS h (org text, run text)
    ),
    due AS MATERIALIZED (
        SELECT r.org_id, r.run_id, r.batch_id, r.template_id
        FROM told AS h
        CROSS JOIN LATERAL (
            SELECT x.org_id, x.run_id, x.batch_id, x.template_id
            FROM public.runs AS x
            WHERE
                x.org_id = h.org AND x.run_id = h.run_id AND x.status || '' IN ('pending', 'queued')
                AND x.available_at_us <= (SELECT public.now_us())
            OFFSET 0
        ) AS r
    )
    SELECT d.org_id, d.run_id, d.batch_id, d.template_id, t.provider
    FROM due AS d
    CROSS JOIN LATERAL (
        SELECT x.provider FROM public.templates AS x WHERE x.org_id = d.org_id AND x.template_id = d.template_id OFFSET 0
    ) AS t
    WHERE
        t.provider IN (SELECT j.provider FROM json_array_elements_text(providers::json) AS j (provider))
        AND (
            d.batch_id IS NULL
            OR EXISTS (
                SELECT FROM public.batch_controls AS c
                WHERE c.org_id = d.org_id AND c.batch_id = d.batch_id AND c.status = 'running'
            )
        );
END
$$;
