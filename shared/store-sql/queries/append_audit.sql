INSERT INTO audit_log (org_id, audit_id, at_us, actor, operation, subject, before_change, after_change)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
