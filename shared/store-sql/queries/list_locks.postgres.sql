WITH told AS MATERIALIZED (
    SELECT k.place, decode(k.batch, 'hex') AS batch_id
    FROM json_array_elements_text($2::json) WITH ORDINALITY AS k (batch, place)
)
SELECT
    l.batch_id, l.epoch, l.model_version, l.model_fingerprint AS lock_fingerprint, l.lock_version, l.service_tier, l.echo_sha256,
    l.tools_echo_sha256, l.listed, l.listed_mark, l.canary_sha256, l.observed_at_us
FROM told AS k
JOIN lock_epochs AS l ON l.org_id = $1 AND l.batch_id = k.batch_id
ORDER BY k.place, l.epoch
