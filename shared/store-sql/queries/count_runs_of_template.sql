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
    r.org_id = $1 AND r.template_id = $5
    AND r.created_at_us < $2
    AND r.created_at_us >= $3
    AND ($4 IS NULL OR r.batch_id = $4)
    AND ($6 IS NULL OR r.status = $6)
    AND ($7 IS NULL OR r.locale = $7)
    AND ($8 IS NULL OR r.grounding_mode = $8)
    AND ($9 IS NULL OR r.response_output_sha256 = $9)
    AND ($10 IS NULL OR r.model_version_effective = $10)
