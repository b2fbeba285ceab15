WITH told AS MATERIALIZED (
    SELECT k.place, decode(k.digest, 'hex') AS template_sha256
    FROM json_array_elements_text($2::json) WITH ORDINALITY AS k (digest, place)
)
SELECT
    t.org_id, t.template_id, t.name, t.template_sha256, t.canonical, t.provider, t.model_version_constraint,
    t.created_by, t.created_at_us, t.record_hmac, t.record_key_id
FROM told AS k
JOIN templates AS t ON t.org_id = $1 AND t.template_sha256 = k.template_sha256
ORDER BY k.place
LIMIT 1
