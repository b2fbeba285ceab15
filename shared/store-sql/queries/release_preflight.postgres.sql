UPDATE batch_controls
SET
    preflight_fence = preflight_fence + 1,
    preflight_worker = NULL,
    preflight_attempts = preflight_attempts + $5,
    preflight_due_us = public.now_us() + $4::bigint * 1000
WHERE org_id = $1 AND batch_id = $2 AND (status = 'preflight' OR resume_lock IS NOT NULL) AND preflight_fence = $3
