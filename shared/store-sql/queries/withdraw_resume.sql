-- The fence moves on: a probe that is under way ends nothing any more.
UPDATE batch_controls
SET
    resume_lock = NULL, resume_version = NULL, resume_reason = NULL, resume_by = NULL, resume_at_us = NULL,
    preflight_fence = preflight_fence + 1
WHERE org_id = $1 AND batch_id = $2 AND resume_lock IS NOT NULL
