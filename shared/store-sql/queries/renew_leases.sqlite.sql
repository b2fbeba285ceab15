WITH found AS MATERIALIZED (
    SELECT r.rowid AS place, k.value AS told
    FROM json_each($2) AS k
    CROSS JOIN runs AS r
    WHERE
        r.org_id = $1 AND r.run_id = unhex(k.value ->> 'run') AND r.fence = k.value ->> 'fence' AND r.status = 'running'
)
UPDATE runs
SET lease_until_us = CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000 + $3 * 1000000
FROM found AS f
WHERE runs.rowid = f.place
RETURNING run_id, 1 AS renewed
