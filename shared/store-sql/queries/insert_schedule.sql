INSERT INTO schedules (
    org_id, schedule_id, template_id, name, cron, time_zone, catch_up, batch, created_by, created_at_us, state, next_due_us, reason,
    changed_by, changed_at_us
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
