UPDATE schedules
SET state = $3, next_due_us = $4, reason = $5, changed_by = $6, changed_at_us = $7
WHERE org_id = $1 AND schedule_id = $2
