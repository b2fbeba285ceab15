INSERT INTO segments (
    org_id, segment, first_sequence, last_sequence, ends_at_us, ends_run, record_runs, record_digests, merkle_root,
    previous_head, head, sealed_at_us, record_hmac, record_key_id
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
