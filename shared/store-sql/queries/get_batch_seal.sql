SELECT record_hmac, record_key_id
FROM batches
WHERE org_id = $1 AND batch_id = $2
