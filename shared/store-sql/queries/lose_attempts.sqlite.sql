WITH found AS MATERIALIZED (
    SELECT a.rowid AS place, k.value AS told
    FROM json_each($2) AS k
    CROSS JOIN attempts AS a
    WHERE a.org_id = $1 AND a.run_id = unhex(k.value) AND a.outcome IS NULL
)
UPDATE attempts
SET outcome = 'lost', finished_at_us = CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000
FROM found AS f
WHERE attempts.rowid = f.place
