-- By provider, over all orgs, of running batches and single runs: what has not begun, what is under a lease, how many of both the
-- batches would have under way at once, and since when the first of what may be called for waits.
WITH clock AS MATERIALIZED (
    SELECT CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000 AS now_us
),
of_batches AS MATERIALIZED (
    SELECT
        t.provider, n.cells - n.succeeded - n.failed - n.cancelled - n.quarantined AS unended, b.max_parallel,
        (
            SELECT count(*) FROM runs AS a
            WHERE a.org_id = c.org_id AND a.batch_id = c.batch_id AND a.status = 'running'
        ) AS running,
        (
            SELECT r.available_at_us FROM runs AS r
            WHERE
                r.org_id = c.org_id AND r.batch_id = c.batch_id AND r.status IN ('pending', 'queued')
                AND r.available_at_us <= (SELECT now_us FROM clock)
            ORDER BY r.available_at_us
            LIMIT 1
        ) AS oldest_due_us
    FROM batch_controls AS c
    JOIN batches AS b ON b.org_id = c.org_id AND b.batch_id = c.batch_id
    CROSS JOIN batch_counters AS n
    JOIN templates AS t ON t.org_id = b.org_id AND t.template_id = b.template_id
    WHERE c.status = 'running' AND n.org_id = c.org_id AND n.batch_id = c.batch_id
),
singles AS MATERIALIZED (
    SELECT t.provider, 1 AS waiting, 0 AS running, r.available_at_us
    FROM orgs AS o
    CROSS JOIN runs AS r
    CROSS JOIN templates AS t
    WHERE
        r.org_id = o.org_id AND r.batch_id IS NULL AND r.status IN ('pending', 'queued')
        AND t.org_id = r.org_id AND t.template_id = r.template_id
    UNION ALL
    SELECT t.provider, 0 AS waiting, 1 AS running, NULL AS available_at_us
    FROM orgs AS o
    CROSS JOIN runs AS r
    CROSS JOIN templates AS t
    WHERE
        r.org_id = o.org_id AND r.batch_id IS NULL AND r.status = 'running'
        AND t.org_id = r.org_id AND t.template_id = r.template_id
)
SELECT
    w.provider, sum(w.waiting) AS waiting, sum(w.running) AS running, sum(w.room) AS room,
    min(w.oldest_due_us) AS oldest_due_us
FROM (
    SELECT
        b.provider, b.unended - b.running AS waiting, b.running,
        CASE
            WHEN b.max_parallel IS NULL THEN b.unended
            ELSE min(b.unended, max(b.max_parallel, b.running))
        END AS room,
        b.oldest_due_us
    FROM of_batches AS b
    UNION ALL
    SELECT
        s.provider, s.waiting, s.running, s.waiting + s.running AS room,
        CASE WHEN s.available_at_us <= (SELECT now_us FROM clock) THEN s.available_at_us END AS oldest_due_us
    FROM singles AS s
) AS w
GROUP BY w.provider
ORDER BY w.provider
