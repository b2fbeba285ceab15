UPDATE batch_controls
SET status = 'completed', pause_reason = NULL, reason = NULL, changed_by = 'stet', changed_at_us = $3
WHERE
    org_id = $1 AND batch_id IN (SELECT unhex(k.value) FROM json_each($2) AS k) AND status = 'running'
    AND EXISTS (
        SELECT 1 FROM batch_counters AS n
        WHERE
            n.org_id = batch_controls.org_id AND n.batch_id = batch_controls.batch_id
            AND n.succeeded + n.failed + n.cancelled + n.quarantined = n.cells
    )
RETURNING batch_id
