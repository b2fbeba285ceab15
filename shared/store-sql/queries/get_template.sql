SELECT
    org_id, template_id, name, template_sha256, canonical, provider, model_version_constraint, created_by,
    created_at_us, record_hmac, record_key_id
FROM templates
WHERE org_id = $1 AND template_id = $2
