WITH clock (now_us) AS MATERIALIZED (SELECT public.now_us())
INSERT INTO single_flights (name, fence, holder, lease_until_us)
SELECT $1::text, 1, $2::text, now_us + $3::bigint FROM clock
ON CONFLICT (name) DO UPDATE
SET fence = single_flights.fence + 1, holder = excluded.holder, lease_until_us = excluded.lease_until_us
WHERE single_flights.lease_until_us <= excluded.lease_until_us - $3
RETURNING fence
