INSERT INTO canary_looks (
    org_id, batch_id, preflight_fence, lock_epoch, outcomes, observed_at_us, sealed_exchanges, record_hmac, record_key_id
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
