WITH held AS MATERIALIZED (
    SELECT pg_advisory_xact_lock(public.gate($1, $2))
)
UPDATE batch_controls AS c
SET
    resume_lock = NULL, resume_version = NULL, resume_reason = NULL, resume_by = NULL, resume_at_us = NULL,
    status = $4, pause_reason = $5, reason = $6, changed_by = $7, changed_at_us = $8, lock_epoch = $9,
    preflight_attempts = $10
FROM held
WHERE c.org_id = $1 AND c.batch_id = $2 AND c.status = $3
