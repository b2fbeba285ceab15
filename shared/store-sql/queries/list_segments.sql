SELECT
    org_id, segment, first_sequence, last_sequence, ends_at_us, ends_run, merkle_root, previous_head, head, sealed_at_us,
    record_hmac, record_key_id
FROM segments
WHERE org_id = $1 AND segment < $2
ORDER BY segment DESC
LIMIT $3
