SELECT audit_id, at_us, actor, operation, subject, before_change, after_change
FROM audit_log
WHERE org_id = $1 AND (at_us, audit_id) < ($2, $3)
ORDER BY at_us DESC, audit_id DESC
LIMIT $4
