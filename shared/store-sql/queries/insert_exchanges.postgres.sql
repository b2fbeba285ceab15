-- Only into attempts of this org; an exchange that a repeated commit brings again stands already.
WITH told AS MATERIALIZED (
    SELECT k.*
    FROM unnest(
        $2::bytea[], $3::bigint[], $4::bigint[], $5::text[], $6::bytea[], $7::bytea[], $8::bigint[], $9::text[],
        $10::bytea[], $11::bigint[]
    ) AS k (
        run_id, fence, ordinal, purpose, request_sha256, request_body, reply_status, provider_request_id, reply_body,
        latency_ms
    )
    ORDER BY k.run_id, k.fence, k.ordinal
)
INSERT INTO exchanges (
    org_id, run_id, fence, ordinal, purpose, request_sha256, request_body, reply_status, provider_request_id,
    reply_body, latency_ms
)
SELECT
    $1::text, k.run_id, k.fence, k.ordinal, k.purpose, k.request_sha256, k.request_body, k.reply_status,
    k.provider_request_id, k.reply_body, k.latency_ms
FROM told AS k
CROSS JOIN LATERAL (
    SELECT 1 FROM attempts AS x WHERE x.org_id = $1 AND x.run_id = k.run_id AND x.fence = k.fence OFFSET 0
) AS a
ON CONFLICT (org_id, run_id, fence, ordinal) DO NOTHING
