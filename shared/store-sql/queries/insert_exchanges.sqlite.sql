-- Only into attempts of this org; an exchange that a repeated commit brings again stands already.
INSERT INTO exchanges (
    org_id, run_id, fence, ordinal, purpose, request_sha256, request_body, reply_status, provider_request_id,
    reply_body, latency_ms
)
SELECT
    a.org_id, a.run_id, a.fence, x.value ->> 'ordinal', x.value ->> 'purpose', unhex(x.value ->> 'request_sha256'),
    unhex(x.value ->> 'request_body'), x.value ->> 'reply_status', x.value ->> 'provider_request_id',
    unhex(x.value ->> 'reply_body'), x.value ->> 'latency_ms'
FROM json_each($2) AS x
CROSS JOIN attempts AS a
WHERE a.org_id = $1 AND a.run_id = unhex(x.value ->> 'run') AND a.fence = x.value ->> 'fence'
ON CONFLICT (org_id, run_id, fence, ordinal) DO NOTHING
