INSERT INTO preflight_attempts (org_id, batch_id, fence, worker, started_at_us)
VALUES ($1, $2, $3, $4, CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000)
