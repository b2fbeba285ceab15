UPDATE preflight_attempts
SET outcome = 'lost', finished_at_us = CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000
WHERE org_id = $1 AND batch_id = $2 AND outcome IS NULL
