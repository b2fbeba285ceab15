-- I6: an exchange has its attempt, and the recorded attempt began before its result was recorded, both by the database's clock. An
-- exchange of a run that is not there is another matter (check_strays_of_runs).
WITH looked AS MATERIALIZED (
    SELECT u.run_id
    FROM (
        SELECT * FROM (
            SELECT DISTINCT x.run_id FROM exchanges AS x WHERE x.org_id = $1 AND x.run_id > $2 ORDER BY x.run_id LIMIT $3
        ) AS of_exchanges
        UNION
        SELECT * FROM (
            SELECT DISTINCT x.run_id FROM run_outputs AS x WHERE x.org_id = $1 AND x.run_id > $2 ORDER BY x.run_id LIMIT $3
        ) AS of_run_outputs
    ) AS u
    ORDER BY u.run_id
    LIMIT $3
),
broken AS MATERIALIZED (
    SELECT l.run_id AS id
    FROM looked AS l
    CROSS JOIN runs AS r
    WHERE
        r.org_id = $1 AND r.run_id = l.run_id
        AND (
            (
                SELECT count(*) FROM exchanges AS e
                WHERE
                    e.org_id = $1 AND e.run_id = l.run_id
                    AND (
                        SELECT count(*) FROM attempts AS a
                        WHERE a.org_id = $1 AND a.run_id = e.run_id AND a.fence = e.fence
                    ) = 0
            ) > 0
            OR (
                SELECT count(*) FROM attempts AS a
                WHERE
                    a.org_id = $1 AND a.run_id = l.run_id AND a.fence = r.fence AND a.outcome = 'recorded'
                    AND a.started_at_us > r.recorded_at_us
            ) > 0
        )
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
