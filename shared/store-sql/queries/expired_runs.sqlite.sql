SELECT r.org_id, r.run_id
FROM orgs AS o
CROSS JOIN runs AS r
WHERE r.org_id = o.org_id AND r.status = 'running' AND r.lease_until_us <= CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000
LIMIT $1
