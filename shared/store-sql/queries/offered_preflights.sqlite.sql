SELECT c.org_id, c.batch_id, t.provider
FROM orgs AS o
CROSS JOIN batch_controls AS c
CROSS JOIN batches AS b
CROSS JOIN templates AS t
WHERE
    c.org_id = o.org_id AND c.status = 'preflight'
    AND c.preflight_due_us <= CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000
    AND b.org_id = c.org_id AND b.batch_id = c.batch_id
    AND t.org_id = b.org_id AND t.template_id = b.template_id
    AND t.provider IN (SELECT j.value FROM json_each($2) AS j)
UNION ALL
SELECT c.org_id, c.batch_id, t.provider
FROM orgs AS o
CROSS JOIN batch_controls AS c
CROSS JOIN batches AS b
CROSS JOIN templates AS t
WHERE
    c.org_id = o.org_id AND c.resume_lock IS NOT NULL
    AND c.preflight_due_us <= CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000
    AND b.org_id = c.org_id AND b.batch_id = c.batch_id
    AND t.org_id = b.org_id AND t.template_id = b.template_id
    AND t.provider IN (SELECT j.value FROM json_each($2) AS j)
LIMIT $1
