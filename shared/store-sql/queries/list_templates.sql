SELECT
    org_id, template_id, name, template_sha256, canonical, provider, model_version_constraint, created_by,
    created_at_us, record_hmac, record_key_id
FROM templates
WHERE org_id = $1 AND (created_at_us, template_id) < ($2, $3)
ORDER BY created_at_us DESC, template_id DESC
LIMIT $4
