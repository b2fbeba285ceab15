SELECT schedule_id, due_at_us
FROM schedule_fires
WHERE org_id = $1 AND batch_id = $2
