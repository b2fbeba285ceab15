SELECT org_id, key_id, secret_hash, role, label, created_at_us, revoked_at_us
FROM api_keys
WHERE key_id = $1
