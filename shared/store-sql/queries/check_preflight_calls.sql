-- I6: an exchange of a preflight has its attempt, and so has what a preflight observed.
WITH looked AS MATERIALIZED (
    SELECT u.batch_id
    FROM (
        SELECT * FROM (
            SELECT DISTINCT x.batch_id FROM preflight_exchanges AS x WHERE x.org_id = $1 AND x.batch_id > $2 ORDER BY x.batch_id LIMIT $3
        ) AS of_preflight_exchanges
        UNION
        SELECT * FROM (
            SELECT DISTINCT x.batch_id FROM lock_epochs AS x WHERE x.org_id = $1 AND x.batch_id > $2 ORDER BY x.batch_id LIMIT $3
        ) AS of_lock_epochs
    ) AS u
    ORDER BY u.batch_id
    LIMIT $3
),
broken AS MATERIALIZED (
    SELECT l.batch_id AS id
    FROM looked AS l
    WHERE
        (
            SELECT count(*) FROM preflight_exchanges AS e
            WHERE
                e.org_id = $1 AND e.batch_id = l.batch_id
                AND (
                    SELECT count(*) FROM preflight_attempts AS a
                    WHERE a.org_id = $1 AND a.batch_id = e.batch_id AND a.fence = e.fence
                ) = 0
        ) > 0
        OR (
            SELECT count(*) FROM lock_epochs AS k
            WHERE
                k.org_id = $1 AND k.batch_id = l.batch_id AND k.preflight_fence IS NOT NULL
                AND (
                    SELECT count(*) FROM preflight_attempts AS a
                    WHERE a.org_id = $1 AND a.batch_id = k.batch_id AND a.fence = k.preflight_fence
                ) = 0
        ) > 0
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
