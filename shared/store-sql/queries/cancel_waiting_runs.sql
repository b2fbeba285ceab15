UPDATE runs
SET status = 'cancelled', error_code = 'BATCH_ENDED', finished_at_us = $3
WHERE org_id = $1 AND batch_id = $2 AND status IN ('pending', 'queued')
