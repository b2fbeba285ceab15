UPDATE batch_controls
SET
    preflight_fence = preflight_fence + 1,
    preflight_worker = $3,
    preflight_due_us = CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000 + $4 * 1000000
WHERE
    org_id = $1 AND batch_id = $2 AND (status = 'preflight' OR resume_lock IS NOT NULL)
    AND preflight_due_us <= CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000
RETURNING preflight_fence, preflight_attempts, lock_epoch, resume_lock, resume_version, resume_reason, resume_by, resume_at_us
