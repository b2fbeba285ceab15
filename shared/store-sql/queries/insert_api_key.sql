INSERT INTO api_keys (org_id, key_id, secret_hash, role, label, created_at_us, revoked_at_us)
VALUES ($1, $2, $3, $4, $5, $6, $7)
