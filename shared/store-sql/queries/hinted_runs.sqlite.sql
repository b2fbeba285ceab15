-- Those of the hinted runs that may be claimed now. $2 names the providers.
SELECT r.org_id, r.run_id, r.batch_id, r.template_id, t.provider
FROM json_each($1) AS h
CROSS JOIN runs AS r
CROSS JOIN templates AS t
WHERE
    r.org_id = h.value ->> 'org' AND r.run_id = unhex(h.value ->> 'run') AND r.status IN ('pending', 'queued')
    AND r.available_at_us <= CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000
    AND t.org_id = r.org_id AND t.template_id = r.template_id
    AND t.provider IN (SELECT j.value FROM json_each($2) AS j)
    AND (
        r.batch_id IS NULL
        OR EXISTS (
            SELECT 1 FROM batch_controls AS c
            WHERE c.org_id = r.org_id AND c.batch_id = r.batch_id AND c.status = 'running'
        )
    )
