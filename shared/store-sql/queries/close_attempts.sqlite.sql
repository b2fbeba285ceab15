WITH found AS MATERIALIZED (
    SELECT a.rowid AS place, e.value AS told
    FROM json_each($2) AS e
    CROSS JOIN attempts AS a
    WHERE
        a.org_id = $1 AND a.run_id = unhex(e.value ->> 'run') AND a.fence = e.value ->> 'fence'
        AND (a.outcome IS NULL OR (a.outcome = 'lost' AND e.value ->> 'outcome' = 'fenced'))
)
UPDATE attempts
SET
    finished_at_us = f.told ->> 'finished_at_us',
    outcome = f.told ->> 'outcome',
    error_code = f.told ->> 'error_code',
    error_detail = f.told ->> 'error_detail'
FROM found AS f
WHERE attempts.rowid = f.place
