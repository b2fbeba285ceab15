-- Only into attempts of this org; an exchange that a repeated commit brings again stands already. $3 holds the
-- bytes that $2 points into.
WITH told AS MATERIALIZED (
    SELECT
        decode(k.run, 'hex') AS run_id, k.fence, k.ordinal, k.purpose, decode(k.request_sha256, 'hex') AS request_sha256,
        (k.request_body ->> 'at')::int AS request_at, (k.request_body ->> 'bytes')::int AS request_bytes,
        k.reply_status, k.provider_request_id,
        (k.reply_body ->> 'at')::int AS reply_at, (k.reply_body ->> 'bytes')::int AS reply_bytes, k.latency_ms
    FROM json_to_recordset($2::json) AS k (
        run text, fence bigint, ordinal bigint, purpose text, request_sha256 text, request_body json,
        reply_status bigint, provider_request_id text, reply_body json, latency_ms bigint
    )
    ORDER BY run_id, fence, ordinal
)
INSERT INTO exchanges (
    org_id, run_id, fence, ordinal, purpose, request_sha256, request_body, reply_status, provider_request_id,
    reply_body, latency_ms
)
SELECT
    $1::text, k.run_id, k.fence, k.ordinal, k.purpose, k.request_sha256,
    substring($3::bytea FROM k.request_at FOR k.request_bytes), k.reply_status, k.provider_request_id,
    substring($3::bytea FROM k.reply_at FOR k.reply_bytes), k.latency_ms
FROM told AS k
CROSS JOIN LATERAL (
    SELECT 1 FROM attempts AS x WHERE x.org_id = $1 AND x.run_id = k.run_id AND x.fence = k.fence OFFSET 0
) AS a
ON CONFLICT (org_id, run_id, fence, ordinal) DO NOTHING
