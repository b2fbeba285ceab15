-- Current runs in one of the states, which is those that no later run of their cell has followed.
SELECT r.run_id
FROM runs AS r
WHERE
    r.org_id = $1 AND r.batch_id = $2 AND r.status IN (SELECT s.value FROM json_each($3) AS s)
    AND NOT EXISTS (
        SELECT 1
        FROM runs AS l
        WHERE
            l.org_id = r.org_id AND l.batch_id = r.batch_id AND l.batch_run_index = r.batch_run_index
            AND l.rerun_index = r.rerun_index + 1
    )
