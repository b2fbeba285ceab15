SELECT c.org_id, c.batch_id
FROM batch_controls AS c
JOIN batch_counters AS n ON n.org_id = c.org_id AND n.batch_id = c.batch_id
WHERE c.status = 'running' AND n.succeeded + n.failed + n.cancelled + n.quarantined = n.cells
LIMIT $1
