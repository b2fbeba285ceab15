INSERT INTO lock_epochs (
    org_id, batch_id, epoch, model_version, model_fingerprint, lock_version, service_tier, echo_sha256,
    observed_at_us
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
