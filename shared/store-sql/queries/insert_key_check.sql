INSERT INTO key_checks (kind, key_id, mac, created_at_us)
VALUES ($1, $2, $3, $4)
