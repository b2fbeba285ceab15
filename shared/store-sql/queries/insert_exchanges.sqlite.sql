-- Only into attempts of this org; an exchange that a repeated commit brings again stands already. $3 holds the
-- bytes that $2 points into.
WITH told AS MATERIALIZED (
    SELECT jsonb(k.value) AS row FROM json_each($2) AS k
)
INSERT INTO exchanges (
    org_id, run_id, fence, ordinal, purpose, request_sha256, request_body, reply_status, provider_request_id,
    reply_body, latency_ms
)
SELECT
    a.org_id, a.run_id, a.fence, x.row ->> 'ordinal', x.row ->> 'purpose', unhex(x.row ->> 'request_sha256'),
    substr($3, x.row ->> '$.request_body.at', x.row ->> '$.request_body.bytes'), x.row ->> 'reply_status',
    x.row ->> 'provider_request_id', substr($3, x.row ->> '$.reply_body.at', x.row ->> '$.reply_body.bytes'),
    x.row ->> 'latency_ms'
FROM told AS x
CROSS JOIN attempts AS a
WHERE
    a.org_id = $1 AND a.run_id = unhex(x.row ->> 'run') AND a.fence = x.row ->> 'fence'
    AND NOT EXISTS (
        SELECT 1 FROM exchanges AS e
        WHERE
            e.org_id = a.org_id AND e.run_id = a.run_id AND e.fence = a.fence AND e.ordinal = x.row ->> 'ordinal'
    )
