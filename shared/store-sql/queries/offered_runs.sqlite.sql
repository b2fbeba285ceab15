-- In turn over orgs, those behind $2 first, and within an org over its batches, its single runs first. From each batch at most $1
-- candidates are read, by runs_waiting, however many cells wait. $3 names the providers.
WITH clock AS MATERIALIZED (
    SELECT CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000 AS now_us
),
open_batches AS MATERIALIZED (
    SELECT
        c.org_id, c.batch_id, b.template_id, t.provider,
        CASE
            WHEN b.max_parallel IS NULL THEN $1
            ELSE b.max_parallel - (
                SELECT count(*) FROM runs AS a
                WHERE a.org_id = c.org_id AND a.batch_id = c.batch_id AND a.status = 'running'
            )
        END AS room
    FROM batch_controls AS c
    JOIN batches AS b ON b.org_id = c.org_id AND b.batch_id = c.batch_id
    JOIN templates AS t ON t.org_id = b.org_id AND t.template_id = b.template_id
    WHERE c.status = 'running' AND t.provider IN (SELECT j.value FROM json_each($3) AS j)
),
candidates AS (
    SELECT
        r.org_id, r.batch_id, r.run_id, o.template_id, o.provider, o.room,
        row_number() OVER (PARTITION BY r.org_id, r.batch_id ORDER BY r.available_at_us, r.batch_run_index) AS turn
    FROM open_batches AS o
    CROSS JOIN runs AS r
    WHERE
        o.room > 0
        AND r.rowid IN (
            SELECT w.rowid FROM runs AS w
            WHERE
                w.org_id = o.org_id AND w.batch_id = o.batch_id AND w.status IN ('pending', 'queued')
                AND w.available_at_us <= (SELECT now_us FROM clock)
            ORDER BY w.available_at_us, w.batch_run_index
            LIMIT $1
        )
    UNION ALL
    SELECT r.org_id, r.batch_id, r.run_id, r.template_id, t.provider, 1 AS room, 0 AS turn
    FROM orgs AS o
    CROSS JOIN runs AS r
    CROSS JOIN templates AS t
    WHERE
        r.rowid IN (
            SELECT w.rowid FROM runs AS w
            CROSS JOIN templates AS x
            WHERE
                w.org_id = o.org_id AND w.batch_id IS NULL AND w.status IN ('pending', 'queued')
                AND w.available_at_us <= (SELECT now_us FROM clock)
                AND x.org_id = w.org_id AND x.template_id = w.template_id
                AND x.provider IN (SELECT j.value FROM json_each($3) AS j)
            ORDER BY w.available_at_us
            LIMIT $1
        )
        AND t.org_id = r.org_id AND t.template_id = r.template_id
),
turns AS (
    SELECT
        org_id, run_id, batch_id, template_id, provider,
        row_number() OVER (PARTITION BY org_id ORDER BY turn, batch_id, run_id) AS org_turn
    FROM candidates
    WHERE turn <= room
)
SELECT org_id, run_id, batch_id, template_id, provider
FROM turns
ORDER BY org_turn, org_id <= $2, org_id
LIMIT $1
