UPDATE runs
SET
    status = 'cancelled',
    error_code = 'BATCH_ENDED',
    finished_at_us = $3,
    -- As in commit_runs.
    recorded_at_us = greatest(
        public.now_us(),
        1 + (SELECT s.ends_at_us FROM segments AS s WHERE s.org_id = $1 ORDER BY s.segment DESC LIMIT 1)
    )
WHERE org_id = $1 AND batch_id = $2 AND status IN ('pending', 'queued')
