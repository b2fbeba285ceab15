-- One writer at a time: the row stands still as it is.
SELECT batch_id
FROM batch_controls
WHERE org_id = $1 AND batch_id = $2
