-- I3: no attempt has a fence that its run never gave; the recorded one has the fence of the record; and none is open but that of the claim in force.
WITH looked AS MATERIALIZED (
    SELECT r.run_id, r.status, r.fence
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
            AND (
                a.fence > l.fence
                OR (a.outcome = 'recorded' AND a.fence <> l.fence)
                OR (a.outcome IS NULL AND (a.fence <> l.fence OR l.status <> 'running'))
            )
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
