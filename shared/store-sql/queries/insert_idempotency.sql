INSERT INTO idempotency_keys (
    org_id, key, fingerprint, body, resource_kind, resource_id, created_at_us, expires_at_us
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (org_id, key) DO UPDATE SET
    fingerprint = excluded.fingerprint,
    body = excluded.body,
    resource_kind = excluded.resource_kind,
    resource_id = excluded.resource_id,
    created_at_us = excluded.created_at_us,
    expires_at_us = excluded.expires_at_us
WHERE idempotency_keys.expires_at_us <= excluded.created_at_us
