-- I1: a cell has one current run. What was run again had ended, and reruns follow one another without a gap.
WITH looked AS MATERIALIZED (
    SELECT r.run_id, r.batch_id, r.batch_run_index, r.rerun_index, r.status
    FROM runs AS r
    WHERE r.org_id = $1 AND r.run_id > $2
    ORDER BY r.run_id
    LIMIT $3
),
broken AS MATERIALIZED (
    SELECT l.run_id AS id
    FROM looked AS l
    WHERE
        l.batch_id IS NOT NULL
        AND (
            (
                l.status IN ('pending', 'queued', 'running')
                AND (
                    SELECT count(*) FROM runs AS n
                    WHERE
                        n.org_id = $1 AND n.batch_id = l.batch_id AND n.batch_run_index = l.batch_run_index
                        AND n.rerun_index > l.rerun_index
                ) > 0
            )
            OR (
                l.rerun_index > 0
                AND (
                    SELECT count(*) FROM runs AS p
                    WHERE
                        p.org_id = $1 AND p.batch_id = l.batch_id AND p.batch_run_index = l.batch_run_index
                        AND p.rerun_index = l.rerun_index - 1
                ) = 0
            )
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
