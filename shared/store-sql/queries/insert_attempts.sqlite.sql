INSERT INTO attempts (org_id, run_id, fence, worker, started_at_us)
SELECT r.org_id, r.run_id, r.fence, $3, CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000
FROM json_each($2) AS k
CROSS JOIN runs AS r
WHERE r.org_id = $1 AND r.run_id = unhex(k.value)
