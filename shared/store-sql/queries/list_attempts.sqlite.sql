SELECT
    x.run_id, x.fence, x.worker, x.started_at_us, x.finished_at_us, x.outcome, x.error_code, x.error_detail
FROM json_each($2) AS k
CROSS JOIN attempts AS x
WHERE x.org_id = $1 AND x.run_id = unhex(k.value)
ORDER BY x.run_id, x.fence
