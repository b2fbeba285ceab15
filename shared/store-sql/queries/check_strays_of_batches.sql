-- I9: what belongs to a batch belongs to one of this org, and so does that batch's template.
WITH looked AS MATERIALIZED (
    SELECT u.batch_id
    FROM (
        SELECT * FROM (
            SELECT DISTINCT x.batch_id FROM batches AS x WHERE x.org_id = $1 AND x.batch_id > $2 ORDER BY x.batch_id LIMIT $3
        ) AS of_batches
        UNION
        SELECT * FROM (
            SELECT DISTINCT x.batch_id FROM batch_controls AS x WHERE x.org_id = $1 AND x.batch_id > $2 ORDER BY x.batch_id LIMIT $3
        ) AS of_batch_controls
        UNION
        SELECT * FROM (
            SELECT DISTINCT x.batch_id FROM batch_counters AS x WHERE x.org_id = $1 AND x.batch_id > $2 ORDER BY x.batch_id LIMIT $3
        ) AS of_batch_counters
        UNION
        SELECT * FROM (
            SELECT DISTINCT x.batch_id FROM batch_steps AS x WHERE x.org_id = $1 AND x.batch_id > $2 ORDER BY x.batch_id LIMIT $3
        ) AS of_batch_steps
        UNION
        SELECT * FROM (
            SELECT DISTINCT x.batch_id FROM lock_epochs AS x WHERE x.org_id = $1 AND x.batch_id > $2 ORDER BY x.batch_id LIMIT $3
        ) AS of_lock_epochs
        UNION
        SELECT * FROM (
            SELECT DISTINCT x.batch_id FROM preflight_attempts AS x WHERE x.org_id = $1 AND x.batch_id > $2 ORDER BY x.batch_id LIMIT $3
        ) AS of_preflight_attempts
        UNION
        SELECT * FROM (
            SELECT DISTINCT x.batch_id FROM preflight_exchanges AS x WHERE x.org_id = $1 AND x.batch_id > $2 ORDER BY x.batch_id LIMIT $3
        ) AS of_preflight_exchanges
        UNION
        SELECT * FROM (
            SELECT DISTINCT x.batch_id FROM canary_looks AS x WHERE x.org_id = $1 AND x.batch_id > $2 ORDER BY x.batch_id LIMIT $3
        ) AS of_canary_looks
    ) AS u
    ORDER BY u.batch_id
    LIMIT $3
),
broken AS MATERIALIZED (
    SELECT l.batch_id AS id
    FROM looked AS l
    WHERE (
        SELECT count(*) FROM batches AS b
        WHERE
            b.org_id = $1 AND b.batch_id = l.batch_id
            AND (
                SELECT count(*) FROM templates AS t
                WHERE t.org_id = $1 AND t.template_id = b.template_id
            ) = 1
    ) = 0
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
