-- I2: a run with a result has one recorded attempt and one output; any other run has neither.
WITH looked AS MATERIALIZED (
    SELECT r.run_id, r.status, r.response_output_sha256
    FROM runs AS r
    WHERE r.org_id = $1 AND r.run_id > $2
    ORDER BY r.run_id
    LIMIT $3
),
counted AS MATERIALIZED (
    SELECT
        l.run_id, l.status, l.response_output_sha256,
        CASE WHEN l.status IN ('succeeded', 'failed', 'quarantined') THEN 1 ELSE 0 END AS results,
        (
            SELECT count(*) FROM attempts AS a
            WHERE a.org_id = $1 AND a.run_id = l.run_id AND a.outcome = 'recorded'
        ) AS recorded,
        (SELECT count(*) FROM run_outputs AS o WHERE o.org_id = $1 AND o.run_id = l.run_id) AS outputs
    FROM looked AS l
),
broken AS MATERIALIZED (
    SELECT c.run_id AS id
    FROM counted AS c
    WHERE
        c.recorded <> c.results OR c.outputs <> c.results
        OR (c.status = 'succeeded' AND c.response_output_sha256 IS NULL)
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
