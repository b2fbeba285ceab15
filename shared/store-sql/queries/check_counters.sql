-- I4: counters are the counts of current runs. A commit writes both, so that they agree in every snapshot.
WITH looked AS MATERIALIZED (
    SELECT w.batch_id, w.cells
    FROM (
        SELECT b.batch_id, b.cells, sum(b.cells) OVER (ORDER BY b.batch_id) AS reached
        FROM batches AS b
        WHERE b.org_id = $1 AND b.batch_id > $2
        ORDER BY b.batch_id
        LIMIT $3
    ) AS w
    -- A window is as wide as so many cells, and holds one batch at least.
    WHERE w.reached - w.cells < $3
),
counted AS MATERIALIZED (
    SELECT
        l.batch_id,
        count(CASE WHEN r.status = 'succeeded' THEN 1 END) AS succeeded,
        count(CASE WHEN r.status = 'failed' THEN 1 END) AS failed,
        count(CASE WHEN r.status = 'cancelled' THEN 1 END) AS cancelled,
        count(CASE WHEN r.status = 'quarantined' THEN 1 END) AS quarantined
    FROM looked AS l
    CROSS JOIN runs AS r
    WHERE
        r.org_id = $1 AND r.batch_id = l.batch_id
        AND (
            SELECT count(*) FROM runs AS n
            WHERE
                n.org_id = $1 AND n.batch_id = r.batch_id AND n.batch_run_index = r.batch_run_index
                AND n.rerun_index > r.rerun_index
        ) = 0
    GROUP BY l.batch_id
),
broken AS MATERIALIZED (
    SELECT l.batch_id AS id
    FROM looked AS l
    LEFT JOIN counted AS k ON k.batch_id = l.batch_id
    LEFT JOIN batch_counters AS c ON c.org_id = $1 AND c.batch_id = l.batch_id
    WHERE
        c.batch_id IS NULL
        OR c.succeeded <> coalesce(k.succeeded, 0) OR c.failed <> coalesce(k.failed, 0)
        OR c.cancelled <> coalesce(k.cancelled, 0) OR c.quarantined <> coalesce(k.quarantined, 0)
)
SELECT figures.looked, figures.last_id, figures.violations, told.id
FROM (
    SELECT
        (SELECT count(*) FROM looked) AS looked,
        (SELECT l.batch_id FROM looked AS l ORDER BY l.batch_id DESC LIMIT 1) AS last_id,
        (SELECT count(*) FROM broken) AS violations
) AS figures
LEFT JOIN (SELECT k.id FROM broken AS k ORDER BY k.id LIMIT $4) AS told ON true
ORDER BY told.id
