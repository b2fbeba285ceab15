INSERT INTO batch_controls (org_id, batch_id, status, changed_by, changed_at_us, preflight_due_us)
VALUES ($1, $2, 'preflight', $3, $4, public.now_us())
