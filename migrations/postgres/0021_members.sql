-- The members of a fleet (api.md, `GET /v1/fleet`): what each process last told of itself. They belong to no org, and nothing depends on
-- them: a row that is missing or old changes what people see and no claim. The row of a member that is gone is the next one's to take.
CREATE TABLE members (
    incarnation text COLLATE "C" NOT NULL PRIMARY KEY,
    duty text NOT NULL CHECK (duty IN ('worker', 'scheduler')),
    build text NOT NULL,
    started_at_us bigint NOT NULL,
    seen_at_us bigint NOT NULL,
    -- In order, by its own word; its row says nothing of now.
    left_at_us bigint,
    slots bigint NOT NULL CHECK (slots >= 0),
    in_flight bigint NOT NULL CHECK (in_flight >= 0),
    -- Of the last minute, or of as much of it as the member lived.
    window_ms bigint NOT NULL CHECK (window_ms >= 0),
    cells_ended bigint NOT NULL CHECK (cells_ended >= 0),
    slots_held_ms bigint NOT NULL CHECK (slots_held_ms >= 0)
) WITH (fillfactor = 50);

GRANT SELECT ON members TO stet_api;
GRANT SELECT, INSERT, UPDATE ON members TO stet_worker;

-- What waits, by provider, over all orgs: counts and a time, of running batches and single runs.
--
-- `waiting` is what has not begun; `running` is under a lease; `room` is how many of both the batches would have under way at once;
-- `oldest_due_us` is the moment since which the first of what may be called for waits.
CREATE FUNCTION public.backlog()
RETURNS TABLE (provider text, waiting bigint, running bigint, room bigint, oldest_due_us bigint)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = ''
AS $$
    WITH clock AS MATERIALIZED (
        SELECT public.now_us() AS now_us
    ),
    of_batches AS (
        SELECT
            t.provider, n.cells - n.succeeded - n.failed - n.cancelled - n.quarantined AS unended, u.running, b.max_parallel,
            (
                SELECT r.available_at_us FROM public.runs AS r
                WHERE
                    r.org_id = c.org_id AND r.batch_id = c.batch_id AND r.status IN ('pending', 'queued')
                    AND r.available_at_us <= (SELECT clock.now_us FROM clock)
                ORDER BY r.available_at_us
                LIMIT 1
            ) AS oldest_due_us
        FROM public.batch_controls AS c
        JOIN public.batches AS b ON b.org_id = c.org_id AND b.batch_id = c.batch_id
        JOIN public.batch_counters AS n ON n.org_id = c.org_id AND n.batch_id = c.batch_id
        JOIN public.templates AS t ON t.org_id = b.org_id AND t.template_id = b.template_id
        CROSS JOIN LATERAL (
            SELECT count(*) AS running FROM public.runs AS a
            WHERE a.org_id = c.org_id AND a.batch_id = c.batch_id AND a.status = 'running'
        ) AS u
        WHERE c.status = 'running'
    ),
    of_singles AS (
        SELECT
            t.provider, count(*) FILTER (WHERE r.status <> 'running') AS waiting,
            count(*) FILTER (WHERE r.status = 'running') AS running,
            min(r.available_at_us) FILTER (
                WHERE r.status <> 'running' AND r.available_at_us <= (SELECT clock.now_us FROM clock)
            ) AS oldest_due_us
        FROM public.orgs AS o
        JOIN public.runs AS r
            ON r.org_id = o.org_id AND r.batch_id IS NULL AND (r.status IN ('pending', 'queued') OR r.status = 'running')
        JOIN public.templates AS t ON t.org_id = r.org_id AND t.template_id = r.template_id
        GROUP BY t.provider
    )
    SELECT
        w.provider, sum(w.waiting)::bigint, sum(w.running)::bigint, sum(w.room)::bigint, min(w.oldest_due_us)
    FROM (
        SELECT
            b.provider, b.unended - b.running AS waiting, b.running,
            CASE
                WHEN b.max_parallel IS NULL THEN b.unended
                ELSE least(b.unended, greatest(b.max_parallel, b.running))
            END AS room,
            b.oldest_due_us
        FROM of_batches AS b
        UNION ALL
        SELECT s.provider, s.waiting, s.running, s.waiting + s.running, s.oldest_due_us FROM of_singles AS s
    ) AS w
    GROUP BY w.provider
    ORDER BY w.provider
$$;

REVOKE ALL ON FUNCTION public.backlog() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.backlog() TO stet_api;
