SELECT
    run_id, status, finished_at_us, coalesce(recorded_at_us, finished_at_us) AS recorded_at_us, record_hmac, record_key_id
FROM runs
WHERE
    org_id = $1 AND finished_at_us IS NOT NULL
    -- Said twice: the index seeks by the first alone.
    AND coalesce(recorded_at_us, finished_at_us) BETWEEN $2 AND $4
    AND (coalesce(recorded_at_us, finished_at_us), run_id) > ($2, $3)
    AND (coalesce(recorded_at_us, finished_at_us), run_id) <= ($4, $5)
ORDER BY coalesce(recorded_at_us, finished_at_us), run_id
LIMIT $6
