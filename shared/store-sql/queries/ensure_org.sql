INSERT INTO orgs (org_id, created_at_us)
VALUES ($1, $2)
ON CONFLICT (org_id) DO NOTHING
