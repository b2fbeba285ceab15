UPDATE batch_controls
SET
    resume_lock = NULL, resume_version = NULL, resume_reason = NULL, resume_by = NULL, resume_at_us = NULL,
    status = $4, pause_reason = $5, reason = $6, changed_by = $7, changed_at_us = $8, lock_epoch = $9,
    preflight_attempts = $10
WHERE org_id = $1 AND batch_id = $2 AND (status = 'preflight' OR resume_lock IS NOT NULL) AND preflight_fence = $3
