-- Of the named providers, the earliest of: waiting single runs, waiting cells of running batches, preflights and resumes.
SELECT min(due.at_us) AS due_us
FROM (
    SELECT (
        SELECT r.available_at_us FROM runs AS r
        CROSS JOIN templates AS t
        WHERE
            r.org_id = o.org_id AND r.batch_id IS NULL AND r.status IN ('pending', 'queued')
            AND t.org_id = r.org_id AND t.template_id = r.template_id
            AND t.provider IN (SELECT j.value FROM json_each($1) AS j)
        ORDER BY r.available_at_us
        LIMIT 1
    ) AS at_us
    FROM orgs AS o
    UNION ALL
    SELECT (
        SELECT min(r.available_at_us) FROM runs AS r
        WHERE r.org_id = c.org_id AND r.batch_id = c.batch_id AND r.status IN ('pending', 'queued')
    ) AS at_us
    FROM batch_controls AS c
    JOIN batches AS b ON b.org_id = c.org_id AND b.batch_id = c.batch_id
    JOIN templates AS t ON t.org_id = b.org_id AND t.template_id = b.template_id
    WHERE
        c.status = 'running' AND t.provider IN (SELECT j.value FROM json_each($1) AS j)
        AND (
            b.max_parallel IS NULL
            OR b.max_parallel > (
                SELECT count(*) FROM runs AS a
                WHERE a.org_id = c.org_id AND a.batch_id = c.batch_id AND a.status = 'running'
            )
        )
    UNION ALL
    SELECT c.preflight_due_us AS at_us
    FROM batch_controls AS c
    JOIN batches AS b ON b.org_id = c.org_id AND b.batch_id = c.batch_id
    JOIN templates AS t ON t.org_id = b.org_id AND t.template_id = b.template_id
    WHERE c.status = 'preflight' AND t.provider IN (SELECT j.value FROM json_each($1) AS j)
    UNION ALL
    SELECT c.preflight_due_us AS at_us
    FROM batch_controls AS c
    JOIN batches AS b ON b.org_id = c.org_id AND b.batch_id = c.batch_id
    JOIN templates AS t ON t.org_id = b.org_id AND t.template_id = b.template_id
    WHERE c.resume_lock IS NOT NULL AND t.provider IN (SELECT j.value FROM json_each($1) AS j)
) AS due
