SELECT r.run_id
FROM json_each($2) AS k
CROSS JOIN runs AS r
WHERE
    r.org_id = $1 AND r.run_id = unhex(k.value) AND r.status = 'running'
    AND r.lease_until_us <= CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000 AND r.crash_count + 1 >= $3
