SELECT due_at_us, through_at_us, due_times, outcome, batch_id, error_code, error_detail, at_us
FROM schedule_fires
WHERE org_id = $1 AND schedule_id = $2 AND due_at_us < $3
ORDER BY due_at_us DESC
LIMIT $4
