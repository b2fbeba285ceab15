-- What all processes agree on about a provider (reliability.md rule 8; api.md, "Limits"). The rows belong to no org, so they have
-- no row-level security, and only the rights that the port needs.
CREATE TABLE provider_gates (
    provider text COLLATE "C" NOT NULL PRIMARY KEY CHECK (provider IN ('openai', 'gemini', 'vertex')),
    blocked_until_us bigint NOT NULL DEFAULT 0,
    -- The error code of the answer that blocked it.
    reason text,
    -- Theoretical arrival times: what was admitted is paid for by then.
    requests_until_us bigint NOT NULL DEFAULT 0,
    tokens_until_us bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

GRANT SELECT ON provider_gates TO stet_api;
GRANT SELECT, INSERT, UPDATE ON provider_gates TO stet_worker;

-- Calls that a process has under way. A row whose lease is over counts for nothing and is the next process's to take.
CREATE TABLE provider_slots (
    provider text COLLATE "C" NOT NULL,
    holder text COLLATE "C" NOT NULL,
    slots bigint NOT NULL CHECK (slots >= 0),
    lease_until_us bigint NOT NULL,
    PRIMARY KEY (provider, holder)
) WITH (fillfactor = 50);

GRANT SELECT ON provider_slots TO stet_api;
GRANT SELECT, INSERT, UPDATE ON provider_slots TO stet_worker;

-- What waits is offered by provider from here on, so that nobody claims what a closed gate would hold.
DROP FUNCTION public.due_runs(bigint);
DROP FUNCTION public.due_preflights(bigint);
DROP FUNCTION public.next_due();

-- Runs of the named providers that may be claimed now, at most `most`: in turn over orgs, those behind `after` first, and within an
-- org over its batches, its single runs first. From each batch at most `most` candidates are read, by runs_waiting, however many
-- cells wait. The order by batch_id is for the planner: without it, it does not see that the index of an org's single runs is
-- sorted by their moment.
CREATE FUNCTION public.offered_runs(most bigint, after text, providers text)
RETURNS TABLE (org_id text, run_id bytea, batch_id bytea, template_id bytea, provider text)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = ''
AS $$
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
        JOIN public.batches AS b ON b.org_id = c.org_id AND b.batch_id = c.batch_id
        JOIN public.templates AS t ON t.org_id = b.org_id AND t.template_id = b.template_id
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
            JOIN public.templates AS t ON t.org_id = r.org_id AND t.template_id = r.template_id
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
    LIMIT most
$$;

-- Batches of the named providers whose preflight or resume is due, at most `most`.
CREATE FUNCTION public.offered_preflights(most bigint, providers text)
RETURNS TABLE (org_id text, batch_id bytea, provider text)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = ''
AS $$
    SELECT c.org_id, c.batch_id, t.provider
    FROM public.batch_controls AS c
    JOIN public.batches AS b ON b.org_id = c.org_id AND b.batch_id = c.batch_id
    JOIN public.templates AS t ON t.org_id = b.org_id AND t.template_id = b.template_id
    WHERE
        (c.status = 'preflight' OR c.resume_lock IS NOT NULL) AND c.preflight_due_us <= (SELECT public.now_us())
        AND t.provider IN (SELECT j.provider FROM json_array_elements_text(providers::json) AS j (provider))
    ORDER BY c.preflight_due_us, c.batch_id
    LIMIT most
$$;

-- Of the named providers, the earliest of: waiting single runs, waiting cells of running batches with room, preflights, resumes. Null where
-- nothing waits.
CREATE FUNCTION public.next_offer(providers text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = ''
AS $$
    WITH named AS MATERIALIZED (
        SELECT j.provider FROM json_array_elements_text(providers::json) AS j (provider)
    )
    SELECT min(due.at_us)
    FROM (
        SELECT (
            SELECT r.available_at_us
            FROM public.runs AS r
            JOIN public.templates AS t ON t.org_id = r.org_id AND t.template_id = r.template_id
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
        JOIN public.batches AS b ON b.org_id = c.org_id AND b.batch_id = c.batch_id
        JOIN public.templates AS t ON t.org_id = b.org_id AND t.template_id = b.template_id
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
        JOIN public.batches AS b ON b.org_id = c.org_id AND b.batch_id = c.batch_id
        JOIN public.templates AS t ON t.org_id = b.org_id AND t.template_id = b.template_id
        WHERE
            (c.status = 'preflight' OR c.resume_lock IS NOT NULL) AND t.provider IN (SELECT n.provider FROM named AS n)
    ) AS due
$$;

REVOKE ALL ON FUNCTION public.offered_runs(bigint, text, text), public.offered_preflights(bigint, text), public.next_offer(text)
FROM PUBLIC;
GRANT EXECUTE
ON FUNCTION public.offered_runs(bigint, text, text), public.offered_preflights(bigint, text), public.next_offer(text)
TO stet_worker;
