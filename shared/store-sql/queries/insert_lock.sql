INSERT INTO lock_epochs (
    org_id, batch_id, epoch, model_version, model_fingerprint, lock_version, service_tier, echo_sha256,
    tools_echo_sha256, listed, listed_mark, canary_sha256, observed_at_us, preflight_fence, sealed_exchanges, record_hmac, record_key_id
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
