WITH told AS MATERIALIZED (
    SELECT jsonb(k.value) AS row FROM json_each($2) AS k
),
found AS MATERIALIZED (
    SELECT a.rowid AS place, e.row
    FROM told AS e
    CROSS JOIN attempts AS a
    WHERE
        a.org_id = $1 AND a.run_id = unhex(e.row ->> 'run') AND a.fence = e.row ->> 'fence'
        AND (a.outcome IS NULL OR (a.outcome = 'lost' AND e.row ->> 'outcome' = 'fenced'))
)
UPDATE attempts
SET
    finished_at_us = f.row ->> 'finished_at_us',
    outcome = f.row ->> 'outcome',
    error_code = f.row ->> 'error_code',
    error_detail = f.row ->> 'error_detail'
FROM found AS f
WHERE attempts.rowid = f.place
