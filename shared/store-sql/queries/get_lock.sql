SELECT
    l.batch_id, l.epoch, l.model_version, l.model_fingerprint AS lock_fingerprint, l.lock_version, l.service_tier, l.echo_sha256,
    l.tools_echo_sha256, l.listed, l.listed_mark, l.canary_sha256, l.observed_at_us
FROM lock_epochs AS l
WHERE l.org_id = $1 AND l.batch_id = $2 AND l.epoch = $3
