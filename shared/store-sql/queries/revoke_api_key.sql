UPDATE api_keys
SET revoked_at_us = $3
WHERE org_id = $1 AND key_id = $2 AND revoked_at_us IS NULL
