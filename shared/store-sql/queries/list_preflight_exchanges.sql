SELECT
    fence, ordinal, purpose, request_sha256, request_body, reply_status, provider_request_id, reply_body,
    latency_ms
FROM preflight_exchanges
WHERE org_id = $1 AND batch_id = $2
ORDER BY fence, ordinal
