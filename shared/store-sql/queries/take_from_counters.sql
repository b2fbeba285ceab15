UPDATE batch_counters
SET failed = failed - $3, quarantined = quarantined - $4
WHERE org_id = $1 AND batch_id = $2
