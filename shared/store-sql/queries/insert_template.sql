INSERT INTO templates (
    org_id, template_id, name, template_sha256, canonical, provider, model_version_constraint, created_by,
    created_at_us, record_hmac, record_key_id
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
