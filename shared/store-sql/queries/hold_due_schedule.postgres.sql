-- Who finds the row held leaves it: whoever holds it fires it or is about to change it.
SELECT
    org_id, schedule_id, template_id, name, cron, time_zone, catch_up, batch, created_by, created_at_us, state, next_due_us, reason,
    changed_by, changed_at_us,
    public.now_us() AS now_us
FROM schedules
WHERE org_id = $1 AND schedule_id = $2 AND state = 'active' AND next_due_us <= public.now_us()
FOR NO KEY UPDATE SKIP LOCKED
