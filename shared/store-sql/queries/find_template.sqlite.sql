SELECT
    t.org_id, t.template_id, t.name, t.template_sha256, t.canonical, t.provider, t.model_version_constraint,
    t.created_by, t.created_at_us, t.record_hmac, t.record_key_id
FROM json_each($2) AS k
CROSS JOIN templates AS t
WHERE t.org_id = $1 AND t.template_sha256 = unhex(k.value)
ORDER BY k.key
LIMIT 1
