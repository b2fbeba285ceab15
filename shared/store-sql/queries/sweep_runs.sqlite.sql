UPDATE runs
SET
    status = 'pending',
    lease_until_us = NULL,
    available_at_us = CASE
        WHEN crash_count + 2 >= $3 THEN CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000
        ELSE available_at_us
    END,
    crash_count = crash_count + 1
WHERE
    org_id = $1 AND run_id IN (SELECT unhex(k.value) FROM json_each($2) AS k) AND status = 'running'
    AND lease_until_us <= CAST(round(unixepoch('subsec') * 1000) AS INTEGER) * 1000 AND crash_count + 1 < $3
RETURNING run_id
