SELECT c.org_id, c.batch_id
FROM orgs AS o
CROSS JOIN batch_controls AS c
WHERE c.org_id = o.org_id AND c.status = 'preflight' AND c.preflight_due_us <= CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000
UNION ALL
SELECT c.org_id, c.batch_id
FROM orgs AS o
CROSS JOIN batch_controls AS c
WHERE c.org_id = o.org_id AND c.resume_lock IS NOT NULL AND c.preflight_due_us <= CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000
LIMIT $1
