-- I7: what waits or runs while nothing holds it back. Asked for at rest alone.
WITH looked AS MATERIALIZED (
    SELECT r.run_id, r.batch_id, r.status
    FROM runs AS r
    WHERE r.org_id = $1 AND r.run_id > $2
    ORDER BY r.run_id
    LIMIT $3
),
broken AS MATERIALIZED (
    SELECT l.run_id AS id
    FROM looked AS l
    WHERE
        l.status IN ('pending', 'queued', 'running')
        AND (
            SELECT count(*) FROM batch_controls AS c
            WHERE c.org_id = $1 AND c.batch_id = l.batch_id AND c.status = 'paused'
        ) = 0
)
SELECT figures.looked, figures.last_id, figures.violations, told.id
FROM (
    SELECT
        (SELECT count(*) FROM looked) AS looked,
        (SELECT l.run_id FROM looked AS l ORDER BY l.run_id DESC LIMIT 1) AS last_id,
        (SELECT count(*) FROM broken) AS violations
) AS figures
LEFT JOIN (SELECT k.id FROM broken AS k ORDER BY k.id LIMIT $4) AS told ON true
ORDER BY told.id
