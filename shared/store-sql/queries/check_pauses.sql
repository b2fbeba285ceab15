-- I8: no attempt began while its batch was paused, or after it was called off, by the database's clock (batch_steps). The clock may be as coarse as a
-- millisecond: of a step and a begin at one moment, each may have been first. The attempt that records a POISON calls nobody.
WITH looked AS MATERIALIZED (
    SELECT r.run_id, r.batch_id, r.fence, r.error_code
    FROM runs AS r
    WHERE r.org_id = $1 AND r.run_id > $2
    ORDER BY r.run_id
    LIMIT $3
),
broken AS MATERIALIZED (
    SELECT l.run_id AS id
    FROM looked AS l
    WHERE (
        SELECT count(*) FROM attempts AS a
        WHERE
            a.org_id = $1 AND a.run_id = l.run_id
            AND NOT (a.fence = l.fence AND coalesce(l.error_code, '') = 'POISON')
            AND (
                SELECT s.status FROM batch_steps AS s
                WHERE
                    s.org_id = $1 AND s.batch_id = l.batch_id
                    AND s.at_us + CASE WHEN s.status IN ('paused', 'cancelled') THEN 1 ELSE 0 END <= a.started_at_us
                ORDER BY s.step DESC
                LIMIT 1
            ) IN ('paused', 'cancelled')
    ) > 0
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
