WITH told AS MATERIALIZED (
    SELECT decode(k.run, 'hex') AS run_id
    FROM json_array_elements_text($2::json) AS k (run)
)
SELECT
    x.run_id, x.fence, x.ordinal, x.purpose, x.request_sha256, x.request_body, x.reply_status, x.provider_request_id,
    x.reply_body, x.latency_ms
FROM told AS k
CROSS JOIN LATERAL (
    SELECT y.* FROM exchanges AS y WHERE y.org_id = $1 AND y.run_id = k.run_id OFFSET 0
) AS x
ORDER BY x.run_id, x.fence, x.ordinal
