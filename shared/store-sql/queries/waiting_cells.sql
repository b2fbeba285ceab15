SELECT run_id
FROM runs
WHERE org_id = $1 AND batch_id = $2 AND status IN ('pending', 'queued')
ORDER BY available_at_us, batch_run_index
LIMIT $3
