UPDATE preflight_attempts
SET outcome = 'lost', finished_at_us = public.now_us()
WHERE org_id = $1 AND batch_id = $2 AND outcome IS NULL
