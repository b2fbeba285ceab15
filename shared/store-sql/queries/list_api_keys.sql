SELECT org_id, key_id, secret_hash, role, label, created_at_us, revoked_at_us
FROM api_keys
WHERE org_id = $1
ORDER BY created_at_us DESC, key_id DESC
