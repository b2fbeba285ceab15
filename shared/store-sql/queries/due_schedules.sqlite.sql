SELECT s.org_id, s.schedule_id
FROM orgs AS o
CROSS JOIN schedules AS s
WHERE
    s.org_id = o.org_id AND s.state = 'active'
    AND s.next_due_us <= CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000
ORDER BY s.next_due_us, s.org_id, s.schedule_id
LIMIT $1
