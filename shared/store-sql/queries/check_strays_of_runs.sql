-- I9: what belongs to a run belongs to one of this org, and so do that run's batch and template.
WITH looked AS MATERIALIZED (
    SELECT u.run_id
    FROM (
        SELECT * FROM (
            SELECT DISTINCT x.run_id FROM runs AS x WHERE x.org_id = $1 AND x.run_id > $2 ORDER BY x.run_id LIMIT $3
        ) AS of_runs
        UNION
        SELECT * FROM (
            SELECT DISTINCT x.run_id FROM attempts AS x WHERE x.org_id = $1 AND x.run_id > $2 ORDER BY x.run_id LIMIT $3
        ) AS of_attempts
        UNION
        SELECT * FROM (
            SELECT DISTINCT x.run_id FROM exchanges AS x WHERE x.org_id = $1 AND x.run_id > $2 ORDER BY x.run_id LIMIT $3
        ) AS of_exchanges
        UNION
        SELECT * FROM (
            SELECT DISTINCT x.run_id FROM run_outputs AS x WHERE x.org_id = $1 AND x.run_id > $2 ORDER BY x.run_id LIMIT $3
        ) AS of_run_outputs
        UNION
        SELECT * FROM (
            SELECT DISTINCT x.run_id FROM citations AS x WHERE x.org_id = $1 AND x.run_id > $2 ORDER BY x.run_id LIMIT $3
        ) AS of_citations
    ) AS u
    ORDER BY u.run_id
    LIMIT $3
),
broken AS MATERIALIZED (
    SELECT l.run_id AS id
    FROM looked AS l
    WHERE (
        SELECT count(*) FROM runs AS r
        WHERE
            r.org_id = $1 AND r.run_id = l.run_id
            AND (
                SELECT count(*) FROM templates AS t
                WHERE t.org_id = $1 AND t.template_id = r.template_id
            ) = 1
            AND (
                r.batch_id IS NULL
                OR (
                    SELECT count(*) FROM batches AS b
                    WHERE b.org_id = $1 AND b.batch_id = r.batch_id AND b.template_id = r.template_id
                ) = 1
            )
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
