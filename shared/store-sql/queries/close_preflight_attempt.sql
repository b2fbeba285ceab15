UPDATE preflight_attempts
SET finished_at_us = $4, outcome = $5, error_code = $6, error_detail = $7
WHERE
    org_id = $1 AND batch_id = $2 AND fence = $3
    AND (outcome IS NULL OR (outcome = 'lost' AND $5 = 'fenced'))
