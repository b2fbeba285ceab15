SELECT key, fingerprint, body, resource_kind, resource_id, created_at_us, expires_at_us
FROM idempotency_keys
WHERE org_id = $1 AND key = $2 AND expires_at_us > $3
