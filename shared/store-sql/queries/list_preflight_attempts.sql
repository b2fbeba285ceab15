SELECT fence, worker, started_at_us, finished_at_us, outcome, error_code, error_detail
FROM preflight_attempts
WHERE org_id = $1 AND batch_id = $2
ORDER BY fence
