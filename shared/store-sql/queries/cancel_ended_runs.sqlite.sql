-- A run that comes back to a batch that has ended meanwhile would wait for ever.
UPDATE runs
SET
    status = 'cancelled',
    error_code = 'BATCH_ENDED',
    finished_at_us = CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000,
    -- As in commit_runs.
    recorded_at_us = max(
        CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000,
        coalesce(1 + (SELECT s.ends_at_us FROM segments AS s WHERE s.org_id = $1 ORDER BY s.segment DESC LIMIT 1), 0)
    )
WHERE
    org_id = $1 AND run_id IN (SELECT unhex(k.value) FROM json_each($2) AS k)
    AND status IN ('pending', 'queued')
    AND EXISTS (
        SELECT 1 FROM batch_controls AS c
        WHERE c.org_id = runs.org_id AND c.batch_id = runs.batch_id AND c.status IN ('cancelled', 'failed')
    )
RETURNING batch_id, status, finished_at_us
