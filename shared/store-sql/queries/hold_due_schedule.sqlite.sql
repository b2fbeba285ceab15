-- One writer at a time: nobody else holds the row.
SELECT
    org_id, schedule_id, template_id, name, cron, time_zone, catch_up, batch, created_by, created_at_us, state, next_due_us, reason,
    changed_by, changed_at_us,
    CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000 AS now_us
FROM schedules
WHERE
    org_id = $1 AND schedule_id = $2 AND state = 'active'
    AND next_due_us <= CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000
