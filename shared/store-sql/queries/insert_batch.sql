INSERT INTO batches (
    org_id, batch_id, template_id, batch_sha256, plan_sha256, locales, grounding_modes, replicates, cells, inputs,
    inputs_sha256, drift_policy, max_parallel, created_by, created_at_us, record_hmac,
    record_key_id, traceparent
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
