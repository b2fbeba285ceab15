SELECT
    c.preflight_fence, c.lock_epoch, c.outcomes, c.observed_at_us, c.sealed_exchanges, c.record_hmac, c.record_key_id
FROM canary_looks AS c
WHERE c.org_id = $1 AND c.batch_id = $2
ORDER BY c.preflight_fence
