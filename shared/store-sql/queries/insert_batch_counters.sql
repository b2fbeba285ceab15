INSERT INTO batch_counters (org_id, batch_id, cells)
VALUES ($1, $2, $3)
