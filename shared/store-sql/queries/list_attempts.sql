SELECT fence, worker, started_at_us, finished_at_us, outcome, error_code, error_detail
FROM attempts
WHERE org_id = $1 AND run_id = $2
ORDER BY fence
