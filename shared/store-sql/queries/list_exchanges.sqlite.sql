SELECT
    x.run_id, x.fence, x.ordinal, x.purpose, x.request_sha256, x.request_body, x.reply_status, x.provider_request_id,
    x.reply_body, x.latency_ms
FROM json_each($2) AS k
CROSS JOIN exchanges AS x
WHERE x.org_id = $1 AND x.run_id = unhex(k.value)
ORDER BY x.run_id, x.fence, x.ordinal
