-- The fence moves on: a probe of before the wish, which may still be under way, answers none.
UPDATE batch_controls
SET
    resume_lock = $3, resume_version = $4, resume_reason = $5, resume_by = $6, resume_at_us = $7, preflight_attempts = 0,
    preflight_fence = preflight_fence + 1,
    preflight_due_us = CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000
WHERE org_id = $1 AND batch_id = $2 AND status = 'paused' AND resume_lock IS NULL
