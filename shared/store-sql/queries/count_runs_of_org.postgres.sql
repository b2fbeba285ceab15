-- Conditions as CASE: of an OR with an unknown parameter the planner thinks that hardly a row remains, and sorts them all.
SELECT
    count(*) FILTER (WHERE r.status = 'pending') AS pending,
    count(*) FILTER (WHERE r.status = 'queued') AS queued,
    count(*) FILTER (WHERE r.status = 'running') AS running,
    count(*) FILTER (WHERE r.status = 'succeeded') AS succeeded,
    count(*) FILTER (WHERE r.status = 'failed') AS failed,
    count(*) FILTER (WHERE r.status = 'cancelled') AS cancelled,
    count(*) FILTER (WHERE r.status = 'quarantined') AS quarantined
FROM runs AS r
WHERE
    r.org_id = $1
    AND r.created_at_us < $2
    AND r.created_at_us >= $3
    AND CASE WHEN $4::bytea IS NULL THEN true ELSE r.batch_id = $4 END
    AND CASE WHEN $5::bytea IS NULL THEN true ELSE r.template_id = $5 END
    AND CASE WHEN $6::text IS NULL THEN true ELSE r.status = $6 END
    AND CASE WHEN $7::text IS NULL THEN true ELSE r.locale = $7 END
    AND CASE WHEN $8::text IS NULL THEN true ELSE r.grounding_mode = $8 END
    AND CASE WHEN $9::bytea IS NULL THEN true ELSE r.response_output_sha256 = $9 END
    AND CASE WHEN $10::text IS NULL THEN true ELSE r.model_version_effective = $10 END
