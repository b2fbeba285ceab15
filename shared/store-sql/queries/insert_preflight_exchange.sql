INSERT INTO preflight_exchanges (
    org_id, batch_id, fence, ordinal, purpose, request_sha256, request_body, reply_status, provider_request_id,
    reply_body, latency_ms
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
